/// How near two peer ids are to each other.
enum Distance {
    /// The sum over their digits of the XOR of these, up to the end of the shorter one; what is no hexadecimal digit
    /// counts as 0. This is not the order of the XOR of whole ids: a high digit weighs no more than a low one.
    static func digitSum(_ a: String, _ b: String) -> Int {
        zip(a.utf8, b.utf8).reduce(0) { $0 + Int(digit($1.0) ^ digit($1.1)) }
    }
    /// The XOR of whole ids, as bytes that compare as the number does.
    static func xor(_ a: String, _ b: String) -> [UInt8] { zip(a.utf8, b.utf8).map { digit($0) ^ digit($1) } }

    /// How peers are told apart by their distance.
    enum Metric: String, CaseIterable {
        case digitSum = "digit-sum"
        case xor
    }
    /// The `most` ids that are nearest to a target; those equally near in the order in which they are given.
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
