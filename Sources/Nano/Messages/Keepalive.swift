import Node
public import Wire

/// Eight peers of the sender, 144 bytes after the header. Unused slots are zero; fewer than eight are filled up when
/// encoded.
///
/// Slot 0 of a message that a node sends about itself is `[::]` with the port it listens on.
public struct Keepalive: NanoMessage {
    /// As scenarios, filters and reports call it.
    public static var name: StaticString { "nano.keepalive" }
    static var type: MessageType { .keepalive }
    static var definedBits: UInt16 { 0 }
    static func payloadCount(_ header: RawHeader) -> Int { 144 }
    /// Its header: all other fields may have any value.
    public static var decisiveBytes: Int { Header.count }
    /// The 8 bytes before.
    public var header = Header(.keepalive)
    /// Peers of the sender.
    public var peers: [Peer] = []
    @inlinable public init() {}

    @inlinable @inline(__always)
    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        header.code(&c, .keepalive, 0)
        c.list("peers", &peers, count: 8)
    }

    /// Eight slots, always.
    @_lifetime(w: copy w)
    public func write(_ w: inout Writer) {
        var full = self
        while full.peers.count < 8 { full.peers.append(Peer()) }
        full.code(&w)
    }

    /// Where a node can be reached.
    public struct Peer: Message {
        /// As scenarios, filters and reports call it.
        public static var name: StaticString { "nano.keepalive.peer" }
        /// What its fields stand for.
        public static var meanings: [String: FieldMeaning] { ["address": .address] }
        /// IPv6; IPv4 as ::ffff:a.b.c.d.
        public var address = Fixed<16>()
        /// Little-endian, unlike most numbers of this protocol.
        public var port: UInt16 = 0
        @inlinable public init() {}

        @inlinable @inline(__always)
        public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.field("address", &address)
            c.field("port", &port, .little)
        }
    }
}
