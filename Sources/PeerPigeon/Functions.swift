import Node
import Wire

/// The functions of scenario expressions for the hubs' answers to plain HTTP.
let peerPigeonFunctions: [ProtocolFunction] = [
    ProtocolFunction(
        "peerpigeon.json", arguments: 1...1,
        usage: "peerpigeon.json(bytes, text or null): the value that a JSON text is; or null"
    ) { arguments throws(ProtocolFunction.Refusal) in
        switch arguments[0] {
        case .bytes(let bytes): return JSON.parse(bytes) ?? .null
        case .text(let text): return JSON.parse(Array(text.utf8)) ?? .null
        case .null: return .null
        default: throw ProtocolFunction.Refusal("peerpigeon.json takes bytes, text or null")
        }
    },
    ProtocolFunction(
        "peerpigeon.quoted", arguments: 1...1, usage: "peerpigeon.quoted(text): the JSON text that has this value"
    ) { arguments throws(ProtocolFunction.Refusal) in
        guard case .text = arguments[0], let json = JSONValue(arguments[0]) else {
            throw ProtocolFunction.Refusal("peerpigeon.quoted takes text")
        }
        return json.bytes.withSpan(in: RawSpan()) { span in
            .text(span.withUnsafeBytes { String(decoding: $0, as: UTF8.self) })
        }
    },
    ProtocolFunction(
        "peerpigeon.body", arguments: 2...2,
        usage: "peerpigeon.body(headers, bytes): the body of an answer that begins there; null when it is not whole"
    ) { arguments throws(ProtocolFunction.Refusal) in
        guard case .list(let fields) = arguments[0], case .bytes(let bytes) = arguments[1] else {
            throw ProtocolFunction.Refusal("peerpigeon.body takes a list of header fields and bytes")
        }
        return Body(fields).read(bytes).map { .bytes($0) } ?? .null
    },
]

/// The length of the body of an answer (RFC 9112, section 6).
private struct Body {
    private let length: Int?
    private let isChunked: Bool

    init(_ fields: [Value]) {
        func value(_ name: String) -> String? {
            for field in fields {
                guard case .text(let other)? = field["name"], other.lowercased() == name else { continue }
                if case .text(let value)? = field["value"] { return value }
            }
            return nil
        }
        length = value("content-length").flatMap { Int($0) }
        isChunked = value("transfer-encoding")?.lowercased() == "chunked"
    }
    /// Returns the body; nil if a part is missing or it cannot be read. A body without a length ends with the
    /// connection, so it has all the bytes.
    func read(_ bytes: [UInt8]) -> [UInt8]? {
        if isChunked { return Self.chunks(bytes[...]) }
        guard let length else { return bytes }
        return length >= 0 && bytes.count >= length ? Array(bytes.prefix(length)) : nil
    }
    private static func chunks(_ all: ArraySlice<UInt8>) -> [UInt8]? {
        var (rest, out): (ArraySlice<UInt8>, [UInt8]) = (all, [])
        while let end = rest.firstIndex(of: 0x0D) {
            let size = String(decoding: rest[..<end].prefix { $0 != UInt8(ascii: ";") }, as: UTF8.self)
            guard let n = Int(size, radix: 16), n >= 0, n <= rest.count else { return nil }
            if n == 0 { return out }
            rest = rest[end...].dropFirst(2)
            // The line end after a chunk belongs to it.
            guard rest.count >= n + 2 else { return nil }
            out += rest.prefix(n)
            rest = rest.dropFirst(n + 2)
        }
        return nil
    }
}
