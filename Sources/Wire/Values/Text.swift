/// A text. A text borrowed from JSON may still hold escapes; an owned one never does.
@frozen public struct Text: ByteString, ExpressibleByStringLiteral {
    /// UTF-8, which is not checked. Invalid UTF-8 becomes U+FFFD when it is shown.
    public var bytes: Bytes
    /// True while the borrowed bytes hold JSON escapes.
    public var escaped = false
    @inlinable @inline(__always) public init() { bytes = Bytes() }
    /// Creates a text from UTF-8.
    @inlinable @inline(__always) public init(bytes: Bytes) { self.bytes = bytes }
    @inlinable @inline(__always) init(bytes: Bytes, escaped: Bool) {
        self.bytes = bytes
        self.escaped = escaped
    }
    public init(_ s: String) { bytes = Bytes(Array(s.utf8)) }
    public init(stringLiteral s: String) { self.init(s) }
    /// The number of bytes, not of characters.
    @inlinable public var count: Int { bytes.count }
    public static var kind: Kind { .text }
    /// Creates a text from text, or from its bytes.
    public init?(_ value: Value) {
        switch value {
        case .text(let s): self.init(s)
        case .bytes(let b): self.init(bytes: Bytes(b))
        default: return nil
        }
    }
    /// Returns the text. `packet` must be the packet that it was read from; it is ignored if the text is owned.
    public func string(in packet: RawSpan) -> String {
        bytes.withSpan(in: packet) { s in
            escaped ? JSON.unescape(s) : s.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        }
    }
    public func value(in packet: RawSpan) -> Value { .text(string(in: packet)) }
    /// Returns the text; for JSON, the part between the quotes. `number` is the key of masked bytes, as for `Bytes`.
    public static func value(of number: UInt64, _ bytes: RawSpan, isJSON: Bool) -> Value {
        if number != 0 {
            return .text(String(decoding: Mask.copy(bytes, UInt32(truncatingIfNeeded: number)), as: UTF8.self))
        }
        guard isJSON else { return .text(bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }) }
        return JSON.tree(bytes) ?? .null
    }
    @inlinable @inline(__always) public static var jsonForm: JSONForm { .text }
}

/// One JSON value of any type, kept as its original text.
@frozen public struct JSONValue: ByteString {
    public var bytes: Bytes
    /// Creates an empty text, which is not a value; an encoding with it is not JSON.
    @inlinable @inline(__always) public init() { bytes = Bytes() }
    /// Creates a value from its text, which is not checked.
    @inlinable @inline(__always) public init(bytes: Bytes) { self.bytes = bytes }
    public static var kind: Kind { .json }
    /// Creates a JSON value from any value; bytes become hexadecimal text.
    public init?(_ value: Value) {
        var text: [UInt8] = []
        ValueJSON.write(value, to: &text, .numbers)
        bytes = Bytes(text)
    }
    /// Returns the value as a tree. Numbers that are not 64-bit integers keep their original text.
    public func value(in packet: RawSpan) -> Value { bytes.withSpan(in: packet) { JSON.tree($0) } ?? .null }
    /// Returns the value as a tree.
    public static func value(of number: UInt64, _ bytes: RawSpan, isJSON: Bool) -> Value { JSON.tree(bytes) ?? .null }
}
