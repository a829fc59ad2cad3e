internal import Node

/// An event of a link that is known before the event loop is asked.
enum PendingEvent {
    /// A link over UDP, which is open at once.
    case opened(Endpoint)
    case failed(NetworkError)
    /// Some of the sent bytes wait.
    case unsent
    /// The link over UDP was removed for another one.
    case displaced
    /// The peer over UDP does not listen.
    case broken
}
