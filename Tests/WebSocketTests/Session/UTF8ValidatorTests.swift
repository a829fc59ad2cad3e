import Testing
import Wire

@testable import WebSocket

private func isValid(_ bytes: [UInt8], pieces: Int) -> Bool {
    var validator = UTF8Validator()
    for at in stride(from: 0, to: bytes.count, by: pieces) {
        let part = bytes.span.bytes.extracting(at..<min(bytes.count, at + pieces))
        if !validator.accepts(part) { return false }
    }
    return validator.isComplete
}

/// The limits of each form (RFC 3629, section 4), cut at each place.
@Test(arguments: [
    ("00", true), ("7f", true), ("c2 80", true), ("df bf", true), ("e0 a0 80", true), ("ef bf bf", true),
    ("ed 9f bf", true), ("ee 80 80", true), ("f0 90 80 80", true), ("f4 8f bf bf", true), ("ef bb bf", true),
    ("ce ba e1 bd b9 cf 83 ce bc ce b5", true), ("c0 80", false), ("c1 bf", false), ("e0 9f bf", false),
    ("ed a0 80", false), ("ed bf bf", false), ("f0 8f bf bf", false), ("f4 90 80 80", false), ("f5 80 80 80", false),
    ("ff", false), ("fe", false), ("80", false), ("bf", false), ("c2", false), ("e1 80", false), ("f1 80 80", false),
    ("c2 20", false), ("e1 80 20", false), ("f8 88 80 80 80", false), ("fc 84 80 80 80 80", false),
    ("c2 80 80", false),
])
func utf8Table(text: String, wanted: Bool) {
    let padding = utf8(String(repeating: "x", count: 40))
    for pieces in 1...6 {
        #expect(isValid(hex(text), pieces: pieces) == wanted)
        #expect(isValid(padding + hex(text) + padding, pieces: pieces) == wanted)
        #expect(isValid(padding + hex(text), pieces: 64) == wanted)
    }
}

/// The result equals that in the standard library, for all sequences of one and two bytes, and samples of three and
/// four.
@Test func utf8AsTheStandardLibrary() {
    func compare(_ bytes: [UInt8]) {
        #expect(isValid(bytes, pieces: 9) == (String(validating: bytes, as: UTF8.self) != nil), "\(bytes.hex)")
    }
    for a in 0...255 as ClosedRange<UInt8> {
        compare([a])
        for b in stride(from: 0, through: 255, by: 3) as StrideThrough<Int> { compare([a, UInt8(b)]) }
    }
    var random = Seeded(11)
    for _ in 0..<20_000 {
        let lead = UInt8(0xe0 + random.below(0x16))
        compare([lead] + random.bytes(lead < 0xf0 ? 2 : 3).map { random.below(8) == 0 ? $0 : $0 & 0x3f | 0x80 })
    }
}

/// Invalid text is refused at its first wrong byte, without waiting for the rest.
@Test(arguments: [("f4 90", 2), ("ed a0", 2), ("e0 9f", 2), ("c0", 1), ("ce ba f5", 3), ("f0 8f", 2)])
func utf8FailsFast(text: String, count: Int) {
    let bytes = hex(text)
    for n in 1...count {
        var validator = UTF8Validator()
        let isGood = validator.accepts(bytes.span.bytes.extracting(0..<n))
        #expect(isGood == (n < count))
    }
}
