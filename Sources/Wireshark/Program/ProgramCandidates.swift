/// The values that are tried for a control.
extension Program.Control {
    /// The number of bits of its value.
    var bits: Int {
        switch source {
        case .number(let bits): bits
        case .isNonzero: 1
        case .peek(let count, _): 8 * count
        case .remaining: 31
        }
    }
    /// True if the value is a quantity and not a set of bits. Only the thresholds of a quantity matter.
    var isOpen: Bool { source == .remaining || bits >= 32 }
    var isNarrow: Bool { bits <= 8 }
    private var isPeek: Bool { if case .peek = source { true } else { false } }
    /// The parts of its bits that may have a meaning: single bits, then halves of bytes.
    var fields: [(low: Int, width: Int)] {
        guard !isPeek else { return [] }
        let single = (0..<bits).map { ($0, 1) }
        return single + stride(from: 0, to: bits - 3, by: 4).map { ($0, 4) }
    }
    /// A few values that show whether anything depends on the control.
    var shortCandidates: [Int] {
        var out = isPeek ? [-1] : []
        if bits == 1 { return out + [0, 1] }
        out += [0, 1, 2, 3, 4, 5, 6, 7, 8]
        if isOpen { out += [12, 13, 14, 15, 16, 17, 20, 28, 32, 48, 64, 100] }
        out += (4..<bits).map { 1 << $0 }
        if bits <= 32 { out.append(1 << bits - 1) }
        if bits == 16 {
            for shift in [4, 8, 12] { out += (1..<16).map { $0 << shift } }
            out += [0x1100, 0x0101, 0x1111, 0xf0f1, 0xf1f1, 0x0403, 0x0601, 0x3ff]
        }
        return out.filter { $0 >> bits == 0 || $0 < 0 }
    }
    /// The values that show how a result depends on the control: all values of a byte; for wider controls single bits,
    /// pairs of bits and values of parts.
    var candidates: [Int] {
        if bits <= 8 { return (isPeek ? [-1] : []) + Array(0..<1 << bits) }
        var out = Set(shortCandidates)
        if source == .remaining { return (out.union(0..<300)).sorted() }
        if bits <= 32 { for i in 0..<bits { for j in 0..<i { out.insert(1 << i | 1 << j) } } }
        out.formUnion(0..<64)
        for shift in stride(from: 0, to: min(bits, 60), by: 4) {
            for n in 0..<16 {
                for rest in [0, 0x5a5a, 0x0101, 0xffff, 0x1234, 0x1110] {
                    out.insert(rest & ~(15 << shift) & (bits < 64 ? 1 << bits - 1 : -1) | n << shift)
                }
            }
        }
        return out.filter { bits == 64 || $0 >> bits == 0 }.sorted()
    }
}
