/// The distance between two peer ids.
enum Distance {
    /// Returns the sum of the XORs of the digits, up to the end of the shorter id. Characters that are not hexadecimal
    /// digits count as 0. This is not the order of the XOR of whole ids: a high digit has the same weight as a low one.
    static func digitSum(_ a: String, _ b: String) -> Int {
        zip(a.utf8, b.utf8).reduce(0) { $0 + Int(digit($1.0) ^ digit($1.1)) }
    }
    /// Returns the XOR of whole ids, as bytes that compare like the number.
    static func xor(_ a: String, _ b: String) -> [UInt8] { zip(a.utf8, b.utf8).map { digit($0) ^ digit($1) } }

    /// A measure of distance between peers.
    enum Metric: String, CaseIterable {
        case digitSum = "digit-sum"
        case xor
    }
    /// Returns the `most` ids that are nearest to a target. Equally near ids keep their given order.
    static func closest(_ target: String, _ ids: [String], most: Int, by metric: Metric = .digitSum) -> [String] {
        guard !target.isEmpty, most > 0 else { return [] }
        let ranked = ids.enumerated().map { (at, id) in
            (id: id, sum: metric == .xor ? 0 : digitSum(target, id), xor: metric == .xor ? xor(target, id) : [], at: at)
        }
        let sorted = ranked.sorted { a, b in
            if a.sum != b.sum { return a.sum < b.sum }
            if a.xor != b.xor { return a.xor.lexicographicallyPrecedes(b.xor) }
            return a.at < b.at
        }
        return sorted.prefix(most).map(\.id)
    }
    private static func digit(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: 0
        }
    }
}
