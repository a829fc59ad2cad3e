internal import Node

/// What is known of a link before the event loop is asked.
enum PendingEvent {
    /// A link over UDP, which stands at once.
    case opened(Endpoint)
    case failed(NetworkError)
    /// Some of what was sent waits.
    case unsent
    /// Over UDP: it had to go for another one.
    case displaced
    /// Over UDP: nobody listens there.
    case broken
}
