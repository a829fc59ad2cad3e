internal import Node

/// An introduction on a link.
struct RunningIntroduction {
    var dialog: any Introduction
    /// What was sent last, or is sent first.
    var message: [UInt8]
    /// How often it was sent, and when it is sent again.
    var times = 0
    var again = Instant.zero
    var isOver = false
    /// Sent so often, a second apart; a node that does not answer then is met without.
    static var most: Int { 3 }
}
