import Testing

@testable import Scenario

/// Each matching operator accepts the right values and rejects the wrong ones.
@Suite struct OperatorTests {
    /// The answers: `toy.say` abc; `toy.num` 6; `toy.many` [{1, 2}, {3, 4}] without a tail, and [{1, 2}] with tail 5;
    /// `toy.blob` 010203.
    static let rules: [Rule] = [
        .on(.heard("say"), .say("abc")), .on(.heard("num"), .raw([2, 1, 6])),
        .on(.heard("many"), .raw([3, 5, 2, 1, 2, 3, 4])), .on(.heard("blob"), .raw([4, 3, 1, 2, 3])),
        .on(.heard("tail"), .raw([3, 4, 1, 1, 2, 5])),
    ]
    static let table: [(op: String, message: String, good: [String], bad: [String])] = [
        (
            "$any", "many", ["items: {$any: true}", "tail: {$any: false}"],
            ["tail: {$any: true}", "items: {$any: false}"]
        ),
        ("$absent", "many", ["tail: {$absent: true}", "items: {$absent: false}"], ["items: {$absent: true}"]),
        ("$opt", "many", ["tail: {$opt: 5}", "number: {$opt: 2}"], ["number: {$opt: 3}"]),
        ("$eq", "num", ["digit: {$eq: 6}"], ["digit: {$eq: 5}"]),
        ("$ne", "num", ["digit: {$ne: 5}"], ["digit: {$ne: 6}"]),
        ("$lt", "num", ["digit: {$lt: 7}"], ["digit: {$lt: 6}"]),
        ("$le", "num", ["digit: {$le: 6}"], ["digit: {$le: 5}"]),
        ("$gt", "num", ["digit: {$gt: 5}"], ["digit: {$gt: 6}"]),
        ("$ge", "num", ["digit: {$ge: 6}"], ["digit: {$ge: 7}"]),
        ("$in", "num", ["digit: {$in: [1, 6]}"], ["digit: {$in: [1, 2]}", "digit: {$in: []}"]),
        (
            "$not", "num", ["digit: {$not: 5}", "digit: {$not: {$gt: 6}}"],
            ["digit: {$not: 6}", "digit: {$not: {$gt: 5}}"]
        ),
        ("$len", "say", ["text: {$len: 3}", "text: {$len: {$gt: 2}}"], ["text: {$len: 4}", "text: {$len: {$lt: 3}}"]),
        ("$size", "many", ["items: {$size: 2}"], ["items: {$size: 3}"]),
        ("$re", "say", ["text: {$re: 'a.c'}", "text: {$re: '[a-c]+'}"], ["text: {$re: 'a'}", "text: {$re: 'x*'}"]),
        ("$prefix", "say", ["text: {$prefix: ab}", "text: {$prefix: ''}"], ["text: {$prefix: bc}"]),
        ("$prefix", "blob", ["data: {$prefix: 0x0102}"], ["data: {$prefix: 0x02}"]),
        ("$suffix", "say", ["text: {$suffix: bc}"], ["text: {$suffix: ab}"]),
        ("$suffix", "blob", ["data: {$suffix: 0x0203}"], ["data: {$suffix: 0x02}"]),
        (
            "$bits", "num", ["digit: {$bits: {set: 0x6, clear: 0x9}}"],
            ["digit: {$bits: {set: 1}}", "digit: {$bits: {clear: 2}}"]
        ),
        ("$near", "num", ["digit: {$near: {value: 8, by: 2}}"], ["digit: {$near: {value: 8, by: 1}}"]),
        ("$contains", "say", ["text: {$contains: b}"], ["text: {$contains: ac}"]),
        ("$contains", "blob", ["data: {$contains: 0x02}"], ["data: {$contains: 0x0103}"]),
        ("$contains", "many", ["items: {$contains: {t: 4}}"], ["items: {$contains: {n: 1, t: 4}}"]),
        ("$each", "many", ["items: {$each: {t: {$gt: 1}}}"], ["items: {$each: {t: {$gt: 2}}}"]),
        ("$first", "many", ["items: {$first: {n: 1}}"], ["items: {$first: {n: 3}}"]),
        (
            "$unordered", "many", ["items: {$unordered: [{n: 3}, {n: 1}]}"],
            ["items: {$unordered: [{n: 1}]}", "items: {$unordered: [{n: 1}, {n: 1}]}"]
        ),
        // `$only` ignores fields that are always present.
        (
            "$only", "tail",
            ["$only: {tail: 5}", "$only: [tail]", "$only: [tail, items]", "items: {$first: {$only: {n: 1}}}"],
            ["$only: {items: {$any: true}}", "$only: [items]", "$only: {tail: 4}", "$only: []"]
        ),
    ]
    @Test(arguments: table.indices)
    func takesAndRefuses(_ i: Int) throws {
        let row = Self.table[i]
        for (fields, isGood) in row.good.map({ ($0, true) }) + row.bad.map({ ($0, false) }) {
            #expect(fields.contains(row.op))
            let told = try play(
                "  - send: {via: c, msg: toy.say, fields: {text: \(row.message)}}\n"
                    + "  - expect: {via: c, msg: toy.\(row.message == "tail" ? "many" : row.message), within: 1s, fields: {\(fields)}}",
                Self.rules
            ).told
            #expect(isGood ? told == "pass" : told.hasPrefix("fail TOY-1 3: "), "\(fields): \(told)")
        }
    }
    @Test func save() throws {
        func steps(_ pattern: String) -> String {
            "  - send: {via: c, msg: toy.say, fields: {text: many}}\n"
                + "  - expect: {via: c, msg: toy.many, within: 1s, fields: {\(pattern)}}\n  - assert: $(k == 2)"
        }
        #expect(try play(steps("number: {$save: k}"), Self.rules).told == "pass")
        #expect(try play(steps("items: {$first: {t: {$save: k}}}"), Self.rules).told == "pass")
        #expect(try play(steps("items: {$contains: {n: 3, t: {$save: k}}}"), Self.rules).told.hasPrefix("fail TOY-1 4"))
        #expect(try play(steps("length: {$save: k}"), Self.rules).told.hasPrefix("fail TOY-1 4: not true: k == 2"))
        let each = "items: {$each: {t: {$save: k}}}"
        #expect(
            try play(steps(each).replacing("k == 2", with: "k == [2, 4]"), Self.rules).told == "pass")
        #expect(loadToy(steps("number: {$any: true}")).diagnostics.map(\.code) == [.unknownName])
    }
    @Test func verifies() throws {
        func steps(_ key: String, _ over: String) -> String {
            let check = "$verifies: {alg: ed25519-blake2b, key: $(key('\(key)').public), over: $(hex('\(over)'))}"
            return """
                  - let: {s: "$(sign(key('a'), hex('01')))"}
                  - send: {via: c, msg: toy.blob, fields: {data: $(s)}}
                  - expect: {via: c, msg: toy.blob, within: 1s, fields: {data: {\(check)}}}
                """
        }
        let echo = [Rule.on(.bytes, .echo)]
        #expect(try play(steps("a", "01"), echo).told == "pass")
        #expect(try play(steps("a", "02"), echo).told.hasPrefix("fail TOY-1 4: data: signature does not verify"))
        #expect(try play(steps("b", "01"), echo).told.hasPrefix("fail TOY-1 4: data: signature does not verify"))
    }
    @Test func negatedSignatures() throws {
        func told(_ over: String) throws -> String {
            let check = "$not: {$verifies: {alg: ed25519-blake2b, key: $(key('a').public), over: $(hex('\(over)'))}}"
            return try play(
                "  - send: {via: c, msg: toy.blob, fields: {data: \"$(sign(key('a'), hex('01')))\"}}\n"
                    + "  - expect: {via: c, msg: toy.blob, within: 1s, fields: {data: {\(check)}}}",
                [.on(.bytes, .echo)]
            ).told
        }
        #expect(try told("02") == "pass")
        #expect(try told("01") == "fail TOY-1 3: data: signature verifies, and should not")
    }
    @Test func allOfThem() {
        let tried = Set(Self.table.map(\.op) + ["$save", "$verifies"])
        #expect(tried == Set(Schema.operators.map(\.name)))
    }
}
