/// The exchange that a new address must complete before a node answers it in full, for example to prove that the
/// address is not spoofed. It is about the address, not about the participant there. It leaves no state in the node
/// that a scenario checks.
public protocol Introduction: Sendable {
    /// The first datagram of the exchange.
    var first: [UInt8] { get }
    /// Handles a datagram of the node.
    mutating func take(_ datagram: [UInt8]) -> IntroductionProgress
}

/// The effect of a datagram on an introduction.
public enum IntroductionProgress: Equatable, Sendable {
    /// The datagram does not belong to it.
    case other
    /// The datagram belongs to it. The introduction waits for more, or did not need this one.
    case more
    /// The exchange continues with these bytes to send.
    case send([UInt8])
    /// The exchange is complete.
    case over
}
