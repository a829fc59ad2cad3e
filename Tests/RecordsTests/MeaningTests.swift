import Node
import Testing
@testable import Text
import Wire

@testable import Capture
@testable import Records

/// The meaning of values in the list, the tree and the bytes.
struct MeaningTests {
    struct Sample: Message {
        static var name: StaticString { "sample.meant" }
        static var meanings: [String: FieldMeaning] {
            let key = FieldForm(
                "a key", isLong: true, text: { "key_" + $0.hex.uppercased() },
                bytes: { [UInt8](hex: $0.dropFirst(4).lowercased()) })
            return [
                "amount": .amount(unit: "NANO", decimals: 30), "at": .time(step: 1_000_000),
                "never": .time(step: 1 << 40),
                "key": .form(key), "work": .related(Self.sum),
            ]
        }
        /// The relation depends on a known field and on a field that the message lacks.
        static let sum = FieldRelation("sum", digits: 16, with: ["nowhere", "at"]) { work, values in
            guard case .uint(let at)? = values.first, values.count == 1 else { return nil }
            return work + at
        }
        var amount = Fixed<16>()
        var at: UInt64 = 1_767_323_045_060
        var never: UInt64 = .max
        var key = Fixed<12>(repeating: 0xab)
        var work: UInt64 = 0xabc
        var hosts = [Host(), Host()]
        init() {}
        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.field("amount", &amount)
            c.field("at", &at)
            c.field("never", &never)
            c.field("key", &key)
            c.field("work", &work)
            c.list("hosts", &hosts, count: 2)
        }
    }
    struct Host: Message {
        static var name: StaticString { "sample.host" }
        static var meanings: [String: FieldMeaning] {
            ["address": .address, "bits": .bits([BitName(1, "one"), BitName(4, "three")])]
        }
        var address = Fixed<16>(Endpoint(v4: 0x0a00_0002, port: 0).address) ?? Fixed()
        var bits: UInt8 = 5
        init() {}
        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.field("address", &address)
            c.field("bits", &bits)
        }
    }
    let records = RecordRenderingTests()
    func sample(_ amount: UInt128) -> [UInt8] {
        var m = Sample()
        m.amount = Fixed((0..<16).map { UInt8(truncatingIfNeeded: amount >> (120 - 8 * UInt128($0))) }) ?? Fixed()
        return m.encoded()
    }
    func render(_ renderer: some RecordRenderer, _ amount: UInt128) -> String {
        let bytes = sample(amount)
        return records.render(renderer, bytes, records.record(bytes, Sample.self))
    }

    @Test func tree() {
        let text = render(TreeRenderer(colour: false), 1_500_000_000_000_000_000_000_000_000_000)
        for line in [
            "amount: 1.5 NANO (1500000000000000000000000000000 raw)", "at: 1767323045060 (2026-01-02T03:04:05.060000Z)",
            "never: 18446744073709551615\n", "key: key_ABABABABABABABABABABABAB (abababababababababababab)",
            "work: 0x0000000000000abc (sum 0x0000019b7ca99780)", "address: 10.0.0.2\n", "bits: 0x0005 (one, three)",
        ] { #expect(text.contains(line), "\(line)") }
    }
    @Test func hexAndComments() {
        #expect(render(HexRenderer(colour: false), 0).contains("hosts[0].address: 10.0.0.2"))
    }
    @Test(
        arguments: [
            (0, "=0NANO"), (1_500_000_000_000_000_000_000_000_000_000, "=1.5NANO"), (1000, "=1000raw"),
            (1_234_567_890_000_000_000_000_000_000_000, "=1.234567..NANO"),
        ] as [(UInt128, String)])
    func line(_ amount: UInt128, _ wanted: String) {
        let text = render(LineRenderer([], colour: false), amount)
        #expect(text.contains("sample.meant amount\(wanted) at=2026-01-02T03:04:05.060000Z"), "\(text)")
        #expect(text.contains(" key=..ABABABAB "), "\(text)")
    }
    @Test func bits() {
        let meaning = FieldMeaning.bits([BitName(1, "one"), BitName(4, "three"), BitName(0xf0, "count")])
        #expect(meaning.short(5) == "one|three")
        #expect(meaning.short(0x24) == "three|count=2")
        #expect(meaning.short(0) == "0")
        #expect(meaning.short(0x101) == "0x0101 (one, 0x0100 unknown)")
    }
    /// JSON and columns have the values unchanged.
    @Test func otherOutput() {
        let text = render(JSONRenderer(), 1000)
        #expect(text.contains(#""amount":"000000000000000000000000000003e8","at":1767323045060"#))
        #expect(text.contains(#""key":"abababababababababababab","work":2748"#))
    }
}
