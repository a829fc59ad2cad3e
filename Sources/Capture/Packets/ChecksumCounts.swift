/// The numbers of packets by the results of checking their checksums. A fragment counts for its own header. The packet
/// reassembled from fragments counts once more.
public struct ChecksumCounts: Hashable, Sendable {
    /// The number of packets whose checksums are all right.
    public var right = 0
    /// The number of packets with a wrong checksum, which were dropped.
    public var wrong = 0
    /// The number of packets captured at their sender before the network card filled in the checksum.
    public var unfilled = 0
    /// The number of packets without a checksum (optional in UDP), not captured completely, or neither TCP nor UDP.
    public var unchecked = 0
    /// Creates counts of zero.
    public init() {}

    /// The counts by their names in files.
    public static var names: [(name: String, path: WritableKeyPath<ChecksumCounts, Int>)] {
        [("right", \.right), ("wrong", \.wrong), ("unfilled", \.unfilled), ("unchecked", \.unchecked)]
    }
    /// True if no packet was counted.
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
