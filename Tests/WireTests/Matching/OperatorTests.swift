import Testing
import Wire

private let probe: Value = [
    "colour": "dev", "high": 3, "low": 5, "query": "0x01020304", "inner": ["port": 7075, "key": "0xff00fe80"],
    "ports": [7, 9, 12], "items": [["body": ["kind": 1, "data": "0x00"]], ["body": ["kind": 2]]], "label": "hello",
]
private func fields(_ list: (String, Pattern)...) -> Pattern {
    .fields(list.map { .init($0.0, $0.1) }, isClosed: false)
}
/// Returns the mismatches of a field of the probe above as text. The list is empty if it matches.
private func wrong(_ name: String, _ pattern: Pattern, _ tree: Value = probe) throws -> [String] {
    try Probe.matching(fields((name, pattern)), Probe.encode(tree).bytes).mismatches.map(\.description)
}
/// Returns true if neither the pattern nor its negation matches, and both have the reason.
private func isUnfit(_ name: String, _ pattern: Pattern, _ tree: Value = probe) throws -> Bool {
    let bytes = Probe.encode(tree).bytes
    return try [pattern, .not(pattern)].allSatisfy {
        try Probe.matching(fields((name, $0)), bytes).mismatches.contains { $0.unfit != nil }
    }
}
private func saved(_ pattern: Pattern) throws -> [Value.Entry] {
    let match = try Probe.matching(pattern, Probe.encode(probe).bytes)
    #expect(match.isMatch)
    return match.saved
}
private let without: Value = ["colour": 0x1234]

@Test func beginningsAndEnds() throws {
    #expect(try wrong("label", .prefix("he")) == [] && wrong("label", .suffix("llo")) == [])
    #expect(try wrong("label", .prefix("hello")) == [] && wrong("label", .prefix("")) == [])
    #expect(try wrong("label", .prefix("ello")) == ["label: wanted ello at the beginning, had hello"])
    #expect(try wrong("label", .suffix("hell")) == ["label: wanted hell at the end, had hello"])
    #expect(try wrong("label", .prefix("hello!")).count == 1 && wrong("label", .suffix("!hello")).count == 1)
    #expect(try wrong("query", .prefix("0x0102")) == [] && wrong("query", .suffix(.bytes([4]))) == [])
    #expect(try wrong("query", .prefix("0x02")).count == 1 && wrong("query", .prefix("0x"), without).count == 1)
    #expect(try wrong("inner", fields(("key", .suffix("0xfe80")))) == [], "bytes that are no UTF-8")
    // The negation of an impossible pattern does not match.
    #expect(try isUnfit("high", .prefix(3)) && isUnfit("query", .prefix("abc")) && isUnfit("colour", .suffix("v")))
    #expect(try isUnfit("query", .prefix("0x0102030405")) && isUnfit("ports", .prefix(7)))
    #expect(try isUnfit("inner", .suffix("x")))
    #expect(try wrong("query", .not(.prefix("0x02")), without) == [])
}

