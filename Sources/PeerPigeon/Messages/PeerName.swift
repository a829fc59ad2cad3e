public import Wire

/// Whom a message of a hub is about.
public struct PeerName: Message {
    public static var name: StaticString { "peerpigeon.peer_name" }
    public static var form: Form { .json }
    /// 40 hexadecimal digits, in the case in which the peer wrote them.
    public var peerID: Text?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.member("peerId", &peerID)
        c.unknown(&unknown)
    }
}
