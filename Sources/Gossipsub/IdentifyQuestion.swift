import Libp2p
import Node
import Wire

extension Inquiry {
    /// An inquiry that asks the node for its identity with identify.
    static let gossipsub = Inquiry(needs: Capability.server.rawValue) { settings, _ in [IdentifyQuestion(settings)] }
}

/// A question that opens a stream for identify. The answer names the program and its protocols, from which the pubsub
/// version and the profile follow.
struct IdentifyQuestion: Question {
    let title = ""
    let message: [UInt8] = []
    let channels = [ProtocolID.identify]
    private(set) var answer = Inquiry.Result.none
    private let offersEarly: Bool
    private var negotiated: [String] = []

    init(_ settings: Settings) { offersEarly = Libp2pOptions(settings).offersMuxersEarly }
    mutating func begin() { answer = .partial(identification(nil)) }
    mutating func hear(_ bytes: RawSpan, at time: Instant) {}
    mutating func note(_ events: [Event]) {
        for event in events {
            if event.name == "negotiated",
                case .text(let id)? = event.details.first(where: { $0.key == "protocol" })?.value
            {
                negotiated.append(id)
            }
            if let said = Identified(event) { answer = .whole(identification(said)) }
            if event.name == "refused", case .partial(var found) = answer {
                found.lacks[Capability.identify.rawValue] = "it does not accept \(ProtocolID.identify)"
                answer = .whole(found)
            }
        }
    }
    private func identification(_ said: Identified?) -> Identification {
        var found = Identification()
        let isMuxerLate = [ProtocolID.yamux, ProtocolID.mplex].contains(where: negotiated.contains)
        if offersEarly, negotiated.contains(ProtocolID.noise), isMuxerLate {
            found.lacks[Capability.earlyMuxer.rawValue] = "its Noise handshake names no muxer that meshspec supports"
        }
        guard let said else { return found }
        if let agent = said.agent {
            found.remarks.append("agent \(agent)")
            found.profiles = RouterParameters.profiles.map(\.name).filter { agent.contains("\($0)-libp2p") }
            found.isProfileGuessed = true
        }
        if let newest = NodeParameters.versions.first(where: { said.protocols.contains($0.id) }) {
            found.parameters[NodeParameters.Name.version] = newest.name
        } else if !said.protocols.isEmpty {
            found.remarks.append("its \(said.protocols.count) protocols include no version of gossipsub or floodsub")
        }
        for (id, capability) in [
            (ProtocolID.floodsub, Capability.floodsub), (ProtocolID.ping, .ping), (ProtocolID.identifyPush, .push),
        ] where !said.protocols.isEmpty && !said.protocols.contains(id) {
            found.lacks[capability.rawValue] = "identify does not list \(id)"
        }
        return found
    }
}
