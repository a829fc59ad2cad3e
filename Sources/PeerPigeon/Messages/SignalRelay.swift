public import Wire

/// A hub hands a signal of a client to another hub, over a data channel.
public struct SignalRelay: Message {
    public static var name: StaticString { "peerpigeon.client_signal_relay" }
    public static var form: Form { .json }
    /// What its fields stand for.
    public static var meanings: [String: FieldMeaning] { ["timestamp": .time(step: 1_000_000)] }
    public var type: Text?
    /// Whom the signal is for.
    public var targetPeerID: Text?
    /// The signal as a hub would send it to that client.
    public var signalData: JSONValue?
    /// Milliseconds since 1970.
    public var timestamp: Int64?
    /// How many more times it may be passed on. Of hubs that limit it; others do not say it.
    public var ttl: Int64?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("type", &type, "client-signal-relay")
        c.member("targetPeerId", &targetPeerID)
        c.member("signalData", &signalData)
        c.member("timestamp", &timestamp)
        c.member("ttl", &ttl)
        c.unknown(&unknown)
    }
}
