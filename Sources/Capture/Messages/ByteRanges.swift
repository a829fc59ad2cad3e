/// The texts of byte ranges for the user.
public enum ByteRanges {
    /// Returns `byte 4` or `bytes 8..39`, with both bounds included.
    public static func text(_ range: Range<Int>) -> String {
        range.count == 1 ? "byte \(range.lowerBound)" : "bytes \(short(range))"
    }
    /// Returns `4`, `8..39`, or `-` for an empty range.
    public static func short(_ range: Range<Int>) -> String {
        switch range.count {
        case 0: "-"
        case 1: "\(range.lowerBound)"
        default: "\(range.lowerBound)..\(range.upperBound - 1)"
        }
    }
}
