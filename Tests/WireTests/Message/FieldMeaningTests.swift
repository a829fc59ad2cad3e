import Testing
import Wire

/// The text form of values.
struct FieldMeaningTests {
    static let nano = FieldMeaning.amount(unit: "NANO", decimals: 30)

    @Test(
        arguments: [
            (0, "0"), (1, "0.000000000000000000000000000001"), (1_500_000_000_000_000_000_000_000_000_000, "1.5"),
            (1_000_000_000_000_000_000_000_000_000_000, "1"),
            (UInt128.max, "340282366.920938463463374607431768211455"),
        ] as [(UInt128, String)])
    func decimals(_ n: UInt128, _ text: String) {
        #expect(FieldMeaning.decimal(n, 30) == text)
        #expect(FieldMeaning.steps(text, 30) == n)
        let bytes = (0..<16).map { UInt8(truncatingIfNeeded: n >> (120 - 8 * UInt128($0))) }
        #expect(FieldMeaning.number(bytes) == n)
        #expect(Self.nano.text(of: .bytes(bytes)) == "\(text) NANO (\(n) raw)")
    }
    @Test(arguments: ["", ".", "1.", ".5", "-1", "1e3", "340282367", "1.0000000000000000000000000000001", "1.2.3"])
    func noDecimals(_ text: String) { #expect(FieldMeaning.steps(text, 30) == nil) }

    @Test func text() {
        #expect(FieldMeaning.bits([BitName(4, "v2")]).text(of: 5) == "0x0005 (v2, 0x0001 unknown)")
        #expect(FieldMeaning.hexadecimal(digits: 16).text(of: 0xabc) == "0x0000000000000abc")
        #expect(Self.nano.text(of: .bytes([UInt8](repeating: 1, count: 17))) == nil)
        #expect(Self.nano.text(of: 5) == nil)
        #expect(FieldMeaning.time(step: 1).text(of: 5) == nil)
        let form = FieldForm(
            "letters", isLong: false, text: { String(decoding: $0, as: UTF8.self) }, bytes: { Array($0.utf8) })
        #expect(FieldMeaning.form(form).text(of: .bytes([0x61])) == "a")
    }
    /// A nested message has its own meanings. The path leads to them.
    @Test func paths() {
        #expect(Outer.text(of: 3, at: "inner.flags") == "0x0003 (one, 0x0002 unknown)")
        #expect(Outer.text(of: [3, 1], at: "inner.flags") == "[0x0003 (one, 0x0002 unknown), 0x0001 (one)]")
        #expect(Outer.text(of: 3, at: "flags") == "3")
        #expect(Outer.field("inner.flags")?.meaning == .bits([BitName(1, "one")]))
        let m = Outer.withMeanings(Mismatch(path: "inner.flags", wanted: "1", had: 0))
        #expect(m.description == "inner.flags: wanted 0x0001 (one), had 0x0000")
    }
    struct Outer: Message {
        static var name: StaticString { "test.outer" }
        var flags: UInt16 = 0
        var inner = Inner()
        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.field("flags", &flags)
            c.message("inner", &inner)
        }
    }
    struct Inner: Message {
        static var name: StaticString { "test.inner" }
        static var meanings: [String: FieldMeaning] { ["flags": .bits([BitName(1, "one")])] }
        var flags: UInt16 = 0
        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) { c.field("flags", &flags) }
    }
}
