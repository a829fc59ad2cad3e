import Node

/// A stream as one end of a session has it.
struct YamuxStream: Sendable {
    /// Which side opened it.
    var opener: Opener
    /// The other side has said that it takes it.
    var isAccepted: Bool
    /// Bytes that the other side still takes, and that we still take.
    var (outward, inward) = (YamuxEnd.window, YamuxEnd.window)
    /// What waits for the other side's window.
    var waiting: [UInt8] = []
    /// We say no more, behind what waits.
    var isEnding = false
    /// We have said so.
    var hasEnded = false
    /// The other side says no more.
    var isHalfClosed = false

    init(by opener: Opener) { (self.opener, isAccepted) = (opener, opener == .them) }
}
