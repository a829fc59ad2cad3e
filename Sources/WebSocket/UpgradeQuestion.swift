import Node
import Wire

extension Inquiry {
    /// An upgrade, which each server answers, and a Close frame.
    static let webSocket = Inquiry(needs: "server", tells: false) { settings, random in
        [UpgradeQuestion(settings, random)]
    }
}

/// A request for an upgrade. A node that answers with 101 speaks WebSocket. The cases judge the rest of the answer.
struct UpgradeQuestion: Question {
    let title = ""
    let message: [UInt8]
    private(set) var answer = Answer.none
    private(set) var goodbye: [UInt8] = []
    private var session: Session
    private let offersDeflate: Bool
    /// The first bytes of the answer.
    private var head: [UInt8] = []

    init(_ settings: Settings, _ random: Random) {
        var random = random
        var client = ClientHandshake(&random)
        (client.target, client.host) = (settings.asked.target, settings.asked.host)
        if settings["deflate"] != "off" { client.deflate = DeflateNegotiation() }
        offersDeflate = client.deflate != nil
        session = Session(.client(client), random: random)
        var turn = LayerTurn()
        session.begin(now: .zero, &turn)
        message = turn.down
    }
    mutating func hear(_ bytes: RawSpan, at time: Instant) {
        guard answer == .none else { return }
        bytes.withUnsafeBytes { head.append(contentsOf: $0.prefix(32 - head.count)) }
        var (up, turn) = (LayerOutput(), LayerTurn())
        _ = session.receive(bytes, now: time, &up, &turn)
        if session.state == .open {
            turn.down = []
            session.close(now: time, &turn)
            goodbye = turn.down
            var found = Identification()
            if offersDeflate, session.agreed?.deflate == nil {
                found.lacks["permessage_deflate"] = "it declines permessage-deflate"
            }
            answer = .whole(found)
        } else if session.state != .connecting {
            answer = refused(turn.refusal ?? "")
        }
    }
    private func refused(_ why: String) -> Answer {
        let parts = head.split(separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: false)
        guard head.starts(with: "HTTP/".utf8) else { return .foreign(head) }
        guard parts.count > 1, parts[1].elementsEqual("101".utf8) else { return .refused(why) }
        var found = Identification()
        found.fault = why
        return .whole(found)
    }
}
