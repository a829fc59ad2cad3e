public import Node

/// The layers of one connection between ICE and the data channels: a secure connection (DTLS) and an association with
/// messages on streams in it (SCTP). It does no I/O.
public protocol ChannelTransport: Sendable {
    /// Handles a datagram of the other side.
    mutating func receive(_ datagram: RawSpan, now: Instant)
    /// Handles that the deadline has come. The first call starts the handshake.
    mutating func wake(now: Instant)
    /// Returns the next time at which `wake` is needed.
    func deadline(now: Instant) -> Instant?
    /// Takes the datagrams to send, in order.
    mutating func takeDatagrams() -> [[UInt8]]
    /// Takes the events since the last call, in order.
    mutating func takeEvents() -> [TransportEvent]
    /// Sends a message on a stream. The message is taken whole, or not at all.
    mutating func send(
        _ message: [UInt8], stream: UInt16, payload: UInt32, delivery: Delivery, now: Instant
    ) -> Sending
    /// Asks the other side to end a stream in our direction. Returns false if it must be asked later.
    mutating func reset(stream: UInt16, now: Instant) -> Bool
    /// Ends the connection. The remaining datagrams announce it to the other side.
    mutating func end(now: Instant)
}

/// The way in which the messages of a channel are delivered (RFC 8832, section 5.1).
public struct Delivery: Hashable, Sendable {
    /// The time for which lost data is sent again.
    public enum Reliability: Hashable, Sendable {
        case reliable
        /// At most this number of retransmissions.
        case retransmissions(UInt32)
        /// At most this number of milliseconds.
        case lifetime(UInt32)
    }
    public var isOrdered = true
    public var reliability = Reliability.reliable
    /// Creates ordered and reliable delivery.
    public init() {}
}

/// The result of sending a message.
public enum Sending: Sendable {
    case sent
    /// There is no room now.
    case full
    /// The message can never be sent.
    case refused
}

/// An event of a transport.
public enum TransportEvent: Equatable, Sendable {
    /// A line of a key log.
    case secret(String)
    /// The other side has the certificate of its description. The text names the suite.
    case secured(String)
    /// Messages can be sent.
    case associated
    /// A part of a message; `isEnd` for its last part.
    case message(stream: UInt16, payload: UInt32, [UInt8], isEnd: Bool)
    /// A stream ended in one direction.
    case reset(stream: UInt16, isOurs: Bool)
    /// The other side refused to end a stream.
    case resetFailed(stream: UInt16)
    /// The connection ended, for this reason.
    case ended(String)
}

/// The identity of this side, with which transports are made.
public protocol TransportIdentity: Sendable {
    /// The fingerprint for the session description.
    var fingerprint: SessionDescription.Fingerprint { get }
    /// Creates a transport to the side with this fingerprint; nil if there is no memory. `port` is the other side's SCTP
    /// port.
    func transport(
        isClient: Bool, to fingerprint: SessionDescription.Fingerprint, port: UInt16, random: Random
    ) -> (any ChannelTransport)?
}

/// The properties of all transports.
enum TransportLimits {
    /// The maximum number of bytes of a datagram. All paths carry them: IPv6 requires 1,280 with the headers.
    static let datagram = 1200
    /// The number of streams in each direction.
    static let streams: UInt16 = 64
}
