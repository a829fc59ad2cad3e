import Node

/// The requirements that a passive observer judges. The raw value has the id, a colon, and the visible violation.
enum DXOSRule: String, ObservedRule {
    case sig17 = "SIG-17: bytes after a message in the same WebSocket message, or a text of a server"
    case sig25 = "SIG-25: a response to an id that was not asked, or one without payload and error to a unary call"
    case sig26 = "SIG-26: stream_ready, close or a second response to a unary call"
    case sig49 = "SIG-49: a peer that left its swarm is named to one that joins, and did not join again here"
    case sig54 =
        "SIG-54: a peer event names a host to announce back to, or does not say since when the peer is there"
    case sig69 =
        "SIG-69: a peer whose announcement to other hosts ended a second before is named by a host that it did not join"
    case sig34 = "SIG-34: data on a stream after its end, or 500 ms after its caller closed it"
    case sig39 = "SIG-39: ids that do not begin at 0 and grow by 1, or the id of a call that is not over"

    /// The highest severity. JavaScript clients count from 0, but others may count differently. A peer may have come
    /// back at a host that was not seen. The content of events to clients is a SHOULD.
    var severity: Severity { [.sig39, .sig49, .sig54, .sig69].contains(self) ? .warning : .violation }
}
