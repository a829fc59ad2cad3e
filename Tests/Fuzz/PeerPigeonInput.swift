import Node
import Wire

@testable import PeerPigeon

/// Messages of PeerPigeon, in a capture and as input of a hub.
enum PeerPigeonInput {
    private static func target(_ link: UInt64) -> String {
        "/?\(PeerID.parameter)=" + String(repeating: String(link, radix: 16), count: 40)
    }
    /// The messages after the opening handshake of WebSocket, from a peer with an id.
    static func capture(_ input: [UInt8]) {
        StreamInput.run(input, .peerPigeon, port: 3000, before: WebSocketInput.heads([], target: target(1)))
    }

    /// Gives the pieces of an input (`PacketInput.next`) to a hub as messages. The hub has three clients, another hub
    /// as a client, and a hub that it dialed. The first byte selects the profile. The flags of a piece select the
    /// connection and the kind of the piece: a message, the end of a connection, the target of a new one, or only
    /// time that passes.
    static func hub(_ input: [UInt8]) {
        guard let first = input.first else { return }
        let few = ["max_connections": first & 2 == 0 ? "1000" : "3"]
        guard let settings = try? Definition.peerPigeon.settings(profile: first & 1 == 0 ? "robust" : "v1.1.3", few)
        else {
            return Property.check(false, "no settings")
        }
        var options = NodeOptions(settings, random: Random(seed: 1), listening: .loopback(3001), peers: [.loopback(9)])
        options.identity = [UInt8](repeating: 0xf0, count: 20)
        var party = Party(Hub(options))
        party.call { $0.start(now: $1, &$2) }
        for link in 1...4 as ClosedRange<UInt64> { party.open(link, target(link)) }
        party.call { $0.opened(LinkID(5), speaks: "/", peer: .loopback(9), by: .us, now: $1, &$2) }
        var rest = input.dropFirst()[...]
        while let (flags, bytes) = PacketInput.next(&rest) { party.take(flags, bytes) }
        party.pass(.seconds(60))
    }

    /// The hub and its current time.
    private struct Party: Timed {
        var hub: Hub
        var now = Instant.zero
        /// The connections that are open.
        var links: Set<UInt64> = [5]
        init(_ hub: Hub) { self.hub = hub }

        mutating func call(_ body: (inout Hub, Instant, inout [Action]) -> Void) {
            var out: [Action] = []
            body(&hub, now, &out)
            for case .close(let link, _) in out where links.remove(link.number) != nil {
                call { $0.closed(link, status: nil, now: $1, &$2) }
            }
            for case .send(_, let bytes) in out {
                var framing = MessageFraming()
                guard case .message(let type, bytes.count) = framing.next(bytes.span.bytes) else {
                    return Property.check(false, "said \(bytes.hex)")
                }
                Property.check(type.check(bytes) == nil, "said \(type.name) \(bytes.hex)")
            }
        }
        mutating func open(_ link: UInt64, _ target: String) {
            guard links.insert(link).inserted else { return }
            call { $0.opened(LinkID(link), speaks: target, peer: .loopback(9), by: .them, now: $1, &$2) }
        }
        mutating func take(_ flags: UInt8, _ bytes: [UInt8]) {
            let link = 1 + UInt64(flags & 7) % 5
            switch flags >> 3 & 7 {
            case 0: if links.remove(link) != nil { call { $0.closed(LinkID(link), status: nil, now: $1, &$2) } }
            case 1: open(link, PeerPigeonInput.target(link))
            case 2: open(link, String(decoding: bytes, as: UTF8.self))
            case 3: pass(.milliseconds(Int64(bytes.first ?? 1) * 100))
            default:
                guard links.contains(link) else { return }
                call { $0.received(bytes.span.bytes, kind: 1, on: LinkID(link), now: $1, &$2) }
            }
        }
        var due: Instant? { hub.deadline }
        mutating func wake() { call { $0.wake(now: $1, &$2) } }
    }
}
