/// Sizes and times of an endpoint, and what its Close frames say. RFC 6455 leaves all of them to the implementation
/// (sections 5.5.1 and 10.4).
public struct Limits: Hashable, Sendable {
    /// Bytes of the head of a request or response, with the empty line at its end; more are refused.
    public var head = Limits.headSize
    /// Bytes of a message, joined and inflated; a longer one ends the connection with 1009.
    public var message = 16 << 20
    /// Bytes of the payload of one frame; a longer one ends the connection with 1009 when its header is there.
    public var frame = 16 << 20
    /// Frames of a message; more end the connection with 1008.
    public var fragments = 1 << 17
    /// From the beginning of the connection until both heads are there.
    public var handshake = Duration.seconds(10)
    /// From our Close frame until that of the other side; then the connection is closed without it.
    public var close = Duration.seconds(5)
    /// From a Close frame that says what the other side did wrong until the connection is closed. Bytes that come are
    /// dropped meanwhile: closing with bytes unread would reset the connection, and the frame might be lost.
    public var linger = Duration.milliseconds(200)
    /// Of a client: how long it waits for the server to close the connection after both Close frames.
    public var end = Duration.seconds(1)
    /// Bytes that may still wait for the other side when another message is to be sent to it; more end the connection
    /// with 1013. The network has a limit of its own for all that waits.
    public var unsent = 8 << 20
    /// How long the other side may take nothing of what waits for it; then the connection ends with 1013.
    public var unread = Duration.seconds(30)

    /// Whether a Close frame that ends a connection for what the other side did says in words what that was.
    public var tellsWhy = true
    /// The content of the answer to a Close frame.
    public var closeAnswer = CloseAnswer.code

    /// Header fields of a head; more are refused by the description of the message.
    public static let headerFields = 100
    /// Bytes of a head unless said otherwise: 16 KiB.
    public static let headSize = 16 << 10
    /// The defaults.
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
