public import Node

/// The counts of the segments that one side of TCP connections sent. Terms and rules follow Wireshark's `tcp.analysis`;
/// Spec/statistics.md describes the differences.
public struct TCPCounts: Hashable, Sendable {
    /// The number of segments, including those without payload.
    public var segments = 0
    /// The number of bytes of payload on the wire. Repeated bytes count each time.
    public var bytes = 0
    /// The number of repeated segments with payload, SYN or FIN. A segment is repeated if all of it was seen before or
    /// was acknowledged. It is also repeated if it fills a gap so late, or after so many duplicate acknowledgements,
    /// that its sender must have retransmitted it.
    public var retransmissions = 0
    /// The number of bytes of payload in these segments.
    public var retransmittedBytes = 0
    /// The number of segments that fill a gap earlier than that.
    public var outOfOrder = 0
    /// The number of segments of at most one byte directly before the next byte, which test that the other side is
    /// alive.
    public var keepAlives = 0
    /// The number of bytes that the capture never had, although later ones were seen or the other side acknowledged
    /// them.
    public var lostBytes = 0
    /// The number of gaps with these bytes.
    public var losses = 0
    /// The number of acknowledgements by this side of bytes that were not seen.
    public var unseenAcknowledgements = 0
    /// The number of segments with which this side refuses more bytes.
    public var zeroWindows = 0
    /// The number of acknowledgements without payload that repeat the one before.
    public var duplicateAcknowledgements = 0
    /// The nanoseconds from payload to the segment that acknowledges exactly up to its end. Retransmitted payload, and
    /// payload under way after it in the stream, is not measured (Karn's rule, RFC 6298, 3).
    public var roundTrips = Samples()
    /// The number of bytes that this side would accept, for each segment except SYN and RST, if the scale is known (RFC
    /// 7323, 2.3).
    public var windows = Samples()
    /// Creates counts of zero.
    public init() {}

    /// The counts by their names in files, each once. They are summed, written and read.
    public static var counts: [(name: String, path: WritableKeyPath<TCPCounts, Int>)] {
        [
            ("segments", \.segments), ("bytes", \.bytes), ("retransmissions", \.retransmissions),
            ("retransmitted_bytes", \.retransmittedBytes), ("out_of_order", \.outOfOrder),
            ("keep_alives", \.keepAlives), ("lost_bytes", \.lostBytes), ("losses", \.losses),
            ("unseen_acks", \.unseenAcknowledgements), ("zero_windows", \.zeroWindows),
            ("duplicate_acks", \.duplicateAcknowledgements),
        ]
    }
    /// Adds other counts.
    public mutating func merge(_ other: TCPCounts) {
        for (_, path) in Self.counts { self[keyPath: path] &+= other[keyPath: path] }
        roundTrips.merge(other.roundTrips)
        windows.merge(other.windows)
    }
    /// The number of events that show a problem on the path or at the other side.
    public var trouble: Int {
        retransmissions &+ outOfOrder &+ losses &+ unseenAcknowledgements &+ zeroWindows
    }
}

/// The counts of one TCP connection.
public struct TCPSummary: Hashable, Sendable {
    /// The number of the connection, as in `Record.flow`; 0 if connections of several captures are merged.
    public var flow: Int
    /// The address of the side that opened it.
    public var client: Endpoint
    /// The address of the other side.
    public var server: Endpoint
    /// The time of its first segment.
    public var first: Timestamp
    /// The time of its last segment.
    public var last: Timestamp
    /// The nanoseconds from SYN to the acknowledgement of its answer. This is the round trip of the whole path,
    /// regardless of the place of capture. Nil if it was not seen, or if the SYN or its answer was sent again.
    public var handshake: Int?
    /// The counts of the client's segments.
    public var fromClient: TCPCounts
    /// The counts of the server's segments.
    public var fromServer: TCPCounts
    /// The number of the frame of its first segment; 0 if connections of several captures are merged.
    public var firstFrame: Int
    /// The first bytes, if the protocol is unknown. They are empty if it became unknown later.
    public var unknown: FirstBytes?
    /// The failure; nil if the capture shows none.
    public var failure: ConnectionFailure?
    /// Creates a summary from its parts.
    public init(
        flow: Int, client: Endpoint, server: Endpoint, first: Timestamp, last: Timestamp, handshake: Int?,
        fromClient: TCPCounts, fromServer: TCPCounts, firstFrame: Int = 0, unknown: FirstBytes? = nil,
        failure: ConnectionFailure? = nil
    ) {
        (self.flow, self.client, self.server, self.first, self.last) = (flow, client, server, first, last)
        (self.handshake, self.fromClient, self.fromServer) = (handshake, fromClient, fromServer)
        (self.firstFrame, self.unknown, self.failure) = (firstFrame, unknown, failure)
    }
    /// The number of bytes of payload without repeated ones.
    public var bytes: Int {
        fromClient.bytes &+ fromServer.bytes &- fromClient.retransmittedBytes &- fromServer.retransmittedBytes
    }
}
