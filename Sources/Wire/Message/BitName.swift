/// A name for some of the bits of a number field, for output to people.
public struct BitName: Hashable, Sendable {
    /// The bits. Several bits together hold a number of their own.
    public var mask: UInt64
    /// The name that the specification gives them.
    public var name: String
    /// Creates a name for bits; `mask` is not 0.
    public init(_ mask: UInt64, _ name: String) {
        self.mask = mask
        self.name = name
    }
    /// Returns the name, with a value if the mask has several bits: `query`, `block_type=6`. Nil if none of the bits is
    /// set.
    func text(in n: UInt64) -> String? {
        guard n & mask != 0 else { return nil }
        let isOne = mask & (mask &- 1) == 0
        return isOne ? name : "\(name)=\((n & mask) >> UInt64(mask.trailingZeroBitCount))"
    }
}

extension [BitName] {
    /// Returns a number in hexadecimal with the names of the bits that are set: `0x0005 (query, v2)`. Set bits without
    /// a name are listed as `0x0500 unknown`. The number has at least `digits` digits, or more if the widest mask needs
    /// them.
    public func text(of n: UInt64, digits: Int = 4) -> String {
        let known = reduce(0) { $0 | $1.mask }
        let digits = Swift.max(digits, String(known, radix: 16).count)
        func hex(_ n: UInt64) -> String {
            let s = String(n, radix: 16)
            return "0x" + String(repeating: "0", count: Swift.max(0, digits - s.count)) + s
        }
        var words = compactMap { $0.text(in: n) }
        if !isEmpty, n & ~known != 0 { words.append("\(hex(n & ~known)) unknown") }
        return hex(n) + (words.isEmpty ? "" : " (\(words.joined(separator: ", ")))")
    }
}
