/// A value that is computed from bytes of a message and shown beside its fields, such as the hash of a block.
///
/// It is not a part of the message: it is not written, built or matched.
public protocol ComputedLeaf: Leaf {
    /// Returns the value for the bytes that it is computed from; null if they have none.
    static func value(from bytes: RawSpan) -> Value
}

extension ComputedLeaf {
    /// Returns nil: no message holds the value.
    public init?(_ value: Value) { return nil }
    public func value(in packet: RawSpan) -> Value { .null }
    public var number: UInt64 { 0 }
    public static func value(of number: UInt64, _ bytes: RawSpan, isJSON: Bool) -> Value { value(from: bytes) }
}
