public import Wire

/// What clients tell each other through hubs to open a data channel: an offer, an answer, or an ICE candidate. The three
/// differ in their type alone.
public struct Signal<Kind: SignalKind>: Message {
    public static var name: StaticString { Kind.name }
    public static var form: Form { .json }
    public var type: Text?
    /// Session description or candidate; hubs do not look into it, and pass it on as it stands.
    public var data: JSONValue?
    /// Who said it; written by the hub.
    public var fromPeerID: JSONValue?
    /// For whom it is; without it a hub drops the message.
    public var targetPeerID: JSONValue?
    /// The network that the target must be in. Absent, null or empty: `global`.
    public var networkName: JSONValue?
    /// Milliseconds since 1970; written by the hub.
    public var timestamp: JSONValue?
    /// Of clients; hubs leave it out.
    public var maxPeers: JSONValue?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("type", &type, Kind.type)
        c.member("data", &data)
        c.member("fromPeerId", &fromPeerID)
        c.member("targetPeerId", &targetPeerID)
        c.member("networkName", &networkName)
        c.member("timestamp", &timestamp)
        c.member("maxPeers", &maxPeers)
        c.unknown(&unknown)
    }
}

/// One of the three signals.
public protocol SignalKind: Hashable, Sendable {
    /// Of the message.
    static var name: StaticString { get }
    /// On the wire.
    static var type: StaticString { get }
}

/// Kinds of signals.
public enum SignalKinds {
    /// The beginning of a negotiation.
    public enum Offer: SignalKind {
        public static var name: StaticString { "peerpigeon.offer" }
        public static var type: StaticString { "offer" }
    }
    /// Its end.
    public enum Answer: SignalKind {
        public static var name: StaticString { "peerpigeon.answer" }
        public static var type: StaticString { "answer" }
    }
    /// A way to reach the sender.
    public enum Candidate: SignalKind {
        public static var name: StaticString { "peerpigeon.ice_candidate" }
        public static var type: StaticString { "ice-candidate" }
    }
}
public typealias Offer = Signal<SignalKinds.Offer>
public typealias Answer = Signal<SignalKinds.Answer>
public typealias Candidate = Signal<SignalKinds.Candidate>
