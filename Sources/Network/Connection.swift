internal import Node

/// A TCP connection, or a connection within this machine.
final class Connection {
    let id: UInt64
    let socket: Socket
    let peer: Endpoint
    var isOpen: Bool
    var waiting: [UInt8] = []
    var sent = 0
    /// True if the waiting bytes are collected and not yet passed to the system.
    var isGathered = false
    /// The maximum number of bytes that may wait.
    let backlog: Int
    /// True if the client gets no more events for it. It is removed once all bytes are sent.
    var isClosing = false
    /// True if the next poll must report the number of unsent bytes.
    var isUnsentPending = false
    /// True if the other side sends no more.
    var isAtEnd = false
    /// True if this side sends no more once all bytes are sent.
    var hasEndedSending = false
    /// The number of bytes still to be written.
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
