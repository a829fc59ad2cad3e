import Testing
import Wire

private func fits(_ expression: String, _ text: String) throws -> Bool? {
    try RegularExpression(expression).fits(text)
}
/// Returns the reason why an expression is refused.
private func refused(_ expression: String) -> String? {
    do throws(RegularExpressionError) {
        _ = try RegularExpression(expression)
        return nil
    } catch {
        return error.description
    }
}

@Test func theWholeTextMustFit() throws {
    for (e, good, bad) in [
        ("[0-9]+", "123", "123a"), ("a|bc", "bc", "abc"), ("(a|b)*c?", "abba", "abcc"), ("", "", "a"),
        ("a.c", "a\nc", "ac"), (".{3}", "äöü", "äö"), ("[éü]+", "éü", "e"), ("^v[[:digit:]]+\\.x$", "v28.x", "v28.xy"),
        ("[]a]+", "]a", "b"), ("[])]", ")", "("), ("[^]]", "a", "]"), ("[[.].]{]{2}", "{]", "{"), ("\\(\\{", "({", "("),
        ("x{0,2}", "xx", "xxx"),
    ] {
        #expect(try fits(e, good) == true && fits(e, bad) == false, "/\(e)/")
    }
    #expect(try fits("a", "a\0") == false && fits("a[^b]b", "a\0b") == true, "a zero byte does not end a text")
    let e = try RegularExpression("a+")
    let same = try RegularExpression("a+")
    let other = try RegularExpression("aa*")
    #expect(e == same && e != other)
    #expect(Set([e, same]).count == 1 && e.description == "/a+/")
}

@Test func aPartMayFit() throws {
    for (e, good, bad) in [
        ("b+", "abbc", "ac"), ("^b", "bc", "ab"), ("b$", "ab", "bc"), ("^ab$", "ab", "abc"), ("a|^c", "xa", "xc"),
        ("", "", nil),
        ("\\d{2}", "a12", "a1"), ("\\D", "1a", "12"), ("[\\d]", "\\", "1"), ("x\\\\d", "ax\\d", "x1"),
        ("b", "a\0b", "a\0"),
        ("a.b", "x\na\nb", nil),
    ] as [(String, String, String?)] {
        let expression = try RegularExpression(e, anywhere: true)
        #expect(expression.fits(good) == true, "/\(e)/")
        if let bad { #expect(expression.fits(bad) == false, "/\(e)/") }
    }
    #expect(try fits("\\d+", "123") == true && fits("\\d+", "ddd") == false && fits("\\D", "d") == true)
    let (whole, part) = (try RegularExpression("a"), try RegularExpression("a", anywhere: true))
    #expect(whole != part && whole.fits("ba") == false && part.fits("ba") == true)
    // The text is read once, regardless of the possible starts of a part.
    let long = try RegularExpression("a*b", anywhere: true)
    #expect(long.fits(String(repeating: "a", count: RegularExpression.maximumTextCount)) == false)
}

@Test func expressionsThatAreNone() {
    #expect(refused("(a")?.contains("(") == true && refused("a)") == "Unmatched ) or \\)")
    #expect(refused("a)|(b") != nil, "it would be one between other brackets")
    #expect(refused("[a")?.contains("[") == true && refused("[[:nothing:]]") != nil && refused("[b-a]") != nil)
    #expect(refused("a{2")?.isEmpty == false && refused("a{3,2}") != nil && refused("a{99999}") != nil)
    #expect(refused("*a") != nil && refused("a\\")?.contains("backslash") == true)
    #expect(refused("(a)\\1")?.contains("back-references") == true && refused("\\\\1") == nil)
    #expect(refused("a\0b") != nil)
    #expect(refused(String(repeating: "a", count: RegularExpression.maximumCount))?.contains("characters") == true)
    #expect(refused(String(repeating: "a", count: RegularExpression.maximumCount + 1))?.contains("bytes") == true)
}

@Test func expressionsThatGrow() {
    for e in [
        "a{1000}{1000}", "(a{255}){255}", "((a{2}){30}){30}", "a{1001}", "a{0,1001}", "a{1000,}", "[{]{1001}",
        "a{,2000}",
        String(repeating: "(", count: 15) + "a" + String(repeating: "+)", count: 15), "(((a{32767}){32767}){32767}){9}",
        "a" + String(repeating: "{9}", count: 300),
    ] {
        #expect(refused(e)?.contains("longer than 1000") == true, "/\(e)/: \(refused(e) ?? "taken")")
    }
    let deep = RegularExpression.maximumDepth
    #expect(refused(String(repeating: "(", count: deep) + "a" + String(repeating: ")", count: deep)) == nil)
    #expect(
        refused(String(repeating: "(", count: deep + 1)) != nil && refused(String(repeating: "(", count: 1000)) != nil)
    #expect(refused("[{1001}]") == nil && refused("\\{1001}") == nil, "no repetitions")
}

