/// The reason why a TCP connection failed, as far as a capture shows it.
public struct ConnectionFailure: Hashable, Sendable {
    /// The kind of a failure. The raw value is its name in files.
    public enum Kind: String, CaseIterable, Sendable {
        /// No packet answers the SYN.
        case noAnswer = "no_answer"
        /// The server answers the SYN with a reset (RFC 9293, section 3.10.7.3).
        case refused
        /// The client does not acknowledge the SYN of the server.
        case halfOpen = "half_open"
        /// A side resets the connection before either side sent data.
        case resetBeforeData = "reset_before_data"
        /// A side resets the connection after data, before either side sent a FIN.
        case reset
        /// The handshake of a layer or a protocol is not finished.
        case unfinished
    }
    /// The end of the connection. The raw value is its name in files.
    public enum End: String, CaseIterable, Sendable {
        /// Both sides closed the connection.
        case closed
        /// The side that opened the connection reset it.
        case resetByClient = "reset_by_client"
        /// The other side reset it.
        case resetByServer = "reset_by_server"
        /// The connection is silent.
        case silent
    }
    /// The kind.
    public var kind: Kind
    /// The end of the connection.
    public var end: End
    /// The layer or message whose handshake is not finished, such as `tls`; empty for other kinds.
    public var handshake = ""
    /// The time at which silence has become a failure. Nil if a packet shows the failure, or if the capture lasts
    /// until then.
    public var due: Timestamp?
    /// Creates a failure.
    public init(_ kind: Kind, _ end: End, handshake: String = "", due: Timestamp? = nil) {
        (self.kind, self.end, self.handshake, self.due) = (kind, end, handshake, due)
    }
    /// The time in nanoseconds within which an answer to a SYN may follow: after it, senders repeat the SYN (RFC 6298,
    /// section 2.1).
    static let patience: Int64 = 1_000_000_000
    /// The time in nanoseconds within which an unfinished handshake may continue.
    static let handshakePatience: Int64 = 10_000_000_000
    /// Returns the failure at a moment. It has no `due` if that is past. `isOver`: no later packet belongs to the
    /// connection, for other reasons than the end of the capture.
    func judged(at now: Timestamp, isOver: Bool) -> ConnectionFailure? {
        guard let due, due > now else { return with(due: nil) }
        return isOver ? nil : self
    }
    private func with(due: Timestamp?) -> ConnectionFailure {
        var other = self
        other.due = due
        return other
    }
}

/// The first bytes of a connection in an unknown protocol.
public struct FirstBytes: Hashable, Comparable, Sendable {
    /// The maximum number of bytes.
    public static let limit = 8
    /// The bytes from the highest byte on; unused bytes are zero.
    private var number: UInt64 = 0
    /// The number of bytes; 0 if they are not known.
    public private(set) var count = 0
    /// True if the side that opened the connection sent them.
    public private(set) var isFromClient = true

    /// Creates the first bytes of these, which one side sent before the other side sent any.
    public init(_ bytes: some Sequence<UInt8>, isFromClient: Bool) {
        for byte in bytes.prefix(Self.limit) {
            number |= UInt64(byte) << (56 &- 8 &* UInt64(count))
            count += 1
        }
        self.isFromClient = isFromClient || count == 0
    }
    /// The bytes.
    public var bytes: [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: number >> (56 &- 8 &* UInt64($0))) } }
    public static func < (a: Self, b: Self) -> Bool {
        (a.number, a.count, a.isFromClient ? 0 : 1) < (b.number, b.count, b.isFromClient ? 0 : 1)
    }
}
