import Testing

@testable import Wire

private let probe: Value = [
    "colour": "dev", "high": 3, "low": 5, "query": "0x01020304", "inner": ["port": 7075, "key": "0xaabbccdd"],
    "ports": [7, 9], "items": [["body": ["kind": 1, "data": "0x00"]], ["body": ["kind": 2]]], "label": "hello",
]
private func fields(_ list: (String, Pattern)...) -> Pattern {
    .fields(list.map { .init($0.0, $0.1) }, isClosed: false)
}
private func closed(_ list: (String, Pattern)...) -> Pattern {
    .fields(list.map { .init($0.0, $0.1) }, isClosed: true)
}
/// Returns the mismatches of the probe above as text. The list is empty if it matches.
private func wrong(_ pattern: Pattern, _ tree: Value = probe) throws -> [String] {
    try Probe.matching(pattern, Probe.encode(tree).bytes).mismatches.map(\.description)
}
private func wrong(_ name: String, _ pattern: Pattern, _ tree: Value = probe) throws -> [String] {
    try wrong(fields((name, pattern)), tree)
}
private let without: Value = ["colour": 0x1234]

@Test func leavesAreComparedAsTheirType() throws {
    for good in ["dev", 0x5241, "0x5241", "21057"] as [Value] { #expect(try wrong("colour", .equal(good)) == []) }
    #expect(try wrong("colour", .equal("live")) == ["colour: wanted live, had dev"])
    #expect(try wrong("colour", .equal(0x1234), without) == [])
    for good in [3, "3", "0x03", .int(3)] as [Value] { #expect(try wrong("high", .equal(good)) == []) }
    #expect(try wrong("high", .equal(4)) == ["high: wanted 4, had 3"])
    for good in ["0x01020304", .bytes([1, 2, 3, 4])] as [Value] { #expect(try wrong("query", .equal(good)) == []) }
    #expect(try wrong("query", .equal("0x01020305")) == ["query: wanted \"0x01020305\", had 0x01020304"])
    #expect(try wrong("label", .equal("hello")) == [])
    #expect(try wrong("label", .equal("\u{e9}"), ["label": "e\u{301}"]).count == 1)
    #expect(try wrong("wide", .equal(false)) == [] && wrong("wide", .equal("false")) == [])
    #expect(try wrong("wide", .equal(true)) == ["wide: wanted true, had false"])
}

@Test func valuesThatCannotBeTheFieldSaySo() throws {
    #expect(
        try wrong("high", .equal(300))
            == ["high: wanted 300 (300 cannot be an integer of 8 bits), had 3"])
    #expect(try Probe.matching(fields(("high", .equal(300))), Probe.encode(probe).bytes).mismatches[0].unfit != nil)
    #expect(try wrong("high", .equal("three")).first?.contains("cannot be") == true)
    #expect(try wrong("high", .equal("+3")).first?.contains("cannot be") == true)
    #expect(try wrong("high", .equal(-1)).first?.contains("cannot be") == true)
    #expect(try wrong("query", .equal("0x0102")).first?.contains("4 bytes") == true)
    // The negation of an impossible pattern does not match either. A choice with an impossible pattern does not match.
    #expect(try wrong("high", .not(.equal(300))).first?.contains("cannot be") == true)
    #expect(try wrong("high", .among([3, 300])).first?.contains("cannot be") == true)
    #expect(try wrong("label", .compare(.less, .list([]))).first?.contains("cannot be") == true)
    #expect(try wrong("wide", .compare(.less, true)).first?.contains("no order") == true)
    #expect(try wrong("high", .length(.equal(1))).first?.contains("no length") == true)
    #expect(try wrong("inner", .compare(.less, 3)).first?.contains("order") == true)
}

/// A protobuf field without explicit presence has its default if it is missing, and counts as absent.
@Test func absentMeansDefault() throws {
    func isMatch(_ pattern: Pattern, _ bytes: [UInt8]) throws -> Bool {
        try StreamClose.match(fields(("id", pattern)), bytes.span.bytes).isMatch
    }
    for good in [.equal(0), .compare(.less, 1), .among([0, 7]), .absent, .equal(.null), .optional(.equal(7))]
        as [Pattern]
    { #expect(try isMatch(good, [])) }
    for bad in [.equal(7), .any, .not(.equal(0)), .among([7])] as [Pattern] { #expect(try !isMatch(bad, [])) }
    #expect(try isMatch(.equal(0), [0x08, 0x00]) && isMatch(.any, [0x08, 0x00]) && !isMatch(.absent, [0x08, 0x00]))
    // The presence of a member of a oneof depends only on the member.
    let open = fields(("open", .equal(false)))
    #expect(
        try !RPCMessage.match(open, RawSpan()).isMatch
            && RPCMessage.match(open, ([0x18, 0] as [UInt8]).span.bytes).isMatch)
}

@Test func optionalLeaves() throws {
    #expect(try wrong("query", .any) == [] && wrong("query", .absent) == ["query: wanted absent, had 0x01020304"])
    #expect(try wrong("query", .absent, without) == [] && wrong("query", .equal(.null), without) == [])
    #expect(try wrong("query", .any, without) == ["query: wanted anything, had nothing"])
    #expect(try wrong("query", .equal("0x01020304"), without).count == 1)
    #expect(try wrong("query", .optional(.equal("0x01020304")), without) == [])
    #expect(try wrong("query", .optional(.equal("0x01020305"))).count == 1)
    #expect(try wrong("query", .not(.equal("0x01020304")), without) == [])
    #expect(try wrong("query", .among([.null, "0x01020304"])) == [])
    #expect(try wrong("query", .among([.null, "0x01020304"]), without) == [])
    #expect(try wrong("query", .compare(.greater, "0x01"), without).count == 1)
    #expect(try wrong("query", .length(.equal(4)), without) == ["query: wanted length 4, had nothing"])
    // A field of another form is absent, and so is an unknown field.
    #expect(try wrong("total", .absent) == [] && wrong("total", .any).count == 1)
    #expect(try wrong("total", .equal(5), ["wide": true, "total": 5]) == [])
    #expect(try wrong("nonsense", .equal(5)) == ["nonsense: wanted 5, had nothing"])
    #expect(try wrong("nonsense", .absent) == [])
}

@Test func comparisonsAndLengths() throws {
    #expect(try wrong("high", .compare(.greaterOrEqual, 3)) == [])
    #expect(try wrong("high", .compare(.greater, 3)) == ["high: wanted > 3, had 3"])
    #expect(try wrong("high", .compare(.less, 300)) == [], "a limit may be more than the field can hold")
    #expect(try wrong("high", .compare(.greater, -1)) == [])
    #expect(
        try wrong("high", .all([.compare(.greater, 1), .compare(.lessOrEqual, 2)])) == ["high: wanted <= 2, had 3"])
    #expect(try wrong("colour", .compare(.less, "live")) == [])
    #expect(try wrong("query", .all([.compare(.greater, "0x010203"), .compare(.less, "0x02")])) == [])
    #expect(try wrong("label", .all([.compare(.greater, "help"), .compare(.less, "i")])).count == 1)
    #expect(try wrong("label", .length(.equal(5))) == [] && wrong("query", .length(.compare(.less, 5))) == [])
    #expect(try wrong("label", .length(.equal(4))) == ["label: wanted length 4, had 5"])
    #expect(try wrong("high", .among([1, 2])) == ["high: wanted one of 1, 2, had 3"])
    #expect(try wrong("high", .not(.equal(3))) == ["high: wanted not (3), had 3"])
}

@Test func listsOfLeaves() throws {
    #expect(try wrong("ports", .items([.equal(7), .compare(.greater, 8)])) == [])
    #expect(try wrong("ports", .items([.equal(7), .equal(8)])) == ["ports[1]: wanted 8, had 9"])
    #expect(try wrong("ports", .items([.equal(7)])) == ["ports: wanted [7], had [7, 9]"])
    #expect(try wrong("ports", .equal([7, "0x09"])) == [] && wrong("ports", .not(.equal([7, 9]))).count == 1)
    #expect(try wrong("ports", .among([[1], [7, 9]])) == [] && wrong("ports", .among([[1], 7])).count == 1)
    #expect(try wrong("ports", .length(.equal(2))) == [] && wrong("ports", .any) == [])
    #expect(try wrong("ports", .absent, without) == [] && wrong("ports", .items([]), without) == [])
    #expect(try wrong("ports", .length(.equal(0)), without) == [] && wrong("ports", .any, without).count == 1)
    #expect(try wrong("ports", .equal(7)) == ["ports: wanted 7, had [7, 9]"])
    #expect(try wrong("ports", .items([.equal(7), .equal(70000)])).first?.contains("cannot be") == true)
}

@Test func groups() throws {
    #expect(try wrong("inner", fields(("port", .equal(7075)))) == [])
    #expect(try wrong("inner", fields(("port", .equal(7076)))) == ["inner.port: wanted 7076, had 7075"])
    #expect(try wrong("inner", .all([fields(("port", .any)), fields(("key", .equal("0xaabbccdd")))])) == [])
    #expect(try wrong("inner", .equal(["port": 7075, "key": "0xaabbccdd"])) == [])
    #expect(try wrong("inner", .not(fields(("port", .equal(7076))))) == [])
    #expect(try wrong("inner", .not(fields(("port", .equal(7075))))).count == 1)
    #expect(try wrong("inner", .absent) == ["inner: wanted absent, had {port: 7075, key: 0xaabbccdd}"])
    #expect(try wrong("inner", .any) == [] && wrong("inner", .absent, without) == [])
    #expect(
        try wrong("inner", fields(("port", .any)), without) == ["inner: wanted {port: anything}, had nothing"])
    #expect(try wrong("inner", .optional(fields(("port", .equal(1)))), without) == [])
    #expect(try wrong("inner", .equal(3)) == ["inner: wanted 3, had {port: 7075, key: 0xaabbccdd}"])
    #expect(try wrong("inner", .items([])).count == 1 && wrong("high", fields(("port", .any))).count == 1)
    #expect(try wrong(.any) == [] && wrong(.absent).count == 1)
}

@Test func listsOfGroups() throws {
    let second = fields(("body", fields(("kind", .equal(2)), ("data", .length(.equal(0))))))
    #expect(try wrong("items", .items([.any, second])) == [])
    #expect(try wrong("items", .items([second, .any])).first == "items[0].body.kind: wanted 2, had 1")
    #expect(try wrong("items", .items([.any])).count == 1)
    #expect(try wrong("items", .length(.compare(.greaterOrEqual, 2))) == [])
    #expect(try wrong("items", .items([fields(("size", .equal(2))), fields(("size", .equal(1)))])) == [])
}

@Test func closedGroups() throws {
    // A closed pattern need not name fields that are always present. It must name optional fields.
    #expect(
        try wrong(closed(("label", .equal("hello")))) == [
            "query: wanted absent, had 0x01020304", "inner: wanted absent, had {port: 7075, key: 0xaabbccdd}",
        ])
    #expect(try wrong(closed(("query", .any), ("inner", .any))) == [])
    #expect(try wrong(closed(("query", .absent)), without) == [])
    #expect(try wrong("inner", closed(("port", .any))) == [], "nothing in it is optional")
    let rpc = RPC.encode(["publish": [["topic": "t", "data": "0x01"]], "control": [:]]).bytes
    func only(_ p: Pattern) throws -> [String] { try RPC.matching(p, rpc).mismatches.map(\.path) }
    #expect(try only(closed(("publish", .any))) == ["control"])
    #expect(try only(closed(("control", .any))) == ["publish"])
    // Equal applies to the whole message and not to a part.
    #expect(try only(fields(("publish", .equal([["topic": "t"]])))) == ["publish[0].data"])
    #expect(try only(fields(("publish", .equal([["topic": "t", "data": "0x01"]])))) == [])
    #expect(try only(closed(("publish", .items([closed(("topic", .any))])), ("control", .any))) == ["publish[0].data"])
}

