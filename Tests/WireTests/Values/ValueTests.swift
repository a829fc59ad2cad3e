import Testing
import Wire

private func json(_ v: Value, _ integers: ValueJSON.Integers = .exactAsText) -> String {
    var out: [UInt8] = []
    ValueJSON.write(v, to: &out, integers)
    return String(decoding: out, as: UTF8.self)
}

@Test func jsonOfValues() {
    #expect(
        json(["b": 1, "a": [true, false, .null], "c": [:], "d": []]) == #"{"b":1,"a":[true,false,null],"c":{},"d":[]}"#)
    #expect(json(.bytes([0, 0xab, 0xff])) == #""00abff""# && json(.bytes([])) == #""""#)
    #expect(json("a\"b\\c\n\r\t\u{1}\u{1f}žluť 🐎") == #""a\"b\\c\n\r\t\u0001\u001fžluť 🐎""#)
    #expect(json(["k\"": 1]) == #"{"k\"":1}"#)
    // A reader with floating-point numbers would round beyond 2^53.
    #expect(json(.uint(1 << 53)) == "9007199254740992" && json(.uint((1 << 53) + 1)) == #""9007199254740993""#)
    #expect(json(.uint(.max)) == #""18446744073709551615""# && json(.uint(.max), .numbers) == "18446744073709551615")
    #expect(json(.int(-(1 << 53))) == "-9007199254740992" && json(.int(.min)) == #""-9223372036854775808""#)
    #expect(json(.int(.min), .numbers) == "-9223372036854775808")
    var out: [UInt8] = [0x5b]
    ValueJSON.write(7, to: &out)
    #expect(out == Array("[7".utf8), "appends")
}

