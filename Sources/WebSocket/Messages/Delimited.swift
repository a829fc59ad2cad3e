public import Wire

/// What ends a part of a head.
public protocol Delimiter: Sendable {
    /// The last bytes of the part.
    static var bytes: StaticString { get }
    /// Whether spaces and tabs around the text are left out when it is shown, and one space is written before it.
    static var isPadded: Bool { get }
    /// Whether this byte may stand in the text.
    static func allows(_ byte: UInt8) -> Bool
}

/// A part of an HTTP/1.1 head together with what ends it: shown, matched and built without that. Bytes given for it are
/// written as they are, so that a test can leave the end out or write another one.
public struct Delimited<End: Delimiter>: ByteString {
    /// As on the wire, with the end.
    public var bytes: Bytes
    /// No bytes: neither text nor what ends it.
    public init() { bytes = Bytes() }
    /// From bytes as they are on the wire.
    public init(bytes: Bytes) { self.bytes = bytes }
    /// From text, to which the end is added.
    public init(_ text: String) {
        var all: [UInt8] = End.isPadded ? [0x20] : []
        all += text.utf8
        all += End.endBytes
        bytes = Bytes(all)
    }
    public static var kind: Kind { .text }
    /// Text, to which the end is added, or bytes as they are on the wire.
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
    /// The text without the end.
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

/// A space: behind the method and the target of a request, the version and the status code of a response.
public enum Space: Delimiter {
    public static var bytes: StaticString { " " }
    /// No control characters, and none that end a line.
    public static func allows(_ byte: UInt8) -> Bool { byte > 0x20 && byte != 0x7f }
}
/// A colon: behind the name of a header field. The name is a token (RFC 9110, section 5.6.2), so that a space before the
/// colon is refused, and a line that begins with a space as well: it would go on with the one before.
public enum Colon: Delimiter {
    public static var bytes: StaticString { ":" }
    public static func allows(_ byte: UInt8) -> Bool { HTTPToken.allows(byte) }
}
/// The end of a line: behind the value of a header field, with spaces around it.
public enum FieldEnd: Delimiter {
    public static var bytes: StaticString { "\r\n" }
    public static var isPadded: Bool { true }
    /// No control characters but the tab.
    public static func allows(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7f || byte == 0x09 }
}
/// The end of a line: behind the first line of a head, and the empty line at its end.
public enum LineEnd: Delimiter {
    public static var bytes: StaticString { "\r\n" }
    public static func allows(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7f || byte == 0x09 }
}

/// Tokens (RFC 9110, section 5.6.2): method, names of header fields, subprotocols, extensions.
enum HTTPToken {
    /// Whether this byte may stand in a token.
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
    /// Whether all of it is one token.
    static func isToken(_ text: some Collection<UInt8>) -> Bool { !text.isEmpty && text.allSatisfy(allows) }
}

extension Coder where Self: ~Copyable & ~Escapable {
    /// A part of a head up to its end, which must be there.
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
            // Where the bytes end before, one more than there are is asked for.
            if wrong == nil {
                count += end.count
                let last = peek(UInt8.self, ahead: count - 1)
                if let last, last != end[end.count - 1] { wrong = last }
            }
        }
        // What is wrong is read, so that the place of the refusal is this part.
        bytes(name, &value, count: count, by: "")
        require(name, wrong == nil, UInt64(wrong ?? 0))
    }
}
