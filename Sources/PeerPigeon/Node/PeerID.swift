import Wire

/// The id of a peer: 40 hexadecimal digits in upper or lower case. Ids that differ in case are different peers.
struct PeerID: Hashable, Comparable, Sendable {
    /// The digits, eight in a word, the first one highest. The short id that a faulty hub accepts is padded with zeros.
    private var words = InlineArray<5, UInt64>(repeating: 0)
    private static let digitCount = 40

    init?(_ text: String) {
        guard text.utf8.count == Self.digitCount, text.utf8.allSatisfy({ Self.isDigit($0) }) else { return nil }
        self.init(unchecked: text)
    }
    /// Reads the text in quotes of a message, if it is as long as an id. It is not validated: invalid text, or text
    /// with escapes, is found in no table.
    init?(quoted json: JSONValue, in packet: RawSpan) {
        guard json.bytes.count == Self.digitCount + 2 else { return nil }
        // A list can be as long.
        let isText = json.bytes.withSpan(in: packet) {
            $0.unsafeLoad(fromUncheckedByteOffset: 0, as: UInt8.self) == UInt8(ascii: "\"")
        }
        guard isText else { return nil }
        words = json.bytes.withSpan(in: packet) { text in
            InlineArray {
                UInt64(bigEndian: text.unsafeLoadUnaligned(fromUncheckedByteOffset: 1 + 8 * $0, as: UInt64.self))
            }
        }
    }
    /// Creates an id without validation; only the first 40 bytes are used.
    init(unchecked text: String) {
        for (i, byte) in text.utf8.prefix(Self.digitCount).enumerated() {
            words[i / 8] |= UInt64(byte) << UInt64(56 - i % 8 * 8)
        }
    }
    var text: String {
        withUnsafeBytes(of: InlineArray<5, UInt64> { words[$0].bigEndian }) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
    /// The id as JSON.
    var json: JSONValue {
        guard words[4] & 0xff != 0 else { return JSONValue(.text(text)) ?? JSONValue() }
        let text = [UInt8](unsafeUninitializedCapacity: Self.digitCount + 2) { out, count in
            count = Self.digitCount + 2
            (out[0], out[count - 1]) = (UInt8(ascii: "\""), UInt8(ascii: "\""))
            let digits = UnsafeMutableRawBufferPointer(out)
            for i in 0..<5 { digits.storeBytes(of: words[i].bigEndian, toByteOffset: 1 + 8 * i, as: UInt64.self) }
        }
        return JSONValue(bytes: Bytes(text))
    }
    static func == (a: Self, b: Self) -> Bool {
        (0..<5).reduce(0) { $0 | (a.words[$1] ^ b.words[$1]) } == 0
    }
    func hash(into hasher: inout Hasher) { withUnsafeBytes(of: words) { hasher.combine(bytes: $0) } }
    static func < (a: Self, b: Self) -> Bool {
        for i in 0..<5 where a.words[i] != b.words[i] { return a.words[i] < b.words[i] }
        return false
    }
    /// Reads the id from the target of an upgrade: the first `peerId` of its query.
    init?(target: String, _ bug: Misbehaviour? = nil) {
        var found: String?
        guard let query = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).dropFirst().first
        else { return nil }
        for pair in query.prefix(while: { $0 != "#" }).split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = Self.decoded(halves[0])
            guard name == Self.parameter || bug == .anyCaseName && name.lowercased() == "peerid" else { continue }
            if found == nil || bug == .lastIDWins { found = halves.count > 1 ? Self.decoded(halves[1]) : "" }
            if bug != .lastIDWins { break }
        }
        guard let found else { return nil }
        let isTaken = bug == .anyIDTaken || bug == .takes39Digits && found.utf8.count == 39
        if isTaken, found.utf8.count < 100 {
            self.init(unchecked: found)
        } else if bug == .upperCaseRefused, found != found.lowercased() {
            return nil
        } else {
            self.init(found)
        }
    }
    /// The name of the query parameter.
    static let parameter = "peerId"

    private static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
    /// Decodes percent signs and plus signs of a query (URL Standard, application/x-www-form-urlencoded).
    private static func decoded(_ text: Substring) -> String {
        var out: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2, digits.allSatisfy(isDigit),
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            {
                out.append(value)
                rest = rest.dropFirst(2)
            } else {
                out.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
