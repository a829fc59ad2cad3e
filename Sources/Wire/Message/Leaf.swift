/// The kind of value that a leaf holds, for documentation, schemas and generators.
public enum Kind: Hashable, Sendable {
    /// A number from zero up, of `bits` bits.
    case uint(bits: Int)
    /// A number with a sign.
    case int
    /// A number that may have a fraction or an exponent.
    case float
    /// A truth value.
    case bool
    /// A number with names; unknown numbers are kept.
    case code(bits: Int, [CodeName])
    /// A byte string; `count` when it is fixed.
    case bytes(count: Int?)
    case text
    /// Any JSON value, kept verbatim.
    case json
}

extension Kind: CustomStringConvertible {
    /// A text for people, as in `wants an integer of 16 bits`.
    public var description: String {
        switch self {
        case .uint(let bits): "an integer of \(bits) bits"
        case .int: "an integer with a sign"
        case .float: "a number"
        case .bool: "true or false"
        case .code(let bits, let names):
            names.isEmpty
                ? "an integer of \(bits) bits"
                : "one of " + names.map(\.name).joined(separator: ", ") + " or an integer of \(bits) bits"
        case .bytes(let count?): "\(count) bytes (0x and \(2 * count) hexadecimal digits)"
        case .bytes(nil): "bytes (0x and hexadecimal digits)"
        case .text: "text"
        case .json: "a JSON value"
        }
    }
}

extension Kind {
    /// Returns the same kind with fewer bits, for parts of bytes.
    func narrowed(to bits: Int) -> Kind {
        switch self {
        case .uint: .uint(bits: bits)
        case .code(_, let names): .code(bits: bits, names)
        default: self
        }
    }
}

/// A named number of a code point type.
public struct CodeName: Hashable, Sendable {
    /// The number on the wire.
    public var number: UInt64
    /// The name in text for people.
    public var name: String
    /// Creates a name for a number.
    public init(_ number: UInt64, _ name: String) {
        self.number = number
        self.name = name
    }
}

/// A type of which a message can hold single values.
public protocol Leaf: Hashable, Sendable {
    /// Creates a value that is zero, false or empty.
    init()
    /// The kind of the values of this type.
    static var kind: Kind { get }
    /// Creates a value from a value tree; nil if this type cannot represent it.
    init?(_ value: Value)
    /// Returns the value as a value tree; `packet` holds the bytes that the value may borrow.
    func value(in packet: RawSpan) -> Value
    /// The number, if the value is one; otherwise 0.
    var number: UInt64 { get }
    /// Returns the value of a dissected field, given as its number or its bytes. For JSON, the bytes are the text of
    /// the value.
    static func value(of number: UInt64, _ bytes: RawSpan, isJSON: Bool) -> Value
    /// The JSON form of that value.
    static var jsonForm: JSONForm { get }
    /// True if a value depends on bytes before its field, such as a DNS name that refers to an earlier name. The bytes
    /// that `value(of:_:isJSON:)` receives are then those of the message up to the end of the field, and the number is
    /// the offset of the field. `jsonForm` must be `other`.
    static var refersBack: Bool { get }
}

/// A byte layout of a number or a fixed byte string.
public enum Encoding: Sendable {
    /// Highest byte first.
    case big
    /// Lowest byte first.
    case little
    /// LEB128, as in protobuf and multiformats.
    case varint
}

/// A leaf with a fixed number of bytes.
public protocol FixedValue: Leaf {
    static var byteCount: Int { get }
    /// Returns the value at an offset; the caller has checked that its bytes are there.
    static func load(_ s: RawSpan, _ at: Int, _ encoding: Encoding) -> Self
    /// Writes `byteCount` bytes, for which there must be room.
    func store(_ p: UnsafeMutableRawPointer, _ encoding: Encoding)
    /// Creates a value from a varint; nil if it does not fit.
    init?(varint: UInt64)
}

extension Leaf {
    @inlinable @inline(__always) public static var jsonForm: JSONForm { .other }
    @inlinable @inline(__always) public static var refersBack: Bool { false }
}

extension Leaf where Self: FixedWidthInteger {
    /// The kind: an integer of this width.
    @inlinable public static var kind: Kind { isSigned ? .int : .uint(bits: bitWidth) }
    /// Creates a value from a number that fits, or from text that represents one.
    public init?(_ value: Value) {
        if Self.isSigned {
            guard let n = value.signedInteger else { return nil }
            self.init(exactly: n)
        } else {
            guard let n = value.integer else { return nil }
            self.init(exactly: n)
        }
    }
    public func value(in packet: RawSpan) -> Value {
        Self.isSigned ? Value(Int64(truncatingIfNeeded: self)) : .uint(UInt64(truncatingIfNeeded: self))
    }
    /// The number, with its sign extended.
    @inlinable public var number: UInt64 { UInt64(truncatingIfNeeded: self) }
    public static func value(of number: UInt64, _ bytes: RawSpan, isJSON: Bool) -> Value {
        isSigned ? Value(Int64(bitPattern: number)) : .uint(number)
    }
    @inlinable @inline(__always) public static var jsonForm: JSONForm { isSigned ? .signed : .unsigned }
}

extension FixedValue where Self: FixedWidthInteger & BitwiseCopyable {
    /// The width in bytes.
    @inlinable @inline(__always) public static var byteCount: Int { MemoryLayout<Self>.size }
    /// Returns the number at an offset.
    @inlinable @inline(__always) public static func load(_ s: RawSpan, _ at: Int, _ encoding: Encoding) -> Self {
        let raw = s.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: Self.self)
        return encoding == .big ? Self(bigEndian: raw) : Self(littleEndian: raw)
    }
    @inlinable @inline(__always) public func store(_ p: UnsafeMutableRawPointer, _ encoding: Encoding) {
        p.storeBytes(of: encoding == .big ? bigEndian : littleEndian, as: Self.self)
    }
    /// Creates a number; nil if `varint` does not fit.
    @inlinable @inline(__always) public init?(varint: UInt64) { self.init(exactly: varint) }
}

extension UInt8: FixedValue {}
extension UInt16: FixedValue {}
extension UInt32: FixedValue {}
extension UInt64: FixedValue {}
extension Int32: Leaf {}
extension Int64: Leaf {}

extension Bool: Leaf {
    @inlinable public static var kind: Kind { .bool }
    /// Creates a value from a truth value, or from the text of one.
    public init?(_ value: Value) {
        switch value {
        case .bool(let b): self = b
        case .text("true"): self = true
        case .text("false"): self = false
        default: return nil
        }
    }
    public func value(in packet: RawSpan) -> Value { .bool(self) }
    /// 0 or 1.
    @inlinable public var number: UInt64 { self ? 1 : 0 }
    /// Returns false for 0, otherwise true.
    public static func value(of number: UInt64, _ bytes: RawSpan, isJSON: Bool) -> Value { .bool(number != 0) }
    @inlinable @inline(__always) public static var jsonForm: JSONForm { .bool }
}
