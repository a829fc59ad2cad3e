import Node

/// The segments that open and end a TCP connection.
struct ConnectionLife {
    /// The number of the first frame; 0 before it.
    private(set) var firstFrame = 0
    /// The time of the client's last SYN; nil if none was captured.
    private(set) var asked: Timestamp?
    /// True if the server sent a segment other than a reset.
    private(set) var isAnswered = false
    /// True if the client sent a segment other than a SYN or a reset.
    private(set) var isConfirmed = false
    /// True if a side sent a FIN.
    private(set) var hasFIN = false
    /// The side that reset the connection before a FIN.
    private(set) var reset: StreamDirection?

    @inline(__always)
    mutating func note(_ segment: Segment, _ direction: StreamDirection, _ mark: Mark) {
        if firstFrame == 0 { firstFrame = mark.frame }
        guard segment.flags.isDisjoint(with: [.syn, .fin, .reset]) else { return noteMark(segment, direction, mark) }
        if direction == .fromClient { isConfirmed = true } else { isAnswered = true }
    }
    private mutating func noteMark(_ segment: Segment, _ direction: StreamDirection, _ mark: Mark) {
        guard !segment.flags.contains(.reset) else { return }
        if segment.flags.contains(.fin) { hasFIN = true }
        if direction == .fromServer {
            isAnswered = true
        } else if segment.flags.contains(.syn) {
            asked = mark.time
        } else {
            isConfirmed = true
        }
    }
    /// Notes a reset at the position of its sender.
    mutating func noteReset(_ direction: StreamDirection) { if !hasFIN { reset = direction } }
    /// The end of a connection that is closed or not.
    func end(isClosed: Bool) -> ConnectionFailure.End {
        switch reset {
        case .fromClient: .resetByClient
        case .fromServer: .resetByServer
        case nil: isClosed ? .closed : .silent
        }
    }
}
