import Libp2p
public import Node
public import Wire

// The questions of an operator about the part of a node that is in a DHT.
extension DHT {
    /// The questions that `answer` knows.
    public static let questions = [
        NodeControl(
            asks: "routing-table", "the servers that it knows, with the length of the common prefix",
            columns: ["peer", "prefix", "connected", "addresses"]),
        NodeControl(asks: "providers", "the keys with provider records here", columns: ["key", "providers"]),
        NodeControl(asks: "values", "the keys with values here", columns: ["key"]),
    ]
    /// Answers one of `questions`; nil for other questions.
    public func answer(_ question: String, now: Instant) -> Value? {
        switch question {
        case "routing-table":
            .list(
                server.table.all.map { peer, prefix in
                    .map([
                        .init("peer", .text(peer.description)), .init("prefix", .uint(UInt64(prefix))),
                        .init("connected", .bool(server.connected.contains(peer))),
                        .init("addresses", .list(server.book[peer].map { .text($0.description) })),
                    ])
                })
        case "providers":
            .list(
                server.providers.counts(now).map { key, count in
                    .map([.init("key", .bytes(key)), .init("providers", .uint(UInt64(count)))])
                })
        case "values": .list(server.values.keys(now).map { .map([.init("key", .readable($0))]) })
        default: nil
        }
    }
}

extension Value {
    /// Bytes as text if they are printable, otherwise as bytes.
    static func readable(_ bytes: [UInt8]) -> Value {
        let isPrintable = bytes.allSatisfy { $0 >= 0x20 && $0 < 0x7f }
        return isPrintable ? .text(String(decoding: bytes, as: UTF8.self)) : .bytes(bytes)
    }
}
