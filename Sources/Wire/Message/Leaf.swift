/// What a leaf is, for documentation, schemas and generators.
public enum Kind: Hashable, Sendable {
    /// A number from zero up, of so many bits.
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
    /// For people, as in `wants an integer of 16 bits`.
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
    /// The same of fewer bits, for parts of bytes.
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
    /// As it stands on the wire.
    public var number: UInt64
    /// As people write it.
    public var name: String
    /// A number with its name.
    public init(_ number: UInt64, _ name: String) {
        self.number = number
        self.name = name
    }
}

/// Anything that a message can hold as a single value.
public protocol Leaf: Hashable, Sendable {
    /// Zero, false or empty.
    init()
    /// What values of this type are.
    static var kind: Kind { get }
    /// From a value tree, as far as this type can stand for it.
    init?(_ value: Value)
    /// As a value tree; `packet` is what borrowed bytes are borrowed from.
    func value(in packet: RawSpan) -> Value
    /// The number, if it is one; else 0.
    var number: UInt64 { get }
    /// The value of a dissected field: its number, or its bytes, which for JSON are the text of the value.
    static func value(of number: UInt64, _ bytes: RawSpan, isJSON: Bool) -> Value
    /// How that value is written as JSON.
    static var jsonForm: JSONForm { get }
}

/// How a number or a fixed byte string is laid out.
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
    /// The value at an offset; the caller has checked that its bytes are there.
    static func load(_ s: RawSpan, _ at: Int, _ encoding: Encoding) -> Self
    /// Writes `byteCount` bytes, for which there must be room.
    func store(_ p: UnsafeMutableRawPointer, _ encoding: Encoding)
    /// From a varint; nil when it does not fit.
    init?(varint: UInt64)
}

extension Leaf {
    @inlinable @inline(__always) public static var jsonForm: JSONForm { .other }
}

extension Leaf where Self: FixedWidthInteger {
    /// An integer of its width.
    @inlinable public static var kind: Kind { isSigned ? .int : .uint(bits: bitWidth) }
    /// Numbers that fit, and text that stands for one.
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
    /// Its width in bytes.
    @inlinable @inline(__always) public static var byteCount: Int { MemoryLayout<Self>.size }
    /// The number at an offset.
    @inlinable @inline(__always) public static func load(_ s: RawSpan, _ at: Int, _ encoding: Encoding) -> Self {
        let raw = s.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: Self.self)
        return encoding == .big ? Self(bigEndian: raw) : Self(littleEndian: raw)
    }
    /// Writes the number.
    @inlinable @inline(__always) public func store(_ p: UnsafeMutableRawPointer, _ encoding: Encoding) {
        p.storeBytes(of: encoding == .big ? bigEndian : littleEndian, as: Self.self)
    }
    /// Nil when it does not fit.
    @inlinable @inline(__always) public init?(varint: UInt64) { self.init(exactly: varint) }
}

extension UInt8: FixedValue {}
extension UInt16: FixedValue {}
extension UInt32: FixedValue {}
extension UInt64: FixedValue {}
extension Int32: Leaf {}
extension Int64: Leaf {}

extension Bool: Leaf {
    /// A truth value.
    @inlinable public static var kind: Kind { .bool }
    /// A truth value, or the text of one.
    public init?(_ value: Value) {
        switch value {
        case .bool(let b): self = b
        case .text("true"): self = true
        case .text("false"): self = false
        default: return nil
        }
    }
    /// The truth value.
    public func value(in packet: RawSpan) -> Value { .bool(self) }
    /// 0 or 1.
    @inlinable public var number: UInt64 { self ? 1 : 0 }
    /// False when 0.
    public static func value(of number: UInt64, _ bytes: RawSpan, isJSON: Bool) -> Value { .bool(number != 0) }
    @inlinable @inline(__always) public static var jsonForm: JSONForm { .bool }
}
