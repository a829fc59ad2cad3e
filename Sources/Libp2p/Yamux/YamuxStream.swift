import Node

/// A stream at one end of a session.
struct YamuxStream: Sendable {
    /// The side that opened the stream.
    var opener: Opener
    /// True if the other side has accepted the stream.
    var isAccepted: Bool
    /// The numbers of bytes that the other side still accepts, and that this side still accepts.
    var (outward, inward) = (YamuxEnd.window, YamuxEnd.window)
    /// The bytes that wait for the other side's window.
    var waiting: [UInt8] = []
    /// True if this side ends its direction after the waiting bytes.
    var isEnding = false
    /// True if this side has sent the end of its direction.
    var hasEnded = false
    /// True if the other side has ended its direction.
    var isHalfClosed = false

    init(by opener: Opener) { (self.opener, isAccepted) = (opener, opener == .them) }
}
