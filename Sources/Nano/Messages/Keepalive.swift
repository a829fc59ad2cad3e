import Node
public import Wire

/// Eight peers of the sender, 144 bytes after the header. Unused slots are zero. If there are fewer than eight peers,
/// the message is padded when it is encoded.
///
/// In a message that a node sends about itself, slot 0 is `[::]` with the port that it listens on.
public struct Keepalive: NanoMessage {
    /// The name in scenarios, filters and reports.
    public static var name: StaticString { "nano.keepalive" }
    public static var summary: MessageSummary { ["keepalive, ", .countSet("peers", "peer")] }
    static var type: MessageType { .keepalive }
    static var definedBits: UInt16 { 0 }
    static func payloadCount(_ header: RawHeader) -> Int { 144 }
    /// The bytes of the header. All other fields may have any value.
    public static var decisiveBytes: Int { Header.count }
    /// The 8 bytes before the body.
    public var header = Header(.keepalive)
    /// The peers of the sender.
    public var peers: [Peer] = []
    @inlinable public init() {}

    @inlinable @inline(__always)
    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        header.code(&c, .keepalive, 0)
        c.list("peers", &peers, count: 8)
    }

    /// Writes the message, always with eight slots.
    @_lifetime(w: copy w)
    public func write(_ w: inout Writer) {
        var full = self
        while full.peers.count < 8 { full.peers.append(Peer()) }
        full.code(&w)
    }

    /// The endpoint at which a node can be reached.
    public struct Peer: Message {
        /// The name in scenarios, filters and reports.
        public static var name: StaticString { "nano.keepalive.peer" }
        public static var meanings: [String: FieldMeaning] { ["address": .address] }
        /// An IPv6 address, or an IPv4 address as ::ffff:a.b.c.d.
        public var address = Fixed<16>()
        /// The port. It is little-endian, unlike most numbers of this protocol.
        public var port: UInt16 = 0
        @inlinable public init() {}

        @inlinable @inline(__always)
        public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.field("address", &address)
            c.field("port", &port, .little)
        }
    }
}
