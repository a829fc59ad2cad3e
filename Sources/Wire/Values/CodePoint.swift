/// A number with names. The set is open, so unknown values are kept and printed.
public protocol CodePoint: FixedValue, RawRepresentable
where RawValue: FixedValue & FixedWidthInteger & BitwiseCopyable {
    /// Creates a value from any number.
    init(rawValue: RawValue)
    /// The numbers that have names.
    static var names: [CodeName] { get }
}

extension CodePoint {
    @inlinable @inline(__always) public init() { self.init(rawValue: 0) }
    @inlinable @inline(__always) public static var byteCount: Int { RawValue.byteCount }
    /// The kind: a number with names.
    public static var kind: Kind { .code(bits: RawValue.bitWidth, names) }
    /// Creates a value from a name, a number that fits, or text that represents one.
    public init?(_ value: Value) {
        if case .text(let s) = value, let known = Self.names.first(where: { $0.name == s }) {
            self.init(rawValue: RawValue(truncatingIfNeeded: known.number))
        } else if let raw = RawValue(value) {
            self.init(rawValue: raw)
        } else {
            return nil
        }
    }
    /// Returns the name, or the number if it has no name.
    public func value(in packet: RawSpan) -> Value { Self.value(of: number, packet, isJSON: false) }
    @inlinable public var number: UInt64 { rawValue.number }
    /// Returns the name, or the number if it has no name.
    public static func value(of number: UInt64, _ bytes: RawSpan, isJSON: Bool) -> Value {
        names.first { $0.number == number }.map { .text($0.name) } ?? .uint(number)
    }
    @inlinable @inline(__always) public static var jsonForm: JSONForm { .named }
    /// Returns the number at an offset.
    @inlinable @inline(__always) public static func load(_ s: RawSpan, _ at: Int, _ encoding: Encoding) -> Self {
        Self(rawValue: RawValue.load(s, at, encoding))
    }
    @inlinable @inline(__always) public func store(_ p: UnsafeMutableRawPointer, _ encoding: Encoding) {
        rawValue.store(p, encoding)
    }
    /// Creates a value; nil if `varint` does not fit.
    @inlinable @inline(__always) public init?(varint: UInt64) {
        guard let raw = RawValue(varint: varint) else { return nil }
        self.init(rawValue: raw)
    }
}
