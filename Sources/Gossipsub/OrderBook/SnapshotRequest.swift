import Libp2p
public import Wire

/// The request of the side that opened a stream of /lib2p2/snapshot/1.0.0 (Spec/gossipsub/lib2p2.md), preceded by its
/// length.
public struct SnapshotRequest: Message {
    public static var name: StaticString { "gossipsub.snapshot_request" }
    public static var summary: MessageSummary { ["ask for the snapshot of ", .name("request.market")] }
    /// The length of `request` in bytes.
    public var length = Derived<UInt32>()
    public var request = SnapshotRequestContent()

    /// The maximum length in bytes.
    public static let limit = 1 << 16

    public init() {}
    /// Creates a request for a market.
    init(_ market: [UInt8]) { request.market = Text(bytes: Bytes(market)) }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.length("length", &length, most: UInt32(Self.limit), UInt32(clamping: request.byteCount()))
        c.message("request", &request, length: length.count, by: "length")
    }
}

/// The content of a request.
public struct SnapshotRequestContent: Message {
    public static var name: StaticString { "gossipsub.snapshot_request_content" }
    public static var form: Form { .protobuf }
    /// The topic.
    public var market: Text?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "market", &market)
        c.unknown(&unknown)
    }
}
