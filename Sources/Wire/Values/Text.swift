/// Text. Borrowed from JSON it may still hold escapes; owned it never does.
@frozen public struct Text: ByteString, ExpressibleByStringLiteral {
    /// UTF-8, which is not checked: what is none becomes U+FFFD when it is shown.
    public var bytes: Bytes
    /// True while the borrowed bytes hold JSON escapes.
    public var escaped = false
    @inlinable @inline(__always) public init() { bytes = Bytes() }
    /// From UTF-8.
    @inlinable @inline(__always) public init(bytes: Bytes) { self.bytes = bytes }
    @inlinable @inline(__always) init(bytes: Bytes, escaped: Bool) {
        self.bytes = bytes
        self.escaped = escaped
    }
    public init(_ s: String) { bytes = Bytes(Array(s.utf8)) }
    public init(stringLiteral s: String) { self.init(s) }
    /// Bytes, not characters.
    @inlinable public var count: Int { bytes.count }
    public static var kind: Kind { .text }
    /// Text, or bytes of it.
    public init?(_ value: Value) {
        switch value {
        case .text(let s): self.init(s)
        case .bytes(let b): self.init(bytes: Bytes(b))
        default: return nil
        }
    }
    /// The text; `packet` is ignored when it is owned, and must be the packet it was read from when not.
    public func string(in packet: RawSpan) -> String {
        bytes.withSpan(in: packet) { s in
            escaped ? JSON.unescape(s) : s.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        }
    }
    public func value(in packet: RawSpan) -> Value { .text(string(in: packet)) }
    /// The text; of JSON, what stands between the quotes. `number`: as of `Bytes`.
    public static func value(of number: UInt64, _ bytes: RawSpan, isJSON: Bool) -> Value {
        if number != 0 {
            return .text(String(decoding: Mask.copy(bytes, UInt32(truncatingIfNeeded: number)), as: UTF8.self))
        }
        guard isJSON else { return .text(bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }) }
        return JSON.tree(bytes) ?? .null
    }
    @inlinable @inline(__always) public static var jsonForm: JSONForm { .text }
}

/// One JSON value of any type, kept as the text that stood there.
@frozen public struct JSONValue: ByteString {
    public var bytes: Bytes
    /// No value; an encoding with it is not JSON.
    @inlinable @inline(__always) public init() { bytes = Bytes() }
    /// From the text of a value, which is not checked.
    @inlinable @inline(__always) public init(bytes: Bytes) { self.bytes = bytes }
    /// A JSON value.
    public static var kind: Kind { .json }
    /// Any value; bytes become hexadecimal text.
    public init?(_ value: Value) {
        var text: [UInt8] = []
        ValueJSON.write(value, to: &text, .numbers)
        bytes = Bytes(text)
    }
    /// The value as a tree. Numbers that are no 64-bit integers are shown as they stand.
    public func value(in packet: RawSpan) -> Value { bytes.withSpan(in: packet) { JSON.tree($0) } ?? .null }
    /// The value as a tree.
    public static func value(of number: UInt64, _ bytes: RawSpan, isJSON: Bool) -> Value { JSON.tree(bytes) ?? .null }
}
