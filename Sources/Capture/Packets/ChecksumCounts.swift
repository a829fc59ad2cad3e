/// Packets by what came of checking their checksums. A fragment counts for its own header, and the packet that comes of
/// fragments once more.
public struct ChecksumCounts: Hashable, Sendable {
    /// All that it has are right.
    public var right = 0
    /// One is wrong: the packet was passed over.
    public var wrong = 0
    /// Captured at its sender before the network card filled them in.
    public var unfilled = 0
    /// Without one (UDP may have none), or not captured whole; and packets that are neither TCP nor UDP.
    public var unchecked = 0
    /// Of no packets.
    public init() {}

    /// The counts by their names in files.
    public static var names: [(name: String, path: WritableKeyPath<ChecksumCounts, Int>)] {
        [("right", \.right), ("wrong", \.wrong), ("unfilled", \.unfilled), ("unchecked", \.unchecked)]
    }
    /// Whether any packet was checked.
    public var isEmpty: Bool { self == ChecksumCounts() }

    mutating func count(_ result: ChecksumResult) {
        switch result {
        case .right: right &+= 1
        case .wrong: wrong &+= 1
        case .unfilled: unfilled &+= 1
        case .unchecked: unchecked &+= 1
        }
    }
}
