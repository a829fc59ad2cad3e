import Testing
import Wire

private func unhex(_ s: String) -> [UInt8] { [UInt8](hex: s) ?? [] }

/// The bytes are from Google's Python protobuf 7.36.2.
@Test func numbersAreLaidOutAsProtobufDoes() throws {
    let bytes = unhex(
        "080110ffffffffffffffffff011defbeadde2100000000000000802dfeffffff3210038e029ea705ffffffffffffffffff01"
            + "39fdffffffffffffff450000c03f499a9999999999b9bf50ffffffff0f5d010000005d020000006210000000000000e03f"
            + "9c7500883ce4377e6a0501027f8001")
    let m = try Numbers(copying: bytes)
    #expect(m.small == -1 && m.wide == ZigZag(.min) && m.fixed == 0xdead_beef && m.fixedWide == FixedNumber(1 << 63))
    #expect(m.signed == -2 && m.packed == [3, 270, 86942, -1] && m.signedWide == -3)
    #expect(m.ratio == 1.5 && m.exact == -0.1 && m.count == .max && m.apart == [1, 2])
    #expect(m.ratios == [0.5, 1e300] && m.turns == [-1, 1, -64, 64])
    try examine(Numbers.self, bytes, "all of them")
    #expect(Numbers.inspect(bytes.span.bytes) == .plain && Numbers.dissect(bytes).notes == [])
    let extremes = unhex("08ffffffff0f10feffffffffffffffff01")
    let far = try Numbers(copying: extremes)
    #expect(far.small == ZigZag(.min) && far.wide == ZigZag(.max) && far.encoded() == extremes)
    // The messages as trees, for reading and for building.
    let tree: Value = [
        "small": -1, "fixed": 7, "ratio": .decimal("1.5"), "packed": [1, -2], "turns": [-3], "colour": "red",
        "exact": .decimal("-0.1"),
    ]
    let (built, errors) = Numbers.encode(tree)
    #expect(errors == [] && Numbers.fields(built).sorted == tree.sorted)
    #expect(Numbers.encode(["ratio": "1.5"]).bytes == Numbers.encode(["ratio": .decimal("1.50")]).bytes)
    #expect(Numbers.encode(["exact": "nan"]).errors == [] && Numbers.encode(["exact": "1.5x"]).errors.count == 1)
    #expect(Numbers.fields(Numbers.encode(["exact": "-inf"]).bytes) == ["exact": "-inf"])
    let pattern = Pattern.fields(
        [.init("exact", .compare(.less, .decimal("-0.05"))), .init("ratio", .equal("1.50")), .init("colour", .absent)],
        isClosed: false)
    #expect(try Numbers.matching(pattern, bytes).mismatches == [])
    #expect(try !Numbers.matching(.fields([.init("ratio", .equal(2))], isClosed: false), bytes).isMatch)
}

@Test func packedAndApartAreReadAlike() throws {
    // The example of the protobuf guide: [3, 270, 86942], here in parts of both kinds.
    let mixed = try Numbers(copying: unhex("3203038e02309ea705"))
    #expect(mixed.packed == [3, 270, 86942])
    #expect(mixed.encoded() == unhex("3206038e029ea705"), "written as described")
    #expect(Numbers.dissect(unhex("309ea705")).notes == [Note(kind: .packing, path: "packed", range: 0..<4)])
    let apart = unhex("5a080100000002000000")
    #expect(try Numbers(copying: apart).apart == [1, 2] && Numbers.fields(apart)["apart"] == [1, 2])
    #expect(try Numbers(copying: apart).encoded() == unhex("5d010000005d02000000"))
    #expect(Numbers.inspect(apart.span.bytes) == .remarkable)
    let tree = Numbers.dissect(unhex("3203038e02"))
    #expect(tree.node("packed[0]")?.range == 0..<3 && tree.node("packed[1]")?.range == 3..<5)
    // A length that cuts a number, and a length beyond the end.
    #expect(
        Numbers.refused(unhex("62070000000000000000"))
            == "ratios[0] at 2: wants 8 bytes, has 7 (length claimed by length)")
    #expect(Numbers.refused(unhex("320203")) == "packed at 2: wants 2 bytes, has 1 (length claimed by length)")
    #expect(Numbers.refused(unhex("32018e02")) == "packed[0] at 3: wants 1 byte, has 0 (length claimed by length)")
    #expect(try Numbers(copying: unhex("3200")).packed == [])
    // Another wire type makes it another field.
    let other = try Numbers(copying: unhex("0d01000000"))
    #expect(other.small == nil && other.unknown.items == [Bytes(unhex("0d01000000"))])
    #expect(Numbers.refused(unhex("0d010000")) == "unknown at 1: wants 4 bytes, has 3")
}

