/// The sizes, times and Close frames of an endpoint. RFC 6455 leaves them to the implementation (sections 5.5.1 and
/// 10.4).
public struct Limits: Hashable, Sendable {
    /// The largest head of a request or response in bytes, with its empty line. A longer one is refused.
    public var head = Limits.headSize
    /// The largest message in bytes, joined and inflated. A longer one ends the connection with 1009.
    public var message = 16 << 20
    /// The largest payload of one frame in bytes. A longer one ends the connection with 1009 when its header has
    /// arrived.
    public var frame = 16 << 20
    /// The largest number of frames of a message. Further frames end the connection with 1008.
    public var fragments = 1 << 17
    /// The time from the start of the connection until both heads have arrived.
    public var handshake = Duration.seconds(10)
    /// The time from our Close frame to the peer's; then the connection is closed without it.
    public var close = Duration.seconds(5)
    /// The time between a Close frame that reports a fault of the peer and the end of the connection. Received bytes
    /// are dropped in this time. Closing with unread bytes would reset the connection, and the frame might be lost.
    public var linger = Duration.milliseconds(200)
    /// The time in which a client waits for the server to close the connection after both Close frames.
    public var end = Duration.seconds(1)
    /// The largest number of unsent bytes when another message is sent. More bytes end the connection with 1013. The
    /// network has its own limit for all connections together.
    public var unsent = 8 << 20
    /// The time in which the peer must read some of the waiting bytes. Otherwise the connection ends with 1013.
    public var unread = Duration.seconds(30)

    /// True if a Close frame that ends a connection because of a fault has a text about the fault.
    public var tellsWhy = true
    /// The content of the answer to a Close frame.
    public var closeAnswer = CloseAnswer.code

    /// The largest number of header fields of a head. The description of the message refuses more.
    public static let headerFields = 100
    /// The default of the largest head in bytes: 16 KiB.
    public static let headSize = 16 << 10
    /// Creates the default limits.
    public init() {}
}

/// The content of an endpoint's answer to a Close frame.
public enum CloseAnswer: Sendable {
    /// The code of the received frame.
    case code
    /// The code and the reason of the received frame.
    case codeAndReason
    /// Code 1000, whatever the received frame contains.
    case normal

    func payload(_ close: ClosePayload) -> ClosePayload {
        switch self {
        case .code: ClosePayload(close.code)
        case .codeAndReason: close
        case .normal: ClosePayload(.normal)
        }
    }
}