@Test func derivedFieldsAreMatchedAsTheyStand() throws {
    #expect(try wrong("flags", .equal(3)) == [] && wrong("port_count", .equal(2)) == [])
    #expect(try wrong("flags", .equal("0x0100"), ["flags": 0x0100]) == [])
    // A message that was not read has the derived values that would be written.
    var m = Probe()
    m.ports = [1]
    #expect(m.match(fields(("port_count", .equal(1)))).isMatch)
}

@Test func savingAndHanding() throws {
    let bytes = Probe.encode(probe).bytes
    let match = try Probe.matching(
        fields(
            ("query", .all([.length(.equal(4)), .save("cookie")])), ("inner", .save("inner")),
            ("ports", .save("ports")),
            ("items", .items([.any, fields(("body", fields(("kind", .save("kind")))))])), ("label", .hand(3)),
            ("total", .hand(4)), ("colour", .save("colour"))), bytes)
    #expect(match.isMatch)
    #expect(
        match.saved == [
            .init("colour", "dev"), .init("cookie", .bytes([1, 2, 3, 4])),
            .init("inner", ["port": 7075, "key": .bytes([0xaa, 0xbb, 0xcc, 0xdd])]), .init("ports", [7, 9]),
            .init("kind", 2),
        ])
    #expect(match.handed == [.init(number: 3, path: "label", value: "hello"), .init(number: 4, path: "total")])
    // A saved group equals its origin.
    let inner = try #require(match.saved.first { $0.key == "inner" })
    #expect(try wrong("inner", .equal(inner.value)) == [])
    #expect(try wrong("query", .save("q"), without) == ["query: wanted anything (saved as q), had nothing"])
    #expect(try wrong("query", .optional(.save("q")), without) == [])
    // A negation saves nothing. The caller negates the values that it hands out.
    let not = try Probe.matching(fields(("label", .not(.all([.save("x"), .hand(1)])))), bytes)
    #expect(not.isMatch && not.saved == [] && not.handed == [.init(number: 1, path: "label", value: "hello")])
    let whole = try Probe.matching(.save("all"), bytes)
    #expect(whole.saved.first?.value == Probe.fields(bytes))
}

