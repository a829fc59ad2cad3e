public import Wire

/// The passive observers of a protocol. They judge captures and watched connections.
public struct TrafficJudging: Sendable {
    /// The requirements that passive observers judge; a capture gives no information on all others.
    public var observed: [ObservedRequirement]
    /// Creates a passive observer with this scrutiny. With settings, it holds both sides to them.
    public var observer: @Sendable (Settings?, Scrutiny) -> any Observer
    /// Creates an observer of all connections of a capture, with this scrutiny and at most about `memory` bytes.
    /// Nil if `observer` judges everything.
    public var messageObserver: (@Sendable (Scrutiny, _ memory: Int) -> any MessageObserver)?
    /// Creates an observer of all datagrams of a capture, with this scrutiny and at most about `memory` bytes. It may
    /// decrypt datagrams by `secrets`. Nil if `MessageReading.framing` and `observer` can judge each conversation by
    /// itself.
    public var datagramObserver: (@Sendable (Scrutiny, _ memory: Int, _ secrets: Secrets) -> any DatagramObserver)?
    /// Returns the side of an ICE session that a message of this protocol describes; nil if it describes none.
    public var signaled: (@Sendable (any Message.Type, RawSpan) -> SignaledEnd?)?
    /// Creates the observers; arguments that are left out have their defaults.
    public init(
        observed: [ObservedRequirement] = [],
        observer: @escaping @Sendable (Settings?, Scrutiny) -> any Observer,
        messageObserver: (@Sendable (Scrutiny, _ memory: Int) -> any MessageObserver)? = nil,
        datagramObserver: (@Sendable (Scrutiny, _ memory: Int, _ secrets: Secrets) -> any DatagramObserver)? = nil,
        signaled: (@Sendable (any Message.Type, RawSpan) -> SignaledEnd?)? = nil
    ) {
        self.observed = observed
        self.observer = observer
        self.messageObserver = messageObserver
        self.datagramObserver = datagramObserver
        self.signaled = signaled
    }
}
