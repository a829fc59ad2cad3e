/// A number with names: an open set, so that unknown values survive and print.
public protocol CodePoint: FixedValue, RawRepresentable
where RawValue: FixedValue & FixedWidthInteger & BitwiseCopyable {
    /// From any number.
    init(rawValue: RawValue)
    /// The numbers that have names.
    static var names: [CodeName] { get }
}

extension CodePoint {
    @inlinable @inline(__always) public init() { self.init(rawValue: 0) }
    /// That of the number.
    @inlinable @inline(__always) public static var byteCount: Int { RawValue.byteCount }
    /// A number with names.
    public static var kind: Kind { .code(bits: RawValue.bitWidth, names) }
    /// A name, a number that fits, or text that stands for one.
    public init?(_ value: Value) {
        if case .text(let s) = value, let known = Self.names.first(where: { $0.name == s }) {
            self.init(rawValue: RawValue(truncatingIfNeeded: known.number))
        } else if let raw = RawValue(value) {
            self.init(rawValue: raw)
        } else {
            return nil
        }
    }
    /// The name, or the number where there is none.
    public func value(in packet: RawSpan) -> Value { Self.value(of: number, packet, isJSON: false) }
    @inlinable public var number: UInt64 { rawValue.number }
    /// The name, or the number where there is none.
    public static func value(of number: UInt64, _ bytes: RawSpan, isJSON: Bool) -> Value {
        names.first { $0.number == number }.map { .text($0.name) } ?? .uint(number)
    }
    @inlinable @inline(__always) public static var jsonForm: JSONForm { .named }
    /// The number at an offset.
    @inlinable @inline(__always) public static func load(_ s: RawSpan, _ at: Int, _ encoding: Encoding) -> Self {
        Self(rawValue: RawValue.load(s, at, encoding))
    }
    /// Writes the number.
    @inlinable @inline(__always) public func store(_ p: UnsafeMutableRawPointer, _ encoding: Encoding) {
        rawValue.store(p, encoding)
    }
    /// Nil when it does not fit.
    @inlinable @inline(__always) public init?(varint: UInt64) {
        guard let raw = RawValue(varint: varint) else { return nil }
        self.init(rawValue: raw)
    }
}
