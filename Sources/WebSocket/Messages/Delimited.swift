public import Wire

/// The end of a part of a head.
public protocol Delimiter: Sendable {
    /// The last bytes of the part.
    static var bytes: StaticString { get }
    /// True if the text is shown without surrounding spaces and tabs, and written after one space.
    static var isPadded: Bool { get }
    /// Returns true if the text may contain this byte.
    static func allows(_ byte: UInt8) -> Bool
}

/// A part of an HTTP/1.1 head with its delimiter at the end. The text is shown, matched and built without the
/// delimiter. Given bytes are written unchanged, so that a test can omit or replace the delimiter.
public struct Delimited<End: Delimiter>: ByteString {
    /// The bytes on the wire, with the delimiter.
    public var bytes: Bytes
    /// Creates an empty part, without text and delimiter.
    public init() { bytes = Bytes() }
    /// Creates a part from its bytes on the wire.
    public init(bytes: Bytes) { self.bytes = bytes }
    /// Creates a part from text, to which the delimiter is added.
    public init(_ text: String) {
        var all: [UInt8] = End.isPadded ? [0x20] : []
        all += text.utf8
        all += End.endBytes
        bytes = Bytes(all)
    }
    public static var kind: Kind { .text }
    /// Creates a part from text, to which the delimiter is added, or from its bytes on the wire.
    public init?(_ value: Value) {
        switch value {
        case .text(let text): self.init(text)
        case .uint(let n): self.init(String(n))
        case .bytes(let raw): self.init(bytes: Bytes(raw))
        default: return nil
        }
    }
    public func value(in packet: RawSpan) -> Value { .text(string(in: packet)) }
    public static func value(of number: UInt64, _ bytes: RawSpan, isJSON: Bool) -> Value { .text(text(of: bytes)) }
    /// Returns the text without the delimiter.
    public func string(in packet: RawSpan = RawSpan()) -> String { bytes.withSpan(in: packet, Self.text) }

    private static func text(of all: RawSpan) -> String {
        all.withUnsafeBytes { raw in
            var text = raw[...]
            let end = End.endBytes
            if text.count >= end.count, text.suffix(end.count).elementsEqual(end) { text = text.dropLast(end.count) }
            if End.isPadded {
                text = text.drop { $0 == 0x20 || $0 == 0x09 }
                while let last = text.last, last == 0x20 || last == 0x09 { text = text.dropLast() }
            }
            return String(decoding: text, as: UTF8.self)
        }
    }
}

extension Delimited: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) { self.init(text) }
}

extension Delimiter {
    public static var isPadded: Bool { false }
    static var endBytes: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: bytes.utf8Start, count: bytes.utf8CodeUnitCount)
    }
}

/// A space after the method and the target of a request, and after the version and the status code of a response.
public enum Space: Delimiter {
    public static var bytes: StaticString { " " }
    /// Excludes control characters, and characters that end a line.
    public static func allows(_ byte: UInt8) -> Bool { byte > 0x20 && byte != 0x7f }
}
/// A colon after the name of a header field. The name is a token (RFC 9110, section 5.6.2). So a space before the colon
/// is refused. A line that begins with a space is refused as well, because it would continue the line before.
public enum Colon: Delimiter {
    public static var bytes: StaticString { ":" }
    public static func allows(_ byte: UInt8) -> Bool { HTTPToken.allows(byte) }
}
/// The end of a line after the value of a header field. Spaces may surround the value.
public enum FieldEnd: Delimiter {
    public static var bytes: StaticString { "\r\n" }
    public static var isPadded: Bool { true }
    /// Excludes control characters except the tab.
    public static func allows(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7f || byte == 0x09 }
}
/// The end of a line after the first line of a head, and of the empty line at its end.
public enum LineEnd: Delimiter {
    public static var bytes: StaticString { "\r\n" }
    public static func allows(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7f || byte == 0x09 }
}

/// Tokens (RFC 9110, section 5.6.2): methods, names of header fields, subprotocols and extensions.
enum HTTPToken {
    /// Returns true if a token may contain this byte.
    static func allows(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "!"), UInt8(ascii: "#")...UInt8(ascii: "'"),
            UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "^"),
            UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            true
        default: false
        }
    }
    /// Returns a text with the letters A to Z in lower case, and no other ones: U+212A is no `k` here.
    static func lowercased(_ text: some StringProtocol) -> String {
        String(decoding: text.utf8.map { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 ? $0 | 0x20 : $0 }, as: UTF8.self)
    }
    /// Returns true if the whole text is one token.
    static func isToken(_ text: some Collection<UInt8>) -> Bool { !text.isEmpty && text.allSatisfy(allows) }
}

extension Coder where Self: ~Copyable & ~Escapable {
    /// Codes a part of a head with its delimiter, which must be present.
    @_lifetime(self: copy self)
    mutating func part<E: Delimiter>(_ name: StaticString, _ value: inout Delimited<E>) {
        let end = E.endBytes
        var count = 0
        var wrong: UInt8?
        if Self.reads {
            while wrong == nil, let byte = peek(UInt8.self, ahead: count), byte != end[0] {
                if !E.allows(byte) { wrong = byte }
                count += 1
            }
            // If the bytes end too early, this asks for one byte more than there are.
            if wrong == nil {
                count += end.count
                let last = peek(UInt8.self, ahead: count - 1)
                if let last, last != end[end.count - 1] { wrong = last }
            }
        }
        // Read an invalid part too, so that the error names its place.
        bytes(name, &value, count: count, by: "")
        require(name, wrong == nil, UInt64(wrong ?? 0))
    }
}
