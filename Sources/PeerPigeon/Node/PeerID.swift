/// The id of a peer: 40 hexadecimal digits, in the case in which it wrote them; ids of another case are other peers.
struct PeerID: Hashable, Comparable, Sendable {
    let text: String

    init?(_ text: String) {
        guard text.utf8.count == 40, text.utf8.allSatisfy({ Self.isDigit($0) }) else { return nil }
        self.text = text
    }
    /// Out of the target of an upgrade: the first `peerId` of its query.
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
    /// The part of a query that says it.
    static let parameter = "peerId"
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
