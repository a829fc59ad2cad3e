/// What an address that is new to a node says before anything else, and what it makes of the answers: for nodes that
/// give less than they are asked for to whoever has not shown something first. It is about the address and not about
/// who speaks there: it leaves nothing in a node that a scenario asks for.
public protocol Introduction: Sendable {
    /// The datagram that begins it.
    var first: [UInt8] { get }
    /// Takes a datagram of the node.
    mutating func take(_ datagram: [UInt8]) -> IntroductionProgress
}

/// What a datagram means for an introduction.
public enum IntroductionProgress: Equatable, Sendable {
    /// It is not for it.
    case other
    /// It is for it, and more has to come, or nothing had to.
    case more
    /// This goes out next.
    case send([UInt8])
    /// All is said.
    case over
}