@Test func bitsAndDistances() throws {
    #expect(try wrong("high", .bits(set: 3, clear: 4)) == [] && wrong("high", .bits(set: 0, clear: 0)) == [])
    #expect(try wrong("high", .bits(set: 2, clear: 1)) == ["high: wanted bits 0x2 set and 0x1 clear, had 3"])
    #expect(try wrong("colour", .bits(set: 0x5001, clear: 0x8000)) == [], "a code point by its number")
    #expect(try wrong("colour", .bits(set: 0x8000, clear: 0)) == ["colour: wanted bits 0x8000 set, had dev"])
    #expect(try wrong("high", .bits(set: 0, clear: .max << 8)) == [], "bits that are not there are clear")
    #expect(try isUnfit("high", .bits(set: 0x100, clear: 0)) && isUnfit("high", .bits(set: 3, clear: 1)))
    #expect(try isUnfit("label", .bits(set: 1, clear: 0)) && isUnfit("wide", .bits(set: 1, clear: 0)))
    #expect(try wrong("total", .bits(set: 0, clear: 1)).count == 1, "an absent field has no bits")

    for (value, by) in [(3, 0), (5, 2), (1, "0x02"), (.uint(.max), .uint(.max)), (.int(.min), .uint(.max))]
        as [(Value, Value)]
    {
        #expect(try wrong("high", .near(value, by: by)) == [], "\(value) \(by)")
    }
    #expect(try wrong("high", .near(5, by: 1)) == ["high: wanted 5 or at most 1 from it, had 3"])
    #expect(try wrong("high", .near(.uint(.max), by: .int(.max))).count == 1)
    #expect(try wrong("colour", .near("live", by: 2)) == [] && wrong("colour", .near("live", by: 1)).count == 1)
    #expect(try isUnfit("high", .near("three", by: 1)) && isUnfit("high", .near(3, by: -1)))
    #expect(try isUnfit("label", .near(3, by: 1)) && isUnfit("inner", .near(3, by: 1)))
    let offset = Array(#"{"type":"offer","data":{"n":-9223372036854775808,"t":"a"},"maxPeers":1}"#.utf8)
    func near(_ name: String, _ value: Value, _ by: Value) throws -> Bool {
        try Offer.matching(fields(("data", fields((name, .near(value, by: by))))), offset).isMatch
    }
    #expect(try near("n", .int(.min), 0) && near("n", .uint(.max), .uint(.max)) == false && !near("t", 1, 9))
}

@Test func findingInTextAndBytes() throws {
    for part in ["", "hello", "ell", "lo"] as [Value] { #expect(try wrong("label", .contains(.equal(part))) == []) }
    #expect(try wrong("label", .contains(.equal("elo"))) == ["label: wanted elo in it, had hello"])
    #expect(try wrong("query", .contains(.equal("0x0203"))) == [] && wrong("query", .contains(.equal("0x"))) == [])
    #expect(try wrong("query", .contains(.equal("0x0303"))).count == 1)
    #expect(try wrong("query", .contains(.among(["0x0303", "0x04"]))) == [])
    #expect(try wrong("inner", fields(("key", .contains(.equal("0x00fe"))))) == [], "bytes that are no UTF-8")
    #expect(try wrong("query", .contains(.equal("0x02")), without).count == 1)
    #expect(try isUnfit("query", .contains(.equal("0x0102030405"))) && isUnfit("query", .contains(.any)))
    #expect(try isUnfit("high", .contains(.equal(3))) && isUnfit("label", .contains(.length(.equal(1)))))
    #expect(try isUnfit("inner", .contains(.any)) && isUnfit("query", .contains(.among(["0x04", "x"]))))
    // The needle is nearly everywhere, or nowhere. The search needs at most as many steps as the text has bytes.
    var long = probe.entries.filter { $0.key != "label" }
    long.append(.init("label", .text(String(repeating: "a", count: 60_000))))
    let needle = String(repeating: "a", count: 30_000)
    #expect(try wrong("label", .contains(.equal(.text(needle))), .map(long)) == [])
    #expect(try wrong("label", .contains(.equal(.text(needle + "b"))), .map(long)).count == 1)
    #expect(try wrong("label", .contains(.equal("abab")), .map(long)).count == 1)
    for (text, part) in [("aabaabaaab", "aabaaa"), ("ababacabab", "abacab"), ("aaab", "aab")] {
        var tree = probe.entries.filter { $0.key != "label" }
        tree.append(.init("label", .text(text)))
        #expect(try wrong("label", .contains(.equal(.text(part))), .map(tree)) == [], "\(part) in \(text)")
    }
}

@Test func elementsOfLists() throws {
    #expect(try wrong("ports", .contains(.equal(9))) == [])
    #expect(try wrong("ports", .contains(.equal(8))) == ["ports: wanted 8 in it, had [7, 9, 12]"])
    #expect(try wrong("ports", .contains(.any), without) == ["ports: wanted anything in it, had nothing"])
    #expect(try isUnfit("ports", .contains(.equal(70000))) && isUnfit("ports", .contains(.equal(70000)), without))
    #expect(try wrong("ports", .each(.compare(.greater, 6))) == [])
    #expect(try wrong("ports", .each(.compare(.greater, 8))) == ["ports[0]: wanted > 8, had 7"])
    #expect(
        try wrong("ports", .each(.equal(1)), without) == [] && wrong("ports", .not(.each(.any)), without).count == 1)
    #expect(try isUnfit("ports", .each(.equal(70000))) && isUnfit("high", .each(.any)) && isUnfit("high", .first(.any)))
    #expect(try wrong("ports", .first(.equal(7))) == [])
    #expect(try wrong("ports", .first(.equal(9))) == ["ports[0]: wanted 9, had 7"])
    #expect(try wrong("ports", .first(.any), without) == ["ports: wanted the first element anything, had nothing"])
    #expect(try isUnfit("ports", .first(.equal(70000)), without) && isUnfit("inner", .each(.any)))
    let second = fields(("body", fields(("kind", .equal(2)), ("data", .length(.equal(0))))))
    #expect(try wrong("items", .contains(second)) == [] && wrong("items", .first(second)).count == 2)
    #expect(try wrong("items", .each(fields(("body", fields(("kind", .compare(.less, 3))))))) == [])
}

@Test func anyOrder() throws {
    #expect(try wrong("ports", .unordered([.equal(12), .equal(7), .equal(9)])) == [])
    #expect(
        try wrong("ports", .unordered([.equal(7), .equal(9)]))
            == ["ports: wanted [7, 9] in any order, had [7, 9, 12]; not expected: 12"])
    #expect(
        try wrong("ports", .unordered([.equal(12), .equal(7), .equal(7)]))
            == ["ports: wanted [12, 7, 7] in any order, had [7, 9, 12]; missing: 7; not expected: 9"])
    // The first two patterns take the only choice of another one unless they move: 7 for `any`, 9 for `< 10`, 12 for `>
    // 9`.
    #expect(try wrong("ports", .unordered([.any, .compare(.less, 10), .equal(7)])) == [])
    #expect(try wrong("ports", .unordered([.compare(.less, 10), .compare(.less, 10), .any])) == [])
    #expect(try wrong("ports", .unordered([.compare(.less, 10), .equal(9), .equal(7)])).count == 1)
    #expect(try wrong("ports", .unordered([]), without) == [] && wrong("ports", .unordered([.any]), without).count == 1)
    #expect(try isUnfit("ports", .unordered([.any, .any, .equal(70000)])) && isUnfit("high", .unordered([.any])))
    // Each pattern except for the last matches each element. The last matches the element that the first one takes.
    let count = Pattern.maximumUnordered
    let many: Value = ["wide": true, "ports": .list((0..<count).map { .uint(UInt64($0)) })]
    let wishes = (0..<count - 1).map { _ in Pattern.any } + [.equal(0)]
    #expect(try wrong("ports", .unordered(wishes), many) == [])
    #expect(try wrong("ports", .unordered(wishes.dropLast() + [.equal(99)]), many).count == 1)
    #expect(try isUnfit("ports", .unordered(wishes + [.any])))
}

