import Testing
import Wire

private func text(room: Int = 0, _ body: (inout OutputBuffer) -> Void) -> String {
    var out = [UInt8]("x".utf8)
    out.write(room: room, body)
    return String(decoding: out.dropFirst(), as: UTF8.self)
}

@Test func textRoomWritesNumbers() {
    for n in [0, 9, 10, 11, 99, 100, 101, 999, 1000, 65_535, 1_234_567, .max, .max / 10, 10_000_000_000_000_000_000]
        as [UInt64]
    { #expect(text { $0.put(n) } == "\(n)") }
    for n in [0, -1, -10, .min, .max] as [Int] { #expect(text { $0.put(n) } == "\(n)") }
    for n in 0..<100 as Range<UInt64> { #expect(text { $0.put(twoDigits: 300 + n) } == (n < 10 ? "0\(n)" : "\(n)")) }
}
@Test func textRoomWritesHexadecimalDigitsOfAnyLength() {
    let all = (0...255).map { UInt8($0) } + [0xff, 0, 0x9a]
    for count in [0, 1, 3, 4, 5, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 259] {
        for start in [0, 1, all.count - count] where start + count <= all.count {
            let bytes = Array(all[start..<start + count])
            let wanted = bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
            #expect(bytes.hex == wanted)
            #expect(text { $0.put(hex: bytes.span.bytes) } == wanted)
        }
    }
}
/// If the text does not fit, it is written again into a larger buffer. No bytes of the first attempts remain.
@Test func textRoomGrows() {
    let long = [UInt8](repeating: 0x61, count: 5000)
    var rounds = 0
    let written = text(room: 100) { room in
        rounds += 1
        room.put("<")
        room.put(long)
        #expect(room.isFull == (rounds < 4), "100, 400, 1600, 6400")
        room.put(7 as UInt64)
        room.put(UInt8(ascii: ">"))
    }
    #expect(written == "<\(String(decoding: long, as: UTF8.self))7>" && rounds == 4)
}

/// Each byte is quoted as in RFC 8259 section 7, at each position of short texts.
@Test func quotesOfAllBytes() {
    func escaped(_ c: UInt8) -> String {
        switch c {
        case 0x22, 0x5c: "\\" + String(UnicodeScalar(c))
        case 0x0a: "\\n"
        case 0x0d: "\\r"
        case 0x09: "\\t"
        case 0..<0x20: "\\u00" + [c].hex
        default: String(UnicodeScalar(c))
        }
    }
    for count in [1, 7, 8, 9, 15, 16, 17, 30] {
        for place in 0..<count {
            for c in 0..<UInt8(0x80) {
                var text = [UInt8](repeating: 0x61, count: count)
                text[place] = c
                let wanted = "\"" + text.map(escaped).joined() + "\""
                var out: [UInt8] = [1]
                ValueJSON.quote(String(decoding: text, as: UTF8.self), to: &out)
                #expect(String(decoding: out.dropFirst(), as: UTF8.self) == wanted)
            }
        }
    }
    // The text has each kind of escape and exceeds one block.
    let worst = String(repeating: "\u{1}é\"x", count: 500)
    var out: [UInt8] = []
    ValueJSON.quote(worst, to: &out)
    #expect(out.count == 500 * 11 + 2 && JSON.parse(out) == .text(worst))
}
