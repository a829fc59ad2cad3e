import Node
import Testing

@Test func randomIsSplitMix64() {
    // The first outputs of the reference implementation for the seeds 0 and 1234567.
    var zero = Random(seed: 0)
    #expect(
        [zero.next(), zero.next(), zero.next()] == [
            0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4, 0x06c4_5d18_8009_454f,
        ])
    var r = Random(seed: 1_234_567)
    #expect([r.next(), r.next()] == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973])
}

@Test func randomBytes() {
    var r = Random(seed: 0)
    #expect(r.bytes(9) == [0xaf, 0xcd, 0x1d, 0x7b, 0x39, 0xa8, 0x20, 0xe2, 0xf4])
    #expect(r.bytes(0) == [] && r.bytes(-5) == [])
    // The rest of a word is not carried over: the next call begins with a new word.
    var other = Random(seed: 0)
    _ = other.bytes(1)
    #expect(other.bytes(8) == [0xf4, 0x65, 0xb9, 0xa1, 0x6a, 0x9e, 0x78, 0x6e])
}

@Test func labelsGiveGeneratorsOfTheirOwn() {
    func first(_ seed: UInt64, _ labels: [String]) -> UInt64 {
        var r =
            switch labels.count {
            case 1: Random(seed: seed, labels[0])
            default: Random(seed: seed, labels[0], labels[1])
            }
        return r.next()
    }
    #expect(first(1, ["a"]) == first(1, ["a"]))
    let all = [
        first(1, ["a"]), first(2, ["a"]), first(1, ["b"]), first(1, ["a", "b"]), first(1, ["b", "a"]),
        first(1, ["ab", ""]),
        first(1, ["", "ab"]), first(1, ["ab"]), first(1, [""]),
    ]
    #expect(Set(all).count == all.count)
    // Similar labels also differ in the high bits.
    #expect(Set((0..<64).map { first(7, ["cookie\($0)"]) >> 56 }).count > 40)
}