@Test func savesInLists() throws {
    #expect(try saved(fields(("ports", .contains(.all([.compare(.greater, 8), .save("p")]))))) == [.init("p", 9)])
    #expect(try saved(fields(("ports", .first(.save("p"))))) == [.init("p", 7)])
    #expect(try saved(fields(("ports", .each(.save("p"))))) == [.init("p", [7, 9, 12])])
    let kinds = Pattern.each(fields(("body", fields(("kind", .save("k")), ("data", .save("d"))))))
    #expect(try saved(fields(("items", kinds))) == [.init("k", [1, 2]), .init("d", [.bytes([0]), .bytes([])])])
    #expect(
        try saved(fields(("ports", .unordered([.save("c"), .all([.equal(7), .save("a")]), .equal(9)]))))
            == [.init("a", 7), .init("c", 12)])
    let none = try Probe.matching(fields(("ports", .each(.save("p")))), Probe.encode(without).bytes)
    #expect(none.isMatch && none.saved == [.init("p", [])])
    let handed = try Probe.matching(
        fields(("ports", .each(.hand(1))), ("items", .contains(fields(("body", .hand(2)))))),
        Probe.encode(probe).bytes)
    #expect(handed.handed.map(\.path) == ["ports[0]", "ports[1]", "ports[2]", "items[0].body"])
}

@Test func operatorsOnJSON() throws {
    let bytes = Array(
        #"{"type":"offer","data":{"l":[1,"two",{"a":3}],"e":[],"s":"a\u0062c","o":{}},"maxPeers":3}"#.utf8)
    func matches(_ name: String, _ p: Pattern) throws -> Bool {
        try Offer.matching(fields(("data", fields((name, p)))), bytes).isMatch
    }
    #expect(try matches("l", .contains(.equal("two"))) && matches("l", .contains(fields(("a", .equal(3))))))
    #expect(try matches("l", .unordered([.equal("two"), .any, .equal(1)])) && matches("l", .first(.equal(1))))
    #expect(try matches("l", .contains(.prefix("tw"))) && !matches("l", .each(.prefix("tw"))))
    #expect(try matches("e", .each(.equal(1))) && !matches("e", .first(.any)) && !matches("e", .contains(.any)))
    #expect(try matches("s", .prefix("ab")) && matches("s", .contains(.equal("bc"))) && matches("s", .suffix("c")))
    // A JSON value of another type differs, but could have had this type.
    for p in [.prefix("a"), .contains(.equal("a")), .each(.any), .first(.any), .unordered([]), .near(1, by: 1)]
        as [Pattern]
    {
        #expect(try !matches("o", p) || p == .each(.any), "\(p)")
    }
    #expect(try matches("l", .not(.contains(.equal("three")))) && matches("s", .not(.first(.any))))
}
