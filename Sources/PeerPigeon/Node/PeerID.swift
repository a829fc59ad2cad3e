/// The id of a peer: 40 hexadecimal digits, in the case in which it wrote them; ids of another case are other peers.
struct PeerID: Hashable, Comparable, Sendable {
    let text: String

    init?(_ text: String) {
        guard text.utf8.count == 40, text.utf8.allSatisfy({ Self.isDigit($0) }) else { return nil }
        self.text = text
    }
    /// Out of the target of an upgrade: the first `peerId` of its query.
    init?(target: String) {
        guard let query = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).dropFirst().first
        else { return nil }
        for pair in query.prefix(while: { $0 != "#" }).split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard Self.decoded(halves[0]) == "peerId" else { continue }
            self.init(halves.count > 1 ? Self.decoded(halves[1]) : "")
            return
        }
        return nil
    }
    init(unchecked text: String) { self.text = text }
    static func < (a: Self, b: Self) -> Bool { a.text < b.text }

    private static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
    /// Percent signs and plus signs of a query (URL Standard, application/x-www-form-urlencoded).
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
