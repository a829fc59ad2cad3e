/// Numbers with a fraction: `float` and `double` of protobuf. Equal when all bits are but those of zeros and of what is
/// no number, as the language has it.
extension Leaf where Self: BinaryFloatingPoint & LosslessStringConvertible {
    public static var kind: Kind { .float }
    /// A number, or text of one; `nan`, `inf` and `-inf` as text.
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
    /// The shortest number that is read as the same; `nan`, `inf` and `-inf` as text.
    public func value(in packet: RawSpan) -> Value {
        isFinite ? .decimal(description) : .text(isNaN ? "nan" : description)
    }
    /// Its default: it is no byte string.
    @inlinable @inline(__always) public init(bytes: Bytes) { self.init() }
    @inlinable @inline(__always) public var bytes: Bytes { Bytes() }
}
extension Float: TagValue {
    /// The bits.
    @inlinable @inline(__always) public var number: UInt64 { UInt64(bitPattern) }
    /// From the bits.
    public static func value(of number: UInt64, _ bytes: RawSpan, isJSON: Bool) -> Value {
        Float(tag: number).value(in: bytes)
    }
    /// Four bytes.
    @inlinable @inline(__always) public static var wireType: UInt32 { 5 }
    /// From the bits.
    @inlinable @inline(__always) public init(tag bits: UInt64) {
        self.init(bitPattern: UInt32(truncatingIfNeeded: bits))
    }
    /// The bits.
    @inlinable @inline(__always) public var varint: UInt64 { UInt64(bitPattern) }
}
extension Double: TagValue {
    /// The bits.
    @inlinable @inline(__always) public var number: UInt64 { bitPattern }
    /// From the bits.
    public static func value(of number: UInt64, _ bytes: RawSpan, isJSON: Bool) -> Value {
        Double(bitPattern: number).value(in: bytes)
    }
    /// Eight bytes.
    @inlinable @inline(__always) public static var wireType: UInt32 { 1 }
    /// From the bits.
    @inlinable @inline(__always) public init(tag bits: UInt64) { self.init(bitPattern: bits) }
    /// The bits.
    @inlinable @inline(__always) public var varint: UInt64 { bitPattern }
}
extension Value {
    /// Any number as one with a fraction, rounded if need be; text in the syntax of JSON numbers too. Nil for all else.
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
    /// Whether a text is all of one number.
    public static func isNumber(_ s: String) -> Bool {
        var s = s
        return s.withUTF8 { UnsafeRawBufferPointer($0).count > 0 && number($0.span.bytes, 0, $0.count) == $0.count }
    }
}
