/// A leaf that protobuf can carry.
public protocol TagValue: Leaf {
    /// 0 varint, 1 eight bytes, 2 length-delimited, 5 four bytes.
    static var wireType: UInt32 { get }
    /// From the varint of wire type 0, longer ones cut as protobuf says, or from the bits of wire types 1 and 5.
    init(tag varint: UInt64)
    /// For wire types 0, 1 and 5.
    var varint: UInt64 { get }
    /// From the content of wire type 2.
    init(bytes: Bytes)
    /// For wire type 2.
    var bytes: Bytes { get }
}
extension TagValue where Self: ByteString {
    /// Length-delimited.
    @inlinable @inline(__always) public static var wireType: UInt32 { 2 }
    /// Empty: it is no number.
    @inlinable @inline(__always) public init(tag varint: UInt64) { self.init() }
    @inlinable @inline(__always) public var varint: UInt64 { 0 }
}
extension TagValue where Self: FixedWidthInteger {
    /// A varint.
    @inlinable @inline(__always) public static var wireType: UInt32 { 0 }
    /// From the varint.
    @inlinable @inline(__always) public init(tag varint: UInt64) { self.init(truncatingIfNeeded: varint) }
    /// As a varint.
    @inlinable @inline(__always) public var varint: UInt64 { UInt64(truncatingIfNeeded: self) }
    /// Its default: it is no byte string.
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
    /// What a field without explicit presence is left out for.
    @inlinable @inline(__always) var isDefault: Bool { Self.wireType == 2 ? bytes.count == 0 : varint == 0 }
}
/// An enumeration: a message says so of its code point type. Raw values of 64 bits keep negative numbers as they are.
extension TagValue where Self: CodePoint {
    /// A varint.
    @inlinable @inline(__always) public static var wireType: UInt32 { 0 }
    /// From the varint.
    @inlinable @inline(__always) public init(tag varint: UInt64) {
        self.init(rawValue: RawValue(truncatingIfNeeded: varint))
    }
    /// As a varint.
    @inlinable @inline(__always) public var varint: UInt64 { number }
    /// Its default: it is no byte string.
    @inlinable @inline(__always) public init(bytes: Bytes) { self.init() }
    @inlinable @inline(__always) public var bytes: Bytes { Bytes() }
}
extension Bool: TagValue {
    /// A varint.
    @inlinable @inline(__always) public static var wireType: UInt32 { 0 }
    /// From the varint.
    @inlinable @inline(__always) public init(tag varint: UInt64) { self = varint != 0 }
    /// As a varint.
    @inlinable @inline(__always) public var varint: UInt64 { self ? 1 : 0 }
    /// Its default: it is no byte string.
    @inlinable @inline(__always) public init(bytes: Bytes) { self = false }
    @inlinable @inline(__always) public var bytes: Bytes { Bytes() }
}
