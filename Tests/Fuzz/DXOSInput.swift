import Node
import Wire

@testable import DXOS

/// Messages of dxRPC, in a capture and as input of a server and a client.
enum DXOSInput {
    /// The messages after the opening handshake of WebSocket, at the path of the service.
    static func capture(_ input: [UInt8]) {
        let heads = WebSocketInput.heads([], target: LayerStack.signalPath)
        StreamInput.run(input, .dxos, port: 8080, before: heads)
    }

    /// Gives the pieces of an input (`PacketInput.next`) to a server and a client as messages. The first byte selects
    /// the build of both, and whether they begin with a handshake. The flags of a piece select the receiver, the
    /// connection and the kind of the piece: a text, the bytes of a request after its beginning, or only time that
    /// passes.
    static func nodes(_ input: [UInt8]) {
        guard let first = input.first else { return }
        let build = Build.allCases[Int(first & 3)].rawValue
        let parameters = ["build": build, "handshake": first & 4 == 0 ? "off" : "on", "grace": "1s"]
        guard let settings = try? Definition.dxos.settings(profile: first & 8 == 0 ? "v1" : "v3", parameters) else {
            return Property.check(false, "no settings")
        }
        var server = Party(SignalServer(NodeOptions(settings, random: Random(seed: 1))))
        var client = Party(SignalClient(NodeOptions(settings, random: Random(seed: 2), peers: [.loopback(9)])))
        for link in 1...4 {
            server.call { $0.opened(LinkID(UInt64(link)), peer: .loopback(9), by: .them, now: $1, &$2) }
        }
        client.call { $0.start(now: $1, &$2) }
        client.call { $0.opened(LinkID(1), peer: .loopback(9), by: .us, now: $1, &$2) }
        var rest = input.dropFirst()[...]
        while let (flags, bytes) = PacketInput.next(&rest) {
            if flags & 1 == 0 { server.take(flags, bytes) } else { client.take(flags, bytes) }
        }
        server.pass(.seconds(60))
        client.pass(.seconds(60))
    }

    /// A node and its current time.
    private struct Party<Inner: Node>: Timed {
        var node: Inner
        var now = Instant.zero
        init(_ node: Inner) { self.node = node }

        mutating func call(_ body: (inout Inner, Instant, inout [Action]) -> Void) {
            var out: [Action] = []
            body(&node, now, &out)
            for case .send(_, let bytes) in out {
                var framing = MessageFraming()
                guard case .message(let type, bytes.count) = framing.next(bytes.span.bytes) else {
                    return Property.check(false, "said \(bytes.hex)")
                }
                Property.check(type.check(bytes) == nil, "said \(type.name) \(bytes.hex)")
            }
        }
        mutating func take(_ flags: UInt8, _ bytes: [UInt8]) {
            let link = LinkID(1 + UInt64(flags >> 1 & 3))
            switch flags >> 3 & 7 {
            case 0: call { $0.closed(link, now: $1, &$2) }
            case 1: call { $0.opened(link, peer: .loopback(9), by: $0 is SignalClient ? .us : .them, now: $1, &$2) }
            case 2: call { $0.received(bytes.span.bytes, kind: 1, on: link, now: $1, &$2) }
            case 3: pass(.milliseconds(Int64(bytes.first ?? 1) * 10))
            case 4: call { _ = $0.control("join", [.init("swarm", .bytes(bytes))], now: $1, &$2) }
            default: call { $0.received(bytes.span.bytes, kind: 2, on: link, now: $1, &$2) }
            }
        }
        var due: Instant? { node.deadline }
        mutating func wake() { call { $0.wake(now: $1, &$2) } }
    }
}
