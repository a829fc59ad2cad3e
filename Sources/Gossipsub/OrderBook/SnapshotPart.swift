import Libp2p
public import Wire

/// A part of the answer to a `SnapshotRequest` (Spec/gossipsub/lib2p2.md), preceded by its length.
public struct SnapshotPart: Message {
    public static var name: StaticString { "gossipsub.snapshot_part" }
    public static var summary: MessageSummary {
        [
            "snapshot with ", .first([[.count("part.orders", "order")], ["no order"]]),
            .maybe(" and ", .count("part.fills", "fill")),
            .maybe(.when("part.last", [", last part"])),
        ]
    }
    /// The length of `part` in bytes.
    public var length = Derived<UInt32>()
    public var part = SnapshotPartContent()

    /// The maximum length in bytes.
    public static let limit = 1 << 16
    /// The maximum size of all parts of an answer in bytes, including their lengths.
    public static let answerLimit = 16 << 20

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.length("length", &length, most: UInt32(Self.limit), UInt32(clamping: part.byteCount()))
        c.message("part", &part, length: length.count, by: "length")
    }
}

/// The content of a part.
public struct SnapshotPartContent: Message {
    public static var name: StaticString { "gossipsub.snapshot_part_content" }
    public static var form: Form { .protobuf }
    public var orders: [Order] = []
    /// True if no part follows.
    public var last: Bool?
    public var fills: [Fill] = []
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "orders", &orders)
        c.tag(2, "last", &last)
        c.tag(3, "fills", &fills)
        c.unknown(&unknown)
    }
}