@Test func theLastScalarCountsAndMessagesAreMerged() throws {
    let m = try Numbers(copying: unhex("0802" + "7a020801" + "7a041202080a" + "0803" + "7a061202080b0805"))
    #expect(m.small == -2, "the last one")
    #expect(m.inner?.mark == 5 && m.inner?.branches.map(\.mark) == [10, 11], "put together")
}

@Test func unknownFieldsStayWhereTheyStood() throws {
    func survives<M: Message>(_: M.Type, _ hex: String) throws {
        let bytes = unhex(hex)
        let span = bytes.span.bytes
        var borrowed = M()
        let isRead = borrowed.read(borrowing: span)
        let again = borrowed.encoded(from: span)
        #expect(isRead && again == bytes)
        #expect(try M(copying: bytes).encoded() == bytes && M(copying: bytes).byteCount() == bytes.count)
    }
    // Unknown fields are before, between and after known ones, several at a time, in lists, of all wire types, and
    // inside messages.
    try survives(Numbers.self, "a00601" + "0801" + "ad0601020304" + "a20603616263" + "1002" + "a1060102030405060708")
    try survives(Numbers.self, "5d01000000" + "a00601" + "5d02000000" + "a00602" + "7a020801" + "a006ff01")
    try survives(RPC.self, "0a07080170051201419206" + "01ff" + "1206" + "7801" + "12024142" + "980601")
    try survives(Numbers.self, "a306" + "0801" + "ab06ac06" + "a406" + "0801")
    var many: [UInt8] = []
    for i in 0..<5000 { many += [0x5d, UInt8(i & 127), 0, 0, 0, 0xa0, 6, UInt8(i & 127)] }
    try survives(Numbers.self, many.hex)
    // After a change, they remain between the fields.
    var m = try Numbers(copying: unhex("0801" + "a00601" + "1002" + "a00602"))
    m.small = nil
    m.count = 7
    #expect(
        m.encoded() == unhex("1002" + "a00601" + "5007" + "a00602")
            || m.encoded() == unhex("a00601" + "1002" + "5007" + "a00602"))
    #expect(try Numbers(copying: m.encoded()) == m)
    m.unknown.items.append(Bytes(unhex("a00603")))
    #expect(m.encoded().suffix(3) == unhex("a00603")[...] && m.unknown.items.count == 3)
    // If they are set by hand, they follow the known fields.
    let (built, errors) = Numbers.encode(["unknown": ["0xa00601"], "small": -1])
    #expect(errors == [] && built == unhex("0801a00601"))
}

