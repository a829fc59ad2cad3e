import Testing
import Wire

@testable import Wireshark

private struct Side: CodePoint {
    var rawValue: UInt8
    static let names = [CodeName(0, "buy"), CodeName(1, "sell")]
}

/// A message whose summary has parts of each kind.
private struct Offer: Message {
    static var name: StaticString { "test.offer" }
    static var summary: MessageSummary {
        [
            .value("side"), " ", .value("amount"), .maybe(" at ", .clock("since")), .unless("flags", [" now"]),
            .first([[.each("keys", ["key ", .value("")])], [.countSet("places", "entry")]]),
            .joined([[.count("places", "place")], [.inside("place", [.ordinal("height")])]], by: " and "),
            .equal("side", "sell", [.size("text"), .when("text", [.name("text"), .lastWord("text")])]),
            .between("text", "a", "b"), .value("flags"), .value("author"), .number("count"), .count("count", "copy"),
        ]
    }
    static var meanings: [String: FieldMeaning] {
        [
            "amount": .amount(unit: "X", decimals: 3), "since": .time(step: 1_000_000),
            "flags": .bits([BitName(1, "first"), BitName(0xf0, "kind")]), "author": account,
        ]
    }
    static var account: FieldMeaning { form("an account (nano_ and 60 characters)") }
    static func form(_ name: String) -> FieldMeaning {
        .form(FieldForm(name, isLong: true, text: { _ in nil }, bytes: { _ in nil }))
    }
    var side = Side(rawValue: 0)
    var flags: UInt8 = 0
    var amount = Fixed<16>()
    var since: UInt64 = 0
    var author = Fixed<32>()
    var count: UInt8 = 0
    var keys: [Fixed<4>] = []
    var place = Place()
    var places: [Place] = []
    var text = Text()

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("side", &side)
        c.field("flags", &flags)
        c.field("amount", &amount)
        c.field("since", &since)
        c.field("author", &author)
        c.field("count", &count)
        c.list("keys", &keys, count: Int(count), by: "count")
        c.message("place", &place)
        c.list("places", &places, count: Int(count), by: "count")
        c.bytes("text", &text, count: Int(count), by: "count")
    }
    struct Place: Message {
        static var name: StaticString { "test.place" }
        var height: UInt16 = 0
        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) { c.field("height", &height) }
    }
}

/// A message whose summary has bytes in a form that Lua does not have.
private struct Strange: Message {
    static var name: StaticString { "test.strange" }
    static var summary: MessageSummary { [.value("author", as: Offer.form("a form that Lua does not have"))] }
    var author = Fixed<32>()
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) { c.field("author", &author) }
}

/// A JSON message whose summary reads members of a value.
private struct Notice: Message {
    static var name: StaticString { "test.notice" }
    static var form: Form { .json }
    static var summary: MessageSummary { [.name("author"), " ", .value("data.b.c"), .maybe(" ", .name("data.a"))] }
    var author: Text?
    var data: JSONValue?
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.member("author", &author)
        c.member("data", &data)
    }
}

/// A message that is described by its fields alone.
private struct Plain: Message {
    static var name: StaticString { "test.plain" }
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {}
}

@Suite struct LuaSummaryTests {
    @Test func eachPartIsACall() throws {
        var fields = LuaFields()
        let wanted: [LuaTree] = [
            .atom(#"say.value("side", as.code(names.side))"#), .quoted(" "),
            .atom(#"say.value("amount", as.amount("X", 3))"#),
            .atom(#"say.optional { " at ", say.clock("since", 1000000) }"#),
            .atom(#"say.unless("flags", { " now" })"#),
            .call(
                "say.first",
                [
                    .table([
                        .atom(#"{ say.each("keys", { "key ", say.value("") }) }"#),
                        .atom(#"{ say.count_set("places", "entry", "entries") }"#),
                    ])
                ]),
            .call(
                "say.joined",
                [
                    .quoted(" and "),
                    .table([
                        .atom(#"{ say.count("places", "place", "places") }"#),
                        .atom(#"{ say.inside("place", { say.number("height", 1) }) }"#),
                    ]),
                ]),
            .call(
                "say.equal",
                [
                    .quoted("side"), .quoted("sell"),
                    .atom(#"{ say.size("text"), say.when("text", { say.name("text"), say.last_word("text") }) }"#),
                    .atom("as.code(names.side)"),
                ]),
            .atom(#"say.between("text", "a", "b")"#),
            .atom(#"say.value("flags", as.bits { { 0, 1, "first" }, { 4, 4, "kind" } })"#),
            .atom(#"say.value("author", as.nano_key("nano_"))"#), .atom(#"say.number("count")"#),
            .atom(#"say.quantity("count", "copy", "copies")"#),
        ]
        let names = "amount author count flags height keys place places* side since text"
        let call = LuaTree.call("summary", [.quoted("test.offer"), .quoted(names), .table(wanted)])
        #expect(try LuaSummary(Offer.self, &fields).text == call.text(column: 0, depth: 0))
        #expect(fields.tables == [#"names.side = { [0] = "buy", [1] = "sell" }"#])
    }
    @Test func aFormThatLuaDoesNotHaveIsRefused() {
        var fields = LuaFields()
        #expect(throws: DissectorFailure.self) { try LuaSummary(Strange.self, &fields) }
    }
    @Test func membersOfJSONThatASummaryReadsAreFields() throws {
        var fields = LuaFields()
        let summary = try LuaSummary(Notice.self, &fields)
        let wanted = """
            summary("test.notice", "author data", {
                say.name("author"),
                " ",
                say.value("data.b.c"),
                say.optional { " ", say.name("data.a") },
            })
            """
        #expect(summary.text == wanted)
        #expect(summary.members == ["data": ["a", "b"]])
        fields.add(summary.members, of: "test.notice", MessageTables([Notice.self]))
        #expect(
            fields.declarations == [
                #"fields["test.notice.data.a"] = ProtoField.string("test.notice.data.a", "a")"#,
                #"fields["test.notice.data.b"] = ProtoField.string("test.notice.data.b", "b")"#,
            ])
    }
    @Test func aMessageWithoutASummaryHasNoCall() throws {
        var fields = LuaFields()
        #expect(try LuaSummary(Plain.self, &fields).text == nil)
    }
}

@Suite struct LuaTreeTests {
    private let word = LuaTree.quoted(String(repeating: "a", count: 70))

    @Test func shortTextIsOneLine() {
        let tree = LuaTree.call("f", [.quoted("a"), .table([.atom("1"), .table([])])])
        #expect(tree.text(column: 0, depth: 0) == #"f("a", { 1, {} })"#)
        #expect(LuaTree.call("f", [.table([.atom("1")])]).text(column: 0, depth: 0) == "f { 1 }")
    }
    @Test func partsOfLongTextHaveALineEach() {
        let long = word.text(column: 0, depth: 0)
        #expect(
            LuaTree.table([word, word]).text(column: 0, depth: 4) == "{\n        \(long),\n        \(long),\n    }")
        #expect(LuaTree.call("f", [word, word]).text(column: 0, depth: 0) == "f(\n    \(long),\n    \(long)\n)")
    }
    @Test func aLongTableAtTheEndBeginsInTheLineOfTheCall() {
        let long = word.text(column: 0, depth: 0)
        let table = LuaTree.table([word, word])
        #expect(
            LuaTree.call("f", [.quoted("a"), table]).text(column: 0, depth: 0)
                == "f(\"a\", {\n    \(long),\n    \(long),\n})")
        #expect(LuaTree.table([table]).text(column: 0, depth: 0) == "{ {\n    \(long),\n    \(long),\n} }")
    }
}
