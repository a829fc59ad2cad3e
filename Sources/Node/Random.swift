/// A seeded generator (SplitMix64): the same seed yields the same bytes on every machine, in every version.
///
/// Values for different purposes use different labels, so that a new value leaves the others unchanged.
public struct Random: RandomNumberGenerator, Sendable {
    var state: UInt64

    /// Creates a generator without a label.
    public init(seed: UInt64) { state = seed }
    /// Creates a separate generator for every list of labels, such as a case id and the name of a value.
    public init(seed: UInt64, _ labels: String...) {
        var h: UInt64 = 0xcbf2_9ce4_8422_2325 ^ seed
        for label in labels {
            for byte in label.utf8 { h = (h ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
            h = (h ^ 0xff) &* 0x0000_0100_0000_01b3
        }
        state = h
        // FNV alone gives neighbouring labels similar high bits.
        state = next() ^ seed
    }
    /// Returns the next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = (state ^ state >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }
    /// Returns true with this probability, 0 to 1; always true for NaN.
    public mutating func hits(_ probability: Double) -> Bool { !(Double(next() >> 11) * 0x1p-53 >= probability) }
    /// Returns `count` bytes; an empty array for a negative count.
    public mutating func bytes(_ count: Int) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(max(0, count))
        while out.count < count {
            var word = next()
            for _ in 0..<min(8, count - out.count) {
                out.append(UInt8(truncatingIfNeeded: word))
                word >>= 8
            }
        }
        return out
    }
}
