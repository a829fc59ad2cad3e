/// The number types of protobuf that are not plain varints, by their protobuf names. The plain ones are `UInt32`,
/// `UInt64`, `Int32`, `Int64`, `Bool`, `Float` and `Double`.
public enum Protobuf {
    /// A number with the sign in the lowest bit.
    public typealias SInt32 = ZigZag<Int32>
    /// A number with the sign in the lowest bit.
    public typealias SInt64 = ZigZag<Int64>
    /// Four bytes, the lowest first.
    public typealias Fixed32 = FixedNumber<UInt32>
    /// Eight bytes, the lowest first.
    public typealias Fixed64 = FixedNumber<UInt64>
    /// Four bytes, the lowest first.
    public typealias SFixed32 = FixedNumber<Int32>
    /// Eight bytes, the lowest first.
    public typealias SFixed64 = FixedNumber<Int64>
}

/// A number that has its own layout in protobuf and is shown as a number.
public protocol ProtobufNumber: TagValue, ExpressibleByIntegerLiteral {
    associatedtype Number: FixedWidthInteger & Leaf
    var value: Number { get }
    init(_ value: Number)
}
extension ProtobufNumber {
    @inlinable @inline(__always) public init() { self.init(Number()) }
    @inlinable @inline(__always) public init(integerLiteral n: Number.IntegerLiteralType) {
        self.init(Number(integerLiteral: n))
    }
    public static var kind: Kind { Number.kind }
    /// Creates a value if `Number` accepts it.
    public init?(_ value: Value) {
        guard let n = Number(value) else { return nil }
        self.init(n)
    }
    public func value(in packet: RawSpan) -> Value { value.value(in: packet) }
    /// The number, with its sign extended.
    @inlinable @inline(__always) public var number: UInt64 { value.number }
    public static func value(of number: UInt64, _ bytes: RawSpan, isJSON: Bool) -> Value {
        Number.value(of: number, bytes, isJSON: isJSON)
    }
    @inlinable @inline(__always) public static var jsonForm: JSONForm { Number.jsonForm }
    /// Creates the default value, because a number is not a byte string.
    @inlinable @inline(__always) public init(bytes: Bytes) { self.init(Number()) }
    @inlinable @inline(__always) public var bytes: Bytes { Bytes() }
}

/// sint32 and sint64: a varint that is short for small numbers on both sides of zero.
@frozen public struct ZigZag<Number: FixedWidthInteger & Leaf>: ProtobufNumber {
    public var value: Number
    @inlinable @inline(__always) public init(_ value: Number) { self.value = value }
    /// The wire type of varints.
    @inlinable @inline(__always) public static var wireType: UInt32 { 0 }
    /// Creates a number from a varint; a varint that is too long is cut.
    @inlinable @inline(__always) public init(tag varint: UInt64) {
        let n = Number.bitWidth == 32 ? varint & 0xffff_ffff : varint
        value = Number(truncatingIfNeeded: n >> 1 ^ (0 &- (n & 1)))
    }
    /// The value as a varint.
    @inlinable @inline(__always) public var varint: UInt64 {
        let n = Int64(truncatingIfNeeded: value)
        let turned = UInt64(bitPattern: (n << 1) ^ (n >> 63))
        return Number.bitWidth == 32 ? turned & 0xffff_ffff : turned
    }
}

/// fixed32, fixed64, sfixed32 and sfixed64: four or eight bytes, the lowest first.
@frozen public struct FixedNumber<Number: FixedWidthInteger & Leaf>: ProtobufNumber {
    public var value: Number
    @inlinable @inline(__always) public init(_ value: Number) { self.value = value }
    /// The wire type: 1 for eight bytes, 5 for four.
    @inlinable @inline(__always) public static var wireType: UInt32 { Number.bitWidth == 64 ? 1 : 5 }
    /// Creates a number from its bytes, given as a number.
    @inlinable @inline(__always) public init(tag bits: UInt64) { value = Number(truncatingIfNeeded: bits) }
    /// The bytes as a number.
    @inlinable @inline(__always) public var varint: UInt64 { UInt64(truncatingIfNeeded: value) }
}
