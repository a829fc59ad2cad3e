/// A leaf that protobuf can carry.
public protocol TagValue: Leaf {
    /// The wire type: 0 varint, 1 eight bytes, 2 length-delimited, 5 four bytes.
    static var wireType: UInt32 { get }
    /// Creates a value from the varint of wire type 0, or from the bits of wire types 1 and 5. A varint that is too
    /// long is cut as protobuf requires.
    init(tag varint: UInt64)
    /// The number for wire types 0, 1 and 5.
    var varint: UInt64 { get }
    /// Creates a value from the content of wire type 2.
    init(bytes: Bytes)
    /// The content for wire type 2.
    var bytes: Bytes { get }
}
extension TagValue where Self: ByteString {
    /// The wire type of length-delimited fields.
    @inlinable @inline(__always) public static var wireType: UInt32 { 2 }
    /// Creates an empty value, because a byte string is not a number.
    @inlinable @inline(__always) public init(tag varint: UInt64) { self.init() }
    @inlinable @inline(__always) public var varint: UInt64 { 0 }
}
extension TagValue where Self: FixedWidthInteger {
    /// The wire type of varints.
    @inlinable @inline(__always) public static var wireType: UInt32 { 0 }
    @inlinable @inline(__always) public init(tag varint: UInt64) { self.init(truncatingIfNeeded: varint) }
    /// The value as a varint.
    @inlinable @inline(__always) public var varint: UInt64 { UInt64(truncatingIfNeeded: self) }
    /// Creates the default value, because a number is not a byte string.
    @inlinable @inline(__always) public init(bytes: Bytes) { self.init() }
    @inlinable @inline(__always) public var bytes: Bytes { Bytes() }
}
extension Bytes: TagValue {}
extension Text: TagValue {}
extension UInt32: TagValue {}
extension UInt64: TagValue {}
extension Int32: TagValue {}
extension Int64: TagValue {}
extension TagValue {
    /// True if a field without explicit presence is left out for this value.
    @inlinable @inline(__always) var isDefault: Bool { Self.wireType == 2 ? bytes.count == 0 : varint == 0 }
}
/// An enumeration. A message declares this conformance for its code point type. Raw values of 64 bits keep negative
/// numbers unchanged.
extension TagValue where Self: CodePoint {
    /// The wire type of varints.
    @inlinable @inline(__always) public static var wireType: UInt32 { 0 }
    @inlinable @inline(__always) public init(tag varint: UInt64) {
        self.init(rawValue: RawValue(truncatingIfNeeded: varint))
    }
    /// The value as a varint.
    @inlinable @inline(__always) public var varint: UInt64 { number }
    /// Creates the default value, because a number is not a byte string.
    @inlinable @inline(__always) public init(bytes: Bytes) { self.init() }
    @inlinable @inline(__always) public var bytes: Bytes { Bytes() }
}
extension Bool: TagValue {
    /// The wire type of varints.
    @inlinable @inline(__always) public static var wireType: UInt32 { 0 }
    @inlinable @inline(__always) public init(tag varint: UInt64) { self = varint != 0 }
    /// The value as a varint.
    @inlinable @inline(__always) public var varint: UInt64 { self ? 1 : 0 }
    /// Creates the default value, because a truth value is not a byte string.
    @inlinable @inline(__always) public init(bytes: Bytes) { self = false }
    @inlinable @inline(__always) public var bytes: Bytes { Bytes() }
}
