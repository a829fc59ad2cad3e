/// An extension in `Sec-WebSocket-Extensions` (RFC 6455, section 9.1).
public struct Extension: Hashable, Sendable {
    public var name: String
    /// The parameters in order, with repetitions; a parameter may have no value.
    public var parameters: [Parameter] = []
    /// A parameter, such as `server_max_window_bits=10`.
    public struct Parameter: Hashable, Sendable {
        public var name: String
        public var value: String?
    }
    /// The text of the extension. Values are not quoted, because each of them must be a token (section 9.1).
    public var text: String {
        parameters.reduce(name) { $0 + "; " + $1.name + ($1.value.map { "=" + $0 } ?? "") }
    }
    /// Returns the extensions of a list, in order; nil if it is malformed.
    public static func list(_ text: String) -> [Extension]? {
        var parser = ExtensionParser(bytes: Array(text.utf8))
        return parser.list()
    }
}

/// A parser of the grammar of RFC 6455, section 9.1.
private struct ExtensionParser {
    let bytes: [UInt8]
    var at = 0

    mutating func list() -> [Extension]? {
        var out: [Extension] = []
        while true {
            skipSpace()
            // Elements may be empty.
            if take(UInt8(ascii: ",")) { continue }
            if at == bytes.count { return out }
            guard let one = single() else { return nil }
            out.append(one)
            guard at == bytes.count || take(UInt8(ascii: ",")) else { return nil }
        }
    }
    private mutating func single() -> Extension? {
        guard let name = token() else { return nil }
        var out = Extension(name: name)
        skipSpace()
        while take(UInt8(ascii: ";")) {
            skipSpace()
            guard let name = token() else { return nil }
            skipSpace()
            var value: String?
            if take(UInt8(ascii: "=")) {
                skipSpace()
                value = take(UInt8(ascii: "\"")) ? quoted() : token()
                if value == nil { return nil }
                skipSpace()
            }
            out.parameters.append(.init(name: name, value: value))
        }
        return out
    }
    private mutating func token() -> String? {
        let start = at
        while at < bytes.count, HTTPToken.allows(bytes[at]) { at += 1 }
        return at > start ? String(decoding: bytes[start..<at], as: UTF8.self) : nil
    }
    /// Reads up to the closing quote. The quoted text must also be a token.
    private mutating func quoted() -> String? {
        var out: [UInt8] = []
        while at < bytes.count {
            var byte = bytes[at]
            at += 1
            if byte == UInt8(ascii: "\"") { return HTTPToken.isToken(out) ? String(decoding: out, as: UTF8.self) : nil }
            if byte == UInt8(ascii: "\\") {
                guard at < bytes.count else { return nil }
                byte = bytes[at]
                at += 1
            }
            out.append(byte)
        }
        return nil
    }
    private mutating func take(_ byte: UInt8) -> Bool {
        guard at < bytes.count, bytes[at] == byte else { return false }
        at += 1
        return true
    }
    private mutating func skipSpace() { while at < bytes.count, bytes[at] == 0x20 || bytes[at] == 0x09 { at += 1 } }
}
