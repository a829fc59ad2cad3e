public import Wire

/// The peer that a message of a hub is about.
public struct PeerName: Message {
    public static var name: StaticString { "peerpigeon.peer_name" }
    public static var form: Form { .json }
    /// The id: 40 hexadecimal digits, in the peer's own upper or lower case.
    public var peerID: Text?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.member("peerId", &peerID)
        c.unknown(&unknown)
    }
}
