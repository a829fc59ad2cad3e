/// A leaf that protobuf can carry.
public protocol TagValue: Leaf {
    /// 0 varint, 2 length-delimited.
    static var wireType: UInt32 { get }
    /// From the varint of wire type 0; longer ones are cut as protobuf says.
    init(tag varint: UInt64)
    /// For wire type 0.
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
extension UInt64: TagValue {}
extension Int32: TagValue {}
extension Int64: TagValue {}
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