@Test func matchingThroughTheCatalogue() throws {
    let type: any Message.Type = Probe.self
    let (bytes, errors) = type.encode(probe)
    #expect(errors == [])
    let span = bytes.span.bytes
    let match = try type.match(fields(("query", .equal("0x01020304"))), span)
    #expect(match.isMatch)
    let part = span.extracting(0..<5)
    var error: WireError?
    do throws(WireError) { _ = try type.match(.any, part) } catch let e { error = e }
    #expect(error?.path == "flags" && error?.reason == .truncated)
}

@Test func jsonMembers() throws {
    let text =
        #"{"type":"offer","data":{"sdp":"v=0\n","n":[1,2.5,{"a":null}],"big":18446744073709551615},"maxPeers":3}"#
    let bytes = Array(text.utf8)
    func wrong(_ p: Pattern) throws -> [String] {
        try Offer.matching(fields(("data", p)), bytes).mismatches.map(\.description)
    }
    #expect(try wrong(fields(("sdp", .equal("v=0\n")), ("none", .absent))) == [])
    #expect(try wrong(fields(("sdp", .equal("v=1")))) == ["data.sdp: wanted \"v=1\", had \"v=0\\n\""])
    // The order of members does not matter.
    #expect(try wrong(.equal(["n": [1, "2.5", ["a": .null]], "big": .uint(.max), "sdp": "v=0\n"])) == [])
    #expect(try wrong(.equal(["n": [1, "2.5", ["a": 1]], "big": .uint(.max), "sdp": "v=0\n"])).count == 1)
    #expect(try wrong(fields(("n", .items([.equal(1), .any, fields(("a", .equal(.null)))])))) == [])
    #expect(try wrong(fields(("n", .length(.equal(3))), ("big", .compare(.greater, 5)))) == [])
    #expect(try wrong(closed(("sdp", .any), ("n", .any))) == ["data.big: wanted absent, had 18446744073709551615"])
    #expect(try Offer.matching(closed(("type", .any), ("data", .any)), bytes).mismatches.map(\.path) == ["maxPeers"])
    // Escapes in the packet are not in the value.
    let escaped = Array(#"{"type":"offer","targetPeerId":"ab\u0063"}"#.utf8)
    #expect(try Offer.matching(fields(("targetPeerId", .equal("abc"))), escaped).isMatch)
}
