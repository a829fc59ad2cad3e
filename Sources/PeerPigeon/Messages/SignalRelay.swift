public import Wire

/// A client's signal that a hub passes to another hub over a data channel.
public struct SignalRelay: Message {
    public static var name: StaticString { "peerpigeon.client_signal_relay" }
    public static var form: Form { .json }
    public static var summary: MessageSummary {
        ["relay a signal to ", .name("targetPeerId"), .maybe(", ", .number("ttl"), " hops left")]
    }
    public static var meanings: [String: FieldMeaning] { ["timestamp": .time(step: 1_000_000)] }
    public var type: Text?
    /// The recipient of the signal.
    public var targetPeerID: Text?
    /// The signal in the form in which a hub sends it to that client.
    public var signalData: JSONValue?
    /// The time in milliseconds since 1970.
    public var timestamp: Int64?
    /// The number of times that it may still be passed on. Only hubs that limit it write this field.
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