@Test func jsonIsReadAsItWasWritten() {
    let v: Value = [
        "a": .uint(.max), "b": .int(.min), "c": "\"\\\n\u{0}🐎", "d": [[], [:], .null, true], "e": .uint(1 << 63),
        "f": -1,
    ]
    #expect(JSON.parse(Array(json(v, .numbers).utf8)) == v)
    for bad in ["", "[", "[1,]", "{\"a\"}", "01", "+1", "1 2", "\"\u{1}\"", "\"\\x\"", "tru", "-"] {
        #expect(JSON.parse(Array(bad.utf8)) == nil, "\(bad)")
    }
    #expect(JSON.parse(Array("[1.5,-2e3]".utf8)) == [.decimal("1.5"), .decimal("-2e3")], "kept as they stand")
    #expect(JSON.parse(Array("18446744073709551616".utf8)) == .decimal("18446744073709551616"))
    #expect(JSON.parse(Array(#""\ud83d\ude00\ud800x\u0041""#.utf8)) == "😀\u{fffd}xA")
    // The member of a message accepts all values of Int64 and no other values.
    func maxPeers(_ n: String) -> Int64? {
        (try? Announce(copying: Array(#"{"type":"announce","maxPeers":\#(n)}"#.utf8)))?.maxPeers
    }
    #expect(maxPeers("9223372036854775807") == .max && maxPeers("-9223372036854775808") == .min)
    #expect(maxPeers("9223372036854775808") == nil && maxPeers("-9223372036854775809") == nil && maxPeers("1.0") == nil)
    #expect(maxPeers("-0") == 0)
}

/// `==` of Swift takes a letter with an accent, and the letter followed by the accent, for equal.
@Test func textsAreEqualIfTheirBytesAre() {
    let (composed, decomposed) = ("\u{e9}", "e\u{301}")
    #expect(Value.text(composed) == .text(composed) && Value.text(composed) != .text(decomposed))
    #expect(Value.list([.text(composed)]) != .list([.text(decomposed)]))
    let map: Value = .map([.init(composed, 1), .init(decomposed, 2)])
    #expect(map != .map([.init(decomposed, 1), .init(composed, 2)]))
    #expect(map[composed] == 1 && map[decomposed] == 2)
    #expect(Value.text("1") != .decimal("1") && Value.uint(1) != .int(1) && Value.null == .null)
}

@Test func integersAreReadStrictly() {
    #expect(Value.text("7").integer == 7 && Value.text("0x1F").integer == 31 && Value.text("007").integer == 7)
    for bad in [
        "+5", "-0", "-5", " 5", "5 ", "", "0x", "0x+5", "5.0", "1e3", "٣", "18446744073709551616",
        "0x10000000000000000",
    ] {
        #expect(Value.text(bad).integer == nil, "\(bad)")
    }
    #expect(
        Value.text("18446744073709551615").integer == .max && Value.int(-1).integer == nil && Value.int(5).integer == 5)
    #expect(Value.text("-5").signedInteger == -5 && Value.text("-9223372036854775808").signedInteger == .min)
    for bad in ["-9223372036854775809", "9223372036854775808", "--5", "-", "+5", "-+5", "- 5"] {
        #expect(Value.text(bad).signedInteger == nil, "\(bad)")
    }
    #expect(Value.uint(.max).signedInteger == nil && Value.text("-0").signedInteger == 0)
    // A value is never cut to the width of the field.
    #expect(Int32(.uint(0x1_0000_0001)) == nil && Int32(Value.int(.min)) == nil && Int32("-2147483648") == .min)
    #expect(UInt64(Value.int(-1)) == nil && UInt8("256") == nil && UInt8("255") == 255)
    #expect(Int64("0xffffffffffffffff") == nil && Int32("2147483648") == nil)
    #expect(Colour("live")?.rawValue == 0x5243 && Colour("0x5299")?.rawValue == 0x5299 && Colour("65536") == nil)
}

@Test func valuesForPeople() {
    let v: Value = ["port": 7075, "key": .bytes([0xab]), "name": "live", "text": "two words", "n": [-1, true, .null]]
    #expect(v.description == "{port: 7075, key: 0xab, name: live, text: \"two words\", n: [-1, true, null]}")
    #expect(Value.map([.init("a b\u{1b}[31m\n", 1)]).description == "{\"a b\\u001b[31m\\n\": 1}")
    #expect(Value.text("7").description == "\"7\"" && Value.text("\u{1b}[31m").description == "\"\\u001b[31m\"")
}

@Test func byteStringsOfAPacket() throws {
    let bytes: [UInt8] = [3, 0x61, 0x62, 0x0a, 1, 0x0a]
    let span = bytes.span.bytes
    var token = MultistreamToken()
    let isRead = token.read(borrowing: span.extracting(0..<4))
    try #require(isRead)
    let full = token.text.bytes
    let first = full.array(in: span)
    #expect(full.isBorrowed && full.own == nil && first == [0x61, 0x62])
    let owned = full.owned(in: span)
    #expect(!owned.isBorrowed && owned.array() == first && owned != full)
    // A value without bytes can be read without its packet, and equals each other empty value.
    let isEmptyRead = token.read(borrowing: span.extracting(4..<6))
    try #require(isEmptyRead)
    let empty = token.text.bytes
    #expect(!empty.isBorrowed && empty.own == nil && empty.array() == [] && empty == Bytes() && empty == Bytes([]))
    #expect(Set([empty, Bytes(), Bytes([])]).count == 1)
}

@Test func hexadecimal() {
    #expect([UInt8](hex: "00aBFf") == [0, 0xab, 0xff] && [UInt8](hex: "") == [])
    for bad in ["0", "0g", "0x00", " 00", "+1", "００"] { #expect([UInt8](hex: bad) == nil, "\(bad)") }
    #expect(([0, 0xab, 0xff] as [UInt8]).hex == "00abff")
}

@Test func spelling() {
    let names = ["version_max", "version_min", "address", "port", "to"]
    #expect(NearestName.nearest("vresion_max", in: names) == "version_max")
    #expect(NearestName.nearest("adress", in: names) == "address" && NearestName.nearest("prot", in: names) == "port")
    #expect(NearestName.nearest("potr", in: names) == "port", "two letters exchanged are one mistake")
    #expect(NearestName.nearest("prt", in: names) == "port" && NearestName.nearest("rst", in: ["reset"]) == "reset")
    #expect(NearestName.nearest("nona", in: ["nano"]) == "nano")
    #expect(NearestName.nearest("pxxt", in: names) == nil, "two of four letters wrong is another word")
    #expect(NearestName.nearest("quux", in: names) == nil && NearestName.nearest("", in: names) == nil)
    #expect(NearestName.nearest("xy", in: names) == nil, "two of two letters wrong is another word")
    // At most a third of a long word may be wrong.
    #expect(NearestName.nearest("capabilities", in: ["cabapiltieas"]) == "cabapiltieas")
    #expect(NearestName.nearest("version", in: ["versatile"]) == nil)
    #expect(
        NearestName.nearest(String(repeating: "a", count: 1_000_000), in: [String(repeating: "a", count: 64)]) == nil)
}
