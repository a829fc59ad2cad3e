public import Wire

/// True for a final vote, computed from the packed timestamp.
public struct VoteFinality: ComputedLeaf {
    /// The packed timestamp of a final vote (nano-node, secure/vote.cpp).
    static let timestamp = UInt64.max
    public static var kind: Kind { .bool }
    public init() {}
    public static func value(from bytes: RawSpan) -> Value {
        guard bytes.byteCount == UInt64.byteCount else { return .null }
        return .bool(UInt64.load(bytes, 0, .little) == timestamp)
    }
}
