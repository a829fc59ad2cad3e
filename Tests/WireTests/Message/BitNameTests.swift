import Testing
import Wire

/// The text form of numbers that are sets of bits.
@Suite struct BitNameTests {
    let names = [BitName(1, "query"), BitName(4, "v2"), BitName(0x0f00, "block_type")]
    @Test(arguments: [
        (0, "0x0000"), (5, "0x0005 (query, v2)"), (0x0600, "0x0600 (block_type=6)"),
        (0x1004, "0x1004 (v2, 0x1000 unknown)"), (0x12_0000, "0x120000 (0x120000 unknown)"),
    ]) func text(_ n: UInt64, _ wanted: String) { #expect(names.text(of: n) == wanted) }
    /// Bits without a name are also hexadecimal.
    @Test func unnamed() { #expect([BitName]().text(of: 1280) == "0x0500") }
}