@Test func groupsAreSkippedToABound() throws {
    let group = unhex("a306" + "0801" + "ab06" + "1203414243" + "ac06" + "0d01020304" + "a406")
    let m = try Numbers(copying: unhex("0801") + group + unhex("1002"))
    #expect(m.small == -1 && m.wide == 1 && m.unknown.items == [Bytes(group)])
    func nested(_ depth: Int) -> [UInt8] {
        (0..<depth).flatMap { _ in [0xa3, 6] as [UInt8] } + (0..<depth).flatMap { _ in [0xa4, 6] as [UInt8] }
    }
    #expect(Numbers.refused(nested(63)) == "accepted" && Numbers.check(nested(65))?.reason == .tooDeep)
    #expect(Numbers.check([UInt8](repeating: 0xa3, count: 1) + [6] + nested(100_000))?.reason == .tooDeep)
    #expect(Numbers.refused(unhex("a306ac06")) == "tag at 2: wants wire type 0, 1, 2, 3 or 5, has 4", "another's end")
    #expect(Numbers.refused(unhex("a406")) == "tag at 0: wants wire type 0, 1, 2, 3 or 5, has 4")
    #expect(Numbers.refused(unhex("a3060801")) == "tag at 4: wants 1 byte, has 0")
    #expect(Numbers.check(unhex("a30600"))?.description == "tag at 2: wants a field number from 1 to 536870911, has 0")
}

@Test func whatIsNotCanonicalIsNoted() throws {
    func notes(_ hex: String) -> [Note] { Numbers.dissect(unhex(hex)).notes }
    #expect(notes("088100") == [Note(kind: .nonMinimal, path: "small", range: 1..<3)])
    #expect(notes("888000" + "01").map(\.kind) == [.nonMinimal], "of a tag")
    #expect(notes("10010801") == [Note(kind: .outOfOrder, path: "", range: 2..<3)])
    #expect(notes("7a0412000801") == [Note(kind: .outOfOrder, path: "inner", range: 4..<5)])
    #expect(notes("5000") == [Note(kind: .defaultValue, path: "count", range: 0..<2)])
    #expect(notes("4500000000").map(\.kind) == [.defaultValue] && notes("4500000080") == [], "minus zero is no default")
    #expect(notes("0800") == [], "present, and zero")
    #expect(notes("0801a00601").map(\.kind) == [.unknown])
    #expect(notes("7a0408010801" + "a00601").map(\.kind) == [.unknown])
    // A validator that stores nothing gives the same result.
    for (hex, wanted) in [
        ("088100", Inspection.remarkable), ("10010801", .remarkable), ("5000", .remarkable),
        ("0801a00601", .remarkable),
        ("7a0412000801", .remarkable), ("0801", .plain), ("080110015001", .plain), ("", .plain), ("0d", .refused),
    ] {
        let bytes = unhex(hex)
        #expect(Numbers.inspect(bytes.span.bytes) == wanted, "\(hex)")
    }
}

@Test(arguments: [
    ("", true), ("6a6f696e", true), ("c3a4e28ab3f09f8e89", true), ("666f6f626172626172c3a4", true), ("ff", false),
    ("666f6f626172626172ff", false), ("c3", false), ("c0af", false), ("eda080", false), ("f4908080", false),
]) func textThatIsNotUTF8IsNoted(_ hex: String, _ isGood: Bool) {
    let text = unhex(hex)
    let bytes = [0x08, 0x01, 0x12, UInt8(text.count)] + text + [0x20, 0x01]
    let notes = Request.dissect(bytes).notes.filter { $0.kind != .defaultValue }
    #expect(notes == (isGood ? [] : [Note(kind: .notUTF8, path: "method", range: 4..<4 + text.count)]))
    if !isGood || !text.isEmpty { #expect(Request.inspect(bytes.span.bytes) == (isGood ? .plain : .remarkable)) }
}
/// Bytes may be anything.
@Test func bytesNeedNoUTF8() {
    let tree = Request.dissect(unhex("1a031201ff"))
    #expect(tree.error == nil && tree.node("payload.value") != nil && tree.notes == [])
}

@Test func numbersAreDescribed() {
    func field(_ name: String) -> FieldInfo? { Numbers.field(name) }
    #expect(field("fixed")?.encoding == .little && field("fixed")?.kind == .uint(bits: 32))
    #expect(field("small")?.encoding == .varint && field("small")?.kind == .int && field("ratio")?.kind == .float)
    #expect(field("packed")?.isList == true && field("inner")?.encoding == nil)
    #expect(field("colour")?.kind == .code(bits: 64, Colours.names))
}
