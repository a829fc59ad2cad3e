/// Numbers with a fraction: `float` and `double` of protobuf. They are compared as Swift does: by value, except that
/// zeros of both signs are equal and NaN equals nothing.
extension Leaf where Self: BinaryFloatingPoint & LosslessStringConvertible {
    public static var kind: Kind { .float }
    /// Creates a value from a number, or from text of one; `nan`, `inf` and `-inf` are text.
    public init?(_ value: Value) {
        switch value {
        case .text("nan"): self = .nan
        case .text("inf"): self = .infinity
        case .text("-inf"): self = -.infinity
        default:
            guard let n = value.real else { return nil }
            self.init(n)
        }
    }
    /// Returns the shortest number that reads back as the same value; `nan`, `inf` and `-inf` as text.
    public func value(in packet: RawSpan) -> Value {
        isFinite ? .decimal(description) : .text(isNaN ? "nan" : description)
    }
    /// Creates the default value, because a number is not a byte string.
    @inlinable @inline(__always) public init(bytes: Bytes) { self.init() }
    @inlinable @inline(__always) public var bytes: Bytes { Bytes() }
}
extension Float: TagValue {
    @inlinable @inline(__always) public var number: UInt64 { UInt64(bitPattern) }
    /// Returns the value for the bits.
    public static func value(of number: UInt64, _ bytes: RawSpan, isJSON: Bool) -> Value {
        Float(tag: number).value(in: bytes)
    }
    /// The wire type of four bytes.
    @inlinable @inline(__always) public static var wireType: UInt32 { 5 }
    @inlinable @inline(__always) public init(tag bits: UInt64) {
        self.init(bitPattern: UInt32(truncatingIfNeeded: bits))
    }
    @inlinable @inline(__always) public var varint: UInt64 { UInt64(bitPattern) }
}
extension Double: TagValue {
    @inlinable @inline(__always) public var number: UInt64 { bitPattern }
    /// Returns the value for the bits.
    public static func value(of number: UInt64, _ bytes: RawSpan, isJSON: Bool) -> Value {
        Double(bitPattern: number).value(in: bytes)
    }
    /// The wire type of eight bytes.
    @inlinable @inline(__always) public static var wireType: UInt32 { 1 }
    @inlinable @inline(__always) public init(tag bits: UInt64) { self.init(bitPattern: bits) }
    @inlinable @inline(__always) public var varint: UInt64 { bitPattern }
}
extension Value {
    /// The number as a floating-point number, rounded if necessary. Text in the syntax of JSON numbers counts as a
    /// number. Nil for other values.
    public var real: Double? {
        switch self {
        case .uint(let n): Double(n)
        case .int(let n): Double(n)
        case .decimal(let s): Double(s)
        case .text(let s): JSON.isNumber(s) ? Double(s) : nil
        default: nil
        }
    }
}
extension JSON {
    /// Returns true if the whole text is one number.
    public static func isNumber(_ s: String) -> Bool {
        var s = s
        return s.withUTF8 { UnsafeRawBufferPointer($0).count > 0 && number($0.span.bytes, 0, $0.count) == $0.count }
    }
}
