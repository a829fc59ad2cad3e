import Node
import Testing
import Wire

@testable import Scenario

/// A message with any JSON value in one line.
private struct Note: Message {
    static var name: StaticString { "toy.note" }
    static var form: Form { .json }
    var type: Text?
    var data: JSONValue?
    var unknown = Unknown()
    init() {}
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("type", &type, "note")
        c.member("data", &data)
        c.unknown(&unknown)
    }
}

/// A byte string whose length has two encodings.
private struct Long: Message {
    static var name: StaticString { "toy.long" }
    var kind: UInt8 = 9
    var length = Derived<UInt8>()
    var length16 = Derived<UInt16>()
    var data = Bytes()
    static var variants: [Self] {
        [nil, 255].map { (form: UInt8?) in
            var message = Self()
            message.length.stored = form
            return message
        }
    }
    init() {}
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("kind", &kind, 9)
        c.derived("length", &length, UInt8(clamping: data.count))
        if length.value == 255 { c.derived("length16", &length16, UInt16(truncatingIfNeeded: data.count)) }
        c.bytes("data", &data, count: length.value == 255 ? length16.count : length.count, by: "length")
    }
}

/// The value or the position of these fields depends on more than their own text.
struct FieldValueTests {
    var definition: Definition {
        var toy = Definition.toy()
        toy.messages += [Note.self, Long.self]
        return toy
    }
    func fields(_ step: String, _ message: String, _ text: String) -> String {
        "  - \(step): {via: c, msg: \(message), fields: {\(text)}\(step == "expect" ? ", within: 1s" : "")}"
    }
    /// A scalar without quotes in a JSON value becomes what JSON makes of it. A scalar in quotes is text.
    @Test(arguments: [
        ("5", "5"), ("\"5\"", "\"5\""), ("'5'", "\"5\""), ("-5", "-5"), ("1.50", "1.50"), ("1e3", "1e3"),
        ("18446744073709551615", "18446744073709551615"), ("18446744073709551616", "18446744073709551616"),
        ("true", "true"), ("\"true\"", "\"true\""), ("false", "false"), ("null", "null"), ("'null'", "\"null\""),
        ("007", "\"007\""), ("0x10", "\"0x10\""), ("5s", "\"5s\""), ("yes", "\"yes\""), ("word", "\"word\""),
        ("''", "\"\""),
        ("$(5)", "5"), ("$('5')", "\"5\""), ("'a$(5)'", "\"a5\""),
        ("{a: 1, b: [2, \"3\", null], c: {d: true}}", #"{"a":1,"b":[2,"3",null],"c":{"d":true}}"#),
    ]) func json(written: String, made: String) throws {
        let (scenario, diagnostics) = loadToy(fields("send", "toy.note", "data: \(written)"), definition)
        let steps = try #require(scenario, "\(diagnostics.map(\.line))").steps
        guard let send = steps[1].verb as? SendVerb, case .message(_, let template, _, _) = send.parts[0] else {
            return #expect(Bool(false))
        }
        let (bytes, errors) = SentMessage.encode(Note.self, try template.value(Scope()), defaults: .map([]))
        #expect(errors == [])
        #expect(String(decoding: bytes, as: UTF8.self) == #"{"type":"note","data":\#(made)}"#)
        // Expected values follow the same rule.
        for other in ["5", "\"5\"", "true", "\"true\"", "null", "\"null\"", made] {
            let note = Array(#"{"type":"note","data":\#(other)}"#.utf8)
            #expect(try matches(written, note) == (other == made), "\(other)")
        }
    }
    private func matches(_ written: String, _ bytes: [UInt8]) throws -> Bool {
        let (scenario, diagnostics) = loadToy(fields("expect", "toy.note", "data: \(written)"), definition)
        let steps = try #require(scenario, "\(diagnostics.map(\.line))").steps
        guard let e = (steps[1].verb as? ExpectVerb)?.expectation else { return false }
        let bound = try ResolvedExpectation(e, Scope(), 1)
        let record = Link.Record(at: .zero, type: Note.self, bytes: bytes, trace: 0)
        if case .match = try bound.judge(record, Scope()) { return true }
        return false
    }
    /// A step may set a field that only some forms of a message have if the message has such a form.
    @Test(arguments: [
        ("length16: 3", "`length16` of toy.long exists only if `length` is 255"),
        ("length: 4, length16: 3", "`length16` of toy.long exists only if `length` is 255"),
        ("length: 255, length16: 3", ""), ("length: 0xff, length16: $(3)", ""), ("length: $(answer), length16: 3", ""),
        ("length: 3", ""), ("data: 0x00", ""),
    ]) func fieldsOfOneForm(given: String, told: String) {
        for step in ["send", "build"] {
            let text = fields("send", "toy.long", given).replacing(
                step == "build" ? "send: {via: c" : "\u{0}", with: "build: {as: b")
            let lines = loadToy(text, definition).diagnostics.filter { $0.code == .badValue }.map(\.line)
            #expect(lines.count == (told.isEmpty ? 0 : 1) && lines.allSatisfy { $0.contains(told) }, "\(lines)")
        }
        let (_, expected) = loadToy(fields("expect", "toy.long", given), definition)
        #expect(!expected.contains { $0.line.contains("only if") }, "what is not there is not matched")
    }
}
