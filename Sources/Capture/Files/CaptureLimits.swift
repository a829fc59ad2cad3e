/// The limits on what a reader of captures keeps in memory. It discards what exceeds them, oldest first, and reports
/// that with a `CaptureNote`.
public struct CaptureLimits: Hashable, Sendable {
    /// The maximum number of connections known at the same time. An open connection without data takes about 200 bytes,
    /// one with messages of a known protocol less than 2 KiB (`meshspec-bench idle`).
    public var flows = 1 << 20
    /// The maximum number of closed connections that are still known, so that a late packet does not start a new
    /// connection.
    public var closedFlows = 4096
    /// The maximum number of bytes kept for all connections together: early bytes, incomplete messages, bytes of a
    /// protocol not known yet, and the state that layers need to decode later messages. That state is up to 42 KiB for
    /// each direction of a WebSocket connection with compression.
    public var memory = 64 << 20
    /// The maximum number of bytes of one direction that wait after a gap. If there are more, the gap is given up.
    public var waiting = 4 << 20
    /// The maximum number of pieces of one direction that wait after a gap. If there are more, the gap is given up.
    public var pieces = 4096
    /// The maximum number of bytes of one direction without a message. After them, the protocol is given up.
    public var strange = 256 << 10
    /// The maximum number of channels of one layer of a connection that are followed at the same time.
    public var channels = 4096
    /// Creates the default limits.
    public init() {}
}
