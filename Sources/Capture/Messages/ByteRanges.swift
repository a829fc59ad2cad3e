/// Byte ranges for people.
public enum ByteRanges {
    /// `byte 4` or `bytes 8..39`, both ends included.
    public static func text(_ range: Range<Int>) -> String {
        range.count == 1 ? "byte \(range.lowerBound)" : "bytes \(short(range))"
    }
    /// `4`, `8..39`, or `-` for none.
    public static func short(_ range: Range<Int>) -> String {
        switch range.count {
        case 0: "-"
        case 1: "\(range.lowerBound)"
        default: "\(range.lowerBound)..\(range.upperBound - 1)"
        }
    }
}
