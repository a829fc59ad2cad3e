public import Node
public import Wire

/// The arguments of a command or question of an operator (`NodeControl`), by name.
public struct ControlArguments: Sendable {
    private let all: Value
    public init(_ arguments: [Value.Entry]) { all = .map(arguments) }
    public subscript(name: String) -> Value? { all[name] }

    /// Returns a text, or bytes as text.
    public func text(_ name: String) -> String? {
        switch all[name] {
        case .text(let text): text
        case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
        default: nil
        }
    }
    /// Returns a number from 0 to 2^64 - 1.
    public func number(_ name: String) -> UInt64? {
        switch all[name] {
        case .uint(let number): number
        case .text(let text): UInt64(text)
        default: nil
        }
    }
    /// Returns bytes. A text is its UTF-8, or bytes in hexadecimal digits after `0x`.
    public func bytes(_ name: String) -> [UInt8]? {
        switch all[name] {
        case .bytes(let bytes): bytes
        case .text(let text): Bytes(.text(text))?.own ?? Array(text.utf8)
        default: nil
        }
    }
    /// Returns a peer id, in any of its text forms or in binary form.
    public func peer(_ name: String) -> PeerID? {
        guard let value = all[name] else { return nil }
        if let bytes = Bytes(value)?.own { return PeerID(bytes) }
        if case .text(let text) = value { return PeerID(text) }
        return nil
    }
}

// The commands that every node of libp2p has.
extension Host {
    public static let controls = [
        NodeControl(
            tells: "dial", "connect to an address, as /ip4/HOST/tcp/PORT/p2p/ID or HOST:PORT", .one("address"),
            details: [Named("peer", "the required peer id, as text or as a multihash")]),
        NodeControl(tells: "disconnect", "end the connections with a peer", .one("peer")),
    ]
    /// Carries out `dial`. Returns false if the address is invalid.
    public mutating func dial(_ arguments: ControlArguments, _ out: inout [Action]) -> Bool {
        guard let text = arguments.text("address") else { return false }
        let target = EndTarget(text)
        guard let at = target.address?.endpoint ?? Endpoint(text) else { return false }
        dial(at, expecting: arguments.peer("peer") ?? target.peer, &out)
        return true
    }
    /// Carries out `disconnect`. Returns false if the peer id is invalid.
    public mutating func disconnect(
        _ arguments: ControlArguments, _ now: Instant, _ out: inout [Action]
    ) -> Bool {
        guard let peer = arguments.peer("peer") else { return false }
        disconnect(peer, now, &out)
        return true
    }
    /// The fields of a connected peer in an answer of a node: `peer`, `address`, `dialed` and `agent`.
    public func row(_ peer: PeerID) -> [Value.Entry] {
        let connection = connection(peer)
        return [
            .init("peer", .text(peer.description)),
            .init("address", connection.map { .text($0.at.description) } ?? .null),
            .init("dialed", .bool(connection?.by == .us)),
            .init("agent", identified(peer)?.agent.map { .text($0) } ?? .null),
        ]
    }
}
