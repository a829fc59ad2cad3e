internal import Node

/// A sequence of the messages that a link receives. Steps wait for the messages of one queue, and do not see those of
/// the others.
enum Queue: Hashable, Comparable, Sendable {
    /// The messages of the protocol itself.
    case own
    /// The inner messages, in the order of their carriers.
    case inner
    /// The fragments of messages that take several datagrams.
    case part
    /// The messages of a layer below the protocol, by its index among the layers.
    case layer(Int)
}

extension Definition {
    /// Returns the queue of a message of this name.
    func queue(of message: String) -> Queue {
        if reading.inner?[message] != nil { return .inner }
        let level = level(of: message)
        if level == 0 { return .own }
        return reading.datagrams == nil ? .layer(level - 1) : .part
    }
}
