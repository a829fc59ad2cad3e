/// A signal with which two sides set up a connection with data channels (WebRTC). The node that uses the connection
/// carries it to the other side.
public enum ChannelSignal: Equatable, Sendable {
    /// A session description (SDP) that begins a connection.
    case offer(String)
    /// The session description of the other side.
    case answer(String)
    /// The value of an `a=candidate` line; empty if no more candidates follow. `mid` names the media description.
    case candidate(String, mid: String)
}

/// A request of a node to the node that opens its data channels. The caller numbers the connections.
public enum ChannelCall: Equatable, Sendable {
    /// Begin a connection with one channel of this label. Its offer follows as an event.
    case offer(UInt64, label: String)
    /// Take a signal of the other side. An offer begins a connection; its answer follows as an event.
    case signal(UInt64, ChannelSignal)
    /// Send a message on the channel of a connection.
    case send(UInt64, [UInt8], isText: Bool)
    /// End a connection. No event of it follows.
    case end(UInt64)
}

/// An event from that node.
public enum ChannelEvent: Equatable, Sendable {
    /// A signal for the other side.
    case signal(UInt64, ChannelSignal)
    /// The channel is open.
    case opened(UInt64, OpenChannel)
    case message(UInt64, [UInt8], isText: Bool)
    /// The connection is gone, or could not be opened, for this reason.
    case ended(UInt64, String)

    /// The number of the connection.
    public var connection: UInt64 {
        switch self {
        case .signal(let number, _), .opened(let number, _), .message(let number, _, _), .ended(let number, _): number
        }
    }
}

/// The properties of an open data channel (RFC 8832, section 5.1).
public struct OpenChannel: Equatable, Sendable {
    public var label: String
    /// The protocol that its messages belong to; empty for none.
    public var subprotocol = ""
    public var isOrdered = true
    /// True if lost messages are sent again until they arrive.
    public var isReliable = true
    /// The side that opened it.
    public var opener = Opener.us
    /// Creates the properties of an ordered and reliable channel that this side opened.
    public init(label: String) { self.label = label }
}

/// The options of a node that opens data channels for another node.
public struct ChannelCarrierOptions {
    /// The addresses of its socket, best first.
    public var hosts: [Endpoint]
    public var random: Random
    /// True in virtual time, in which nothing is encrypted.
    public var isVirtual: Bool
    /// A STUN server that reports further addresses of its socket; nil for none.
    public var server: Endpoint?
    /// The keys of its connections are added to these.
    public var secrets: Secrets?

    /// Creates the options.
    public init(hosts: [Endpoint], random: Random, isVirtual: Bool, secrets: Secrets? = nil) {
        (self.hosts, self.random, self.isVirtual, self.secrets) = (hosts, random, isVirtual, secrets)
    }
}

/// A node that uses data channels, which another node opens for it. See `Driver.join` in the module Network.
public protocol ChannelUser: Node {
    /// True if it does so with its settings.
    var usesChannels: Bool { get }
    /// Takes the requests since the last call, in order.
    mutating func takeChannelCalls() -> [ChannelCall]
    /// Handles an event.
    mutating func hear(_ event: ChannelEvent, now: Instant, _ out: inout [Action])
}

/// A node that opens data channels for another node.
public protocol ChannelCarrier: Node {
    /// Carries out a request of the user.
    mutating func carry(_ call: ChannelCall, now: Instant, _ out: inout [Action])
    /// Takes the events since the last call, in order.
    mutating func takeChannelEvents() -> [ChannelEvent]
}

/// A node that does nothing. It takes the place of a node that is called as a value of its own type, so that the value
/// is not copied.
public struct VacantNode: Node {
    public var deadline: Instant? { nil }
    /// Creates the node.
    public init() {}
    public mutating func start(now: Instant, _ out: inout [Action]) {}
    public mutating func opened(
        _ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]
    ) {}
    public mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {}
    public mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) {}
    public mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) {}
    public mutating func wake(now: Instant, _ out: inout [Action]) {}
}
