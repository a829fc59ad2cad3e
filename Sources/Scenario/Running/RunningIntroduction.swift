internal import Node

/// The introduction on a link, in progress.
struct RunningIntroduction {
    var dialog: any Introduction
    /// The message that was sent last or will be sent first.
    var message: [UInt8]
    /// The number of times that it was sent, and the time at which it is sent again.
    var times = 0
    var again = Instant.zero
    var isOver = false
    /// The maximum number of times that a message is sent, one second apart. If the node does not answer, the case
    /// continues without the introduction.
    static var most: Int { 3 }
}
