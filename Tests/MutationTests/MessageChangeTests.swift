import Node
import Testing
import Wire

@testable import Mutation

/// Bytes with a length in two possible forms. Both forms are bit fields.
private struct Long: Message {
    static var name: StaticString { "toy.long" }
    var isFinal: UInt8 = 1
    var length = Derived<UInt8>()
    var length16 = Derived<UInt16>()
    var data = Bytes()
    static var variants: [Self] {
        [nil, 127].map { (form: UInt8?) in
            var message = Self()
            message.length.stored = form
            return message
        }
    }
    init() {}
    init(_ count: Int) { data = Bytes([UInt8](repeating: 7, count: count)) }
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        let count = data.count
        c.bits("final", &isFinal, 0..<1, of: 8)
        c.bits("length", &length, 1..<8, of: 8, computed: count < 127 ? UInt8(count) : 127)
        var said = length.count
        if length.value == 127 {
            c.derived("length16", &length16, UInt16(truncatingIfNeeded: count))
            said = length16.count
        }
        c.bytes("data", &data, count: said, by: "length")
    }
}

/// An object whose members may be any JSON.
private struct Loose: Message {
    static var name: StaticString { "toy.loose" }
    static var form: Form { .json }
    var first: JSONValue?
    var second: JSONValue?
    init() {}
    init(_ first: Value?, _ second: Value?) {
        (self.first, self.second) = (first.flatMap { JSONValue($0) }, second.flatMap { JSONValue($0) })
    }
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.member("first", &first)
        c.member("second", &second)
    }
}

@Suite struct MessageChangeTests {
    /// A JSON value becomes another value of its kind, or the adjacent value, or it is left out. Null is a value.
    @Test(
        arguments: [
            ("first:other", .text("a"), #"{"first":"ax","second":7}"#),
            ("first:other", .uint(1), #"{"first":2,"second":7}"#),
            ("first:other", .bool(true), #"{"first":false,"second":7}"#),
            ("first:other", .map([]), #"{"first":"x","second":7}"#),
            ("first:other", .null, #"{"first":"x","second":7}"#),
            ("first:removed", .text("a"), #"{"second":7}"#),
            ("second:removed", .null, #"{"first":null}"#),
            ("first:neighbour", .text("a"), #"{"first":7,"second":7}"#),
        ] as [(String, Value, String)]) func anyJSON(mutant: String, first: Value, json: String) throws
    {
        var definition = Definition.toy
        definition.messages.append(Loose.self)
        let mutant = try #require(WireMutant.named("says:toy.loose." + mutant, of: definition))
        var change = MessageChange(mutant, definition)
        let out = change.applied(to: Loose(first, .uint(7)).encoded(), of: Loose.self)
        #expect(out.map { String(decoding: $0, as: UTF8.self) } == json)
        #expect(change.applied(to: Loose(nil, nil).encoded(), of: Loose.self) == nil)
    }
    private func changed(_ name: String, _ count: Int) throws -> [UInt8]? {
        var definition = Definition.toy
        definition.messages.append(Long.self)
        let mutant = try #require(WireMutant.named(name, of: definition))
        var change = MessageChange(mutant, definition)
        return change.applied(to: Long(count).encoded(), of: Long.self)
    }
    /// A length that only some messages have is changed if it is present. The rest is unchanged.
    @Test(
        arguments: [
            ("more", [0xff, 0, 201]), ("less", [0xff, 0, 199]), ("lowest", [0xff, 0, 0]),
            ("highest", [0xff, 0xff, 0xff]),
            ("swapped", [0xff, 200, 0]),
        ] as [(String, [UInt8])]) func lengthOfAnotherForm(action: String, head: [UInt8]) throws
    {
        let out = try changed("says:toy.long.length16:\(action)", 200)
        #expect(out == head + [UInt8](repeating: 7, count: 200))
        #expect(try changed("says:toy.long.length16:\(action)", 3) == nil)
    }
    @Test func lengthInBits() throws {
        #expect(try changed("says:toy.long.length:more", 3) == [0x84, 7, 7, 7])
        #expect(try changed("says:toy.long.length:less", 200)?.first == 0xfe)
    }
}
