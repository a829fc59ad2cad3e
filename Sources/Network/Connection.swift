internal import Node

/// A TCP connection, or one within this machine.
final class Connection {
    let id: UInt64
    let socket: Socket
    let peer: Endpoint
    var isOpen: Bool
    var waiting: [UInt8] = []
    var sent = 0
    /// What waits is gathered, and not yet offered to the system.
    var isGathered = false
    /// Bytes that may wait.
    let backlog: Int
    /// Nobody hears of it any more; it goes once everything is out.
    var isClosing = false
    /// That something waits is to be told by the next poll.
    var isUnsentPending = false
    /// The other side sends no more.
    var isAtEnd = false
    /// We send no more, once everything is out.
    var hasEndedSending = false
    /// Bytes still to be written.
    var left: Int { waiting.count - sent }
    /// The bytes of this queue that the total of all peers includes.
    var counted = 0
    /// True if the queue counts in the total of all peers. A connection within this machine does not count: its peer is
    /// a program of the same user.
    let isCounted: Bool

    init(_ id: UInt64, _ socket: Socket, _ peer: Endpoint, isOpen: Bool, backlog: Int, isCounted: Bool = true) {
        (self.id, self.socket, self.peer, self.isOpen, self.backlog) = (id, socket, peer, isOpen, backlog)
        self.isCounted = isCounted
    }
}