@Test func textsThatWouldTakeLong() throws {
    let many = String(repeating: "a", count: RegularExpression.maximumTextCount)
    #expect(try fits("(a*)*b", many) == false && fits("((a|aa)+)+", many) == true)
    #expect(try fits("(.*)(.*)(.*)(.*)[^a]", many) == false)
    #expect(try fits("a*", many + "a") == nil, "longer than the limit")
    #expect(try fits("a{0,900}", many) == nil, "too much for so long an expression")
    // The sets of positions never repeat. An automaton that stored each set would grow without end.
    let hostile = try RegularExpression("(a|b)*a(a|b){12}")
    var state: UInt64 = 1
    for _ in 0..<4 {
        var text: [UInt8] = []
        for _ in 0..<4096 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            text.append(state >> 63 == 0 ? 0x61 : 0x62)
        }
        text[text.count - 13] = 0x61
        #expect(hostile.fits(String(decoding: text, as: UTF8.self)) == true)
    }
}

@Test func oneExpressionForManyThreads() async throws {
    let e = try RegularExpression("[a-f]+[0-9]{3}")
    let good = await withTaskGroup(of: Int.self) { group in
        for t in 0..<8 {
            group.addTask { (0..<200).filter { e.fits("abc\(100 + $0 + t)") == true }.count }
        }
        return await group.reduce(0, +)
    }
    #expect(good == 1600)
}

@Test func expressionsInPatterns() throws {
    func wrong(_ name: String, _ p: Pattern) throws -> [String] {
        try Probe.matching(
            .fields([.init(name, p)], isClosed: false), Probe.encode(["wide": true, "label": "hello"]).bytes
        ).mismatches.map(\.description)
    }
    #expect(try wrong("label", .expression(RegularExpression("h.*o"))) == [])
    #expect(
        try wrong("label", .expression(RegularExpression("h.*l")))
            == ["label: wanted text that fits /h.*l/, had hello"])
    #expect(try wrong("label", .not(.expression(RegularExpression("h")))) == [])
    #expect(try wrong("high", .not(.expression(RegularExpression("0")))).first?.contains("no text") == true)
    #expect(try wrong("query", .expression(RegularExpression("0"))).count == 1)
    // Bytes in a text field that are not UTF-8 appear as U+FFFD, and match as shown.
    var m = Probe()
    m.label = Text(bytes: Bytes([0x61, 0xff, 0x62]))
    let e = Pattern.expression(try RegularExpression("a\u{fffd}b"))
    #expect(try Probe.matching(.fields([.init("label", e)], isClosed: false), m.encoded()).isMatch)
}
@Test func ignoringCase() throws {
    let e = try RegularExpression("nano_[a-f]+é", ignoringCase: true)
    #expect(e.fits("NANO_CafeÉ") == true)
    #expect(e.fits("nano_x") == false)
    #expect(try e != RegularExpression("nano_[a-f]+é"))
    #expect(try RegularExpression("nano").fits("NANO") == false)
    // After a certain amount of work, a new automaton of the same kind continues.
    let long = String(repeating: "A", count: 60_000)
    let a = try RegularExpression("a+", ignoringCase: true)
    for _ in 0..<40 { #expect(a.fits(long) == true) }
}
