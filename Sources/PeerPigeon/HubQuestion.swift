import Node
import Wire

extension Inquiry {
    /// A connection in the name of a peer that nobody has heard of: a hub says `connected`.
    static let peerPigeon = Inquiry(needs: Capability.hub.rawValue, tells: false) { _, random in [HubQuestion(random)] }
}

/// Connects as a peer, and joins no network: nobody is told of it, and nothing of it stays in the hub.
struct HubQuestion: Question {
    let title = ""
    let message: [UInt8] = []
    private(set) var answer = Inquiry.Result.none
    private let me: PeerID

    init(_ random: Random) {
        var random = random
        me = PeerID(unchecked: random.bytes(20).hex)
    }
    func target(_ target: String) -> String { ClientTarget.of(target, me, nil) }

    mutating func hear(_ bytes: RawSpan, at time: Instant) {
        guard answer == .none else { return }
        var framing = MessageFraming()
        guard case .message(let type, _) = framing.next(bytes), !(type is Unrouted.Type) else {
            answer = .foreign(bytes.withUnsafeBytes { Array($0.prefix(64)) })
            return
        }
        var found = Identification()
        if !(type is Connected.Type) {
            found.fault = "the first message is \(type.name), and not \(Connected.name)"
        } else {
            found.fault = Connected.check(bytes).map { "\(Connected.name): \($0)" }
        }
        answer = .whole(found)
    }
}
