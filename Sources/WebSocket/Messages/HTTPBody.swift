public import Wire

/// A piece of the content of an HTTP message that upgrades nothing (RFC 9112, section 6), at most 64 KiB. In chunked
/// content it is a chunk with the line before it.
public struct HTTPBody: Message {
    public static var name: StaticString { "http.body" }
    public static var summary: MessageSummary { ["HTTP body, ", .size("content")] }
    /// The bytes on the wire.
    public var content = Bytes()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        let count = c.remaining
        let isJSON = !C.reads || Self.mayBeJSON(c)
        c.rest("content", &content)
        if isJSON { c.computed("json", BodyJSON.self, last: count) }
    }
    /// Returns true if an object or a list begins here or after the line before a chunk.
    private static func mayBeJSON<C: Coder & ~Copyable & ~Escapable>(_ c: borrowing C) -> Bool {
        BodyJSON.start { c.peek(UInt8.self, ahead: $0) } != nil
    }
}

/// The content as a JSON object or list, if it is one: a server sends the state of its peers in this form.
public struct BodyJSON: ComputedLeaf {
    public static var kind: Kind { .json }
    public init() {}
    public static func value(from bytes: RawSpan) -> Value {
        func byte(_ at: Int) -> UInt8? {
            at < bytes.byteCount ? bytes.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self) : nil
        }
        guard let start = start(byte) else { return .null }
        var end = bytes.byteCount
        while end > start, let last = byte(end - 1), isLineEnd(last) { end -= 1 }
        return JSONValue.value(of: 0, bytes.extracting(start..<end), isJSON: true)
    }
    /// Returns the offset of the object or list; nil if neither the beginning nor the line after a chunk size has one.
    static func start(_ byte: (Int) -> UInt8?) -> Int? {
        func isOpen(_ at: Int) -> Bool { byte(at).map { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "[") } ?? false }
        if isOpen(0) { return 0 }
        let line = (0..<16).first { byte($0).map(isLineEnd) ?? true } ?? 0
        return line > 0 && byte(line + 1) == UInt8(ascii: "\n") && isOpen(line + 2) ? line + 2 : nil
    }
    private static func isLineEnd(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\n") }
}
