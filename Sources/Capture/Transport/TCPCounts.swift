public import Node

/// What one side of TCP connections sent, as its segments tell it. Terms and rules are those of Wireshark's
/// `tcp.analysis`; Spec/statistics.md says where they differ.
public struct TCPCounts: Hashable, Sendable {
    /// Segments, those without payload among them.
    public var segments = 0
    /// Bytes of payload on the wire, repeated ones as often as they came.
    public var bytes = 0
    /// Segments with payload, SYN or FIN that say again what was said before: all of it was seen before, or was
    /// acknowledged, or it fills a hole so late, or after so many duplicate acknowledgements, that its sender repeats it.
    public var retransmissions = 0
    /// Bytes of payload in these.
    public var retransmittedBytes = 0
    /// Segments that fill a hole sooner than that.
    public var outOfOrder = 0
    /// Segments of at most one byte, right before what comes next: whether the other side is still there.
    public var keepAlives = 0
    /// Bytes that the capture never had, though later ones were seen or the other side acknowledged them.
    public var lostBytes = 0
    /// Holes that these are in.
    public var losses = 0
    /// Acknowledgements, by this side, of bytes that were not seen.
    public var unseenAcknowledgements = 0
    /// Segments that say that this side takes no more bytes.
    public var zeroWindows = 0
    /// Acknowledgements without payload that say the same as the one before.
    public var duplicateAcknowledgements = 0
    /// Nanoseconds from payload to the segment that acknowledges exactly up to its end. None is taken of what was under way
    /// behind something that came again (Karn's rule, RFC 6298, 3).
    public var roundTrips = Samples()
    /// Bytes that this side would take, of each segment but SYN and RST; where the scale is known (RFC 7323, 2.3).
    public var windows = Samples()
    /// Nothing counted.
    public init() {}

    /// Counts by their names in files, each once: what is added up, written and read.
    public static var counts: [(name: String, path: WritableKeyPath<TCPCounts, Int>)] {
        [
            ("segments", \.segments), ("bytes", \.bytes), ("retransmissions", \.retransmissions),
            ("retransmitted_bytes", \.retransmittedBytes), ("out_of_order", \.outOfOrder),
            ("keep_alives", \.keepAlives), ("lost_bytes", \.lostBytes), ("losses", \.losses),
            ("unseen_acks", \.unseenAcknowledgements), ("zero_windows", \.zeroWindows),
            ("duplicate_acks", \.duplicateAcknowledgements),
        ]
    }
    /// Adds what others counted.
    public mutating func merge(_ other: TCPCounts) {
        for (_, path) in Self.counts { self[keyPath: path] &+= other[keyPath: path] }
        roundTrips.merge(other.roundTrips)
        windows.merge(other.windows)
    }
    /// How much of it tells of trouble on the way or at the other side.
    public var trouble: Int {
        retransmissions &+ outOfOrder &+ losses &+ unseenAcknowledgements &+ zeroWindows
    }
}

/// What was counted of one TCP connection.
public struct TCPSummary: Hashable, Sendable {
    /// As in `Record.flow`; 0 where connections of several captures are put together.
    public var flow: Int
    /// Who opened it.
    public var client: Endpoint
    /// The other side.
    public var server: Endpoint
    /// When its first segment was captured.
    public var first: Timestamp
    /// When its last one was.
    public var last: Timestamp
    /// Nanoseconds from SYN to the acknowledgement of its answer: the round trip of the whole path, wherever between the
    /// two was captured. Nil when that was not seen, or one of the first two was sent again.
    public var handshake: Int?
    /// What the client sent.
    public var fromClient: TCPCounts
    /// What the server sent.
    public var fromServer: TCPCounts
    /// From its parts.
    public init(
        flow: Int, client: Endpoint, server: Endpoint, first: Timestamp, last: Timestamp, handshake: Int?,
        fromClient: TCPCounts, fromServer: TCPCounts
    ) {
        (self.flow, self.client, self.server, self.first, self.last) = (flow, client, server, first, last)
        (self.handshake, self.fromClient, self.fromServer) = (handshake, fromClient, fromServer)
    }
}
