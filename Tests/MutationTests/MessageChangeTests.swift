import Node
import Testing
import Wire

@testable import Mutation

/// Bytes with a length in one of two forms, both of them parts of bits.
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
        c.bits("length", &length, 1..<8, of: 8, count < 127 ? UInt8(count) : 127)
        var said = length.count
        if length.value == 127 {
            c.derived("length16", &length16, UInt16(truncatingIfNeeded: count))
            said = length16.count
        }
        c.bytes("data", &data, count: said, by: "length")
    }
}

@Suite struct MessageChangeTests {
    private func changed(_ name: String, _ count: Int) throws -> [UInt8]? {
        var definition = Definition.toy
        definition.messages.append(Long.self)
        let mutant = try #require(WireMutant.named(name, of: definition))
        var change = MessageChange(mutant, definition)
        return change.applied(to: Long(count).encoded(), of: Long.self)
    }
    /// A length that only some messages have is altered where it is, and the rest is as it was.
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
