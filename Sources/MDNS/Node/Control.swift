internal import Libp2p
internal import Node
import Wire

/// The questions and commands that a node accepts from its own side.
enum Control: String, CaseIterable {
    case peers, status, query, shutdown

    /// The control in the form that the rest of the program uses.
    var rule: NodeControl {
        switch self {
        case .peers:
            NodeControl(
                asks: rawValue, "the peers that the node has found: a list of {peer, addresses, seconds}",
                columns: ["peer", "addresses", "seconds"])
        case .status:
            NodeControl(
                asks: rawValue, "its own name and id, and what it did not answer, remember or understand",
                columns: ["name", "peer", "service", "limited", "refused", "malformed"])
        case .query: NodeControl(tells: rawValue, "asks for peers now, and again at the shortest intervals")
        case .shutdown: NodeControl(tells: rawValue, "says goodbye and ends")
        }
    }
}

extension DiscoveryNode {
    func rows(_ question: String, now: Instant) -> Rows? {
        guard Control(rawValue: question) == .peers else { return nil }
        return Rows(discovery.peers.sorted) { peer, entry in
            [
                "peer": .text(peer.description),
                "addresses": .list(entry.addresses.map { .text($0.address.description) }),
                "seconds": .uint(UInt64(max(0, (entry.expires - now).nanoseconds / 1_000_000_000))),
            ]
        }
    }
    func answer(_ question: String, _ arguments: [Value.Entry], now: Instant) -> Value? {
        switch Control(rawValue: question) {
        case .peers: return rows(question, now: now)?.all
        case .status:
            return [
                "name": .text(discovery.name), "peer": .text(discovery.peer.description),
                "service": .text(discovery.names.service.text), "limited": .uint(discovery.limited),
                "refused": .uint(discovery.peers.refused), "malformed": .uint(discovery.malformed),
            ]
        case .query, .shutdown, nil: return nil
        }
    }
    mutating func control(
        _ name: String, _ arguments: [Value.Entry], now: Instant, _ out: inout [Action]
    ) -> Value? {
        switch Control(rawValue: name) {
        case .query:
            perform(now, &out) { $0.query(now: now, into: &$1) }
            return .bool(true)
        case .shutdown:
            shutDown(now, &out)
            return .bool(true)
        default: return answer(name, arguments, now: now)
        }
    }
}
