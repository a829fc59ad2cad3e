/// What reading a capture may keep in memory. What goes beyond is given up, oldest first, and told by a `CaptureNote`.
public struct CaptureLimits: Hashable, Sendable {
    /// Connections that are known at a time. One that is open and silent takes about 200 bytes, one that has spoken a
    /// known protocol less than 2 KiB (`meshspec-bench idle`).
    public var flows = 1 << 20
    /// Connections that are over and still known, so that what comes late is not taken for another one.
    public var closedFlows = 4096
    /// Bytes kept for all connections together: what came early, messages that are not whole, what no protocol is known
    /// for yet, what layers keep to take later units apart (of a WebSocket connection with compression up to 42 KiB for
    /// each direction).
    public var memory = 64 << 20
    /// Bytes of one direction that wait behind a hole before it is given up.
    public var waiting = 4 << 20
    /// Pieces of one direction that wait behind a hole before it is given up.
    public var pieces = 4096
    /// Bytes of one direction in which no message is found before the protocol is.
    public var strange = 256 << 10
    /// Channels of one layer of a connection that are followed at a time.
    public var channels = 4096
    /// The limits above.
    public init() {}
}
