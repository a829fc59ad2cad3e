public import Wire

/// The type of a message. The raw value holds the sign of a negative number in all 64 bits.
@frozen public struct KadType: CodePoint, TagValue {
    public var rawValue: UInt64
    @inlinable @inline(__always) public init(rawValue: UInt64) { self.rawValue = rawValue }
    /// Creates a type from the low 32 bits of a varint, as protobuf requires.
    @inlinable @inline(__always) public init(tag varint: UInt64) { rawValue = lowHalf(of: varint) }
    public static let putValue = Self(rawValue: 0)
    public static let getValue = Self(rawValue: 1)
    public static let addProvider = Self(rawValue: 2)
    public static let getProviders = Self(rawValue: 3)
    public static let findNode = Self(rawValue: 4)
    public static let ping = Self(rawValue: 5)
    public static let names = [
        CodeName(0, "put_value"), CodeName(1, "get_value"), CodeName(2, "add_provider"), CodeName(3, "get_providers"),
        CodeName(4, "find_node"), CodeName(5, "ping"),
    ]
}

/// Returns the low 32 bits of a number, extended by their sign.
@usableFromInline func lowHalf(of varint: UInt64) -> UInt64 {
    UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: varint)))
}
