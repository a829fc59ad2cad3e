import Testing
import Wire

@testable import meshspec

/// Values that count as equal to the fields of a vector.
struct FieldDifferenceTests {
    func told(_ wanted: Value, _ had: Value, known: Value? = nil) -> [String] {
        FieldDifference.all(wanted, had, known: known).map(\.text)
    }
    /// These pairs are equal without knowledge of the message.
    @Test(
        arguments: [
            (7, 7), (7, "7"), (-3, "-3"), ("0x0a", "0x0A"), ("0x0a", "0A"), ("0x", ""), ("word", "word"),
            ("9007199254740993", .uint(9_007_199_254_740_993)), (.decimal("1.0"), 1),
            (.decimal("1.50"), .decimal("1.5")),
            (.null, .null), (["a": 1], ["a": 1, "b": .null]), (["a": 1, "b": "x"], ["b": "x", "a": "1"]), ([], []),
            (true, true),
        ] as [(Value, Value)])
    func equal(_ wanted: Value, _ had: Value) { #expect(told(wanted, had) == []) }

    @Test(
        arguments: [
            (7, 8, "the result is 8, expected 7"), (7, "07", "the result is \"07\", expected 7"),
            (7, .decimal("7.5"), "the result is 7.5, expected 7"), (7, true, "the result is true, expected 7"),
            ("0x0a", "0x0b", "the result is \"0x0b\", expected \"0x0a\""), ("a", "b", "the result is b, expected a"),
            (true, 1, "the result is 1, expected true"), (.decimal("1.0"), 2, "the result is 2, expected 1.0"),
            (["a": 1], [:], "`a` is absent, expected 1"), (["a": 1], .null, "the result is absent, expected {a: 1}"),
            ([:], ["a": 1], "`a` is 1, it is not a field of the message"),
            (["p": [["q": 1], ["q": 2]]], ["p": [["q": 1], ["q": 3]]], "`p[1].q` is 3, expected 2"),
            (["p": [1, 2]], ["p": [1]], "`p` is a list of 1, expected a list of 2"),
            (["a": ["b": 1]], ["a": 1], "`a` is 1, expected {b: 1}"),
        ] as [(Value, Value, String)])
    func different(_ wanted: Value, _ had: Value, _ text: String) { #expect(told(wanted, had) == [text]) }

    /// If the message is known, its types decide about text of digits and about text that begins with `0x`.
    @Test func typed() {
        let known: Value = ["amount": "7", "id": .bytes([0x0a]), "work": .uint(1 << 60), "extensions": 0]
        let wanted: Value = ["amount": "7", "id": "0x0a", "work": .text(String(1 << 60))]
        #expect(told(wanted, ["amount": "7", "id": "0A", "work": .uint(1 << 60)], known: known) == [])
        #expect(told(wanted, ["amount": "7", "id": "0x0a", "work": .text(String(1 << 60))], known: known) == [])
        #expect(
            told(wanted, ["amount": 7, "id": "0x0a", "work": .uint(1 << 60)], known: known)
                == ["`amount` is 7, expected \"7\""])
        // An answer may have fields that the vector leaves out if they are right.
        let more: Value = ["amount": "7", "id": "0x0a", "work": .uint(1 << 60), "extensions": 0]
        #expect(told(wanted, more, known: known) == [])
        let wrong: Value = ["amount": "7", "id": "0x0a", "work": .uint(1 << 60), "extensions": 1]
        #expect(told(wanted, wrong, known: known) == ["`extensions` is 1, expected 0"])
    }
    @Test func all() {
        #expect(told(["a": 1, "b": 2, "c": 3], ["a": 2, "b": 2, "d": 1]).count == 3)
        #expect(
            FieldDifference.all(["a": .text(String(repeating: "x", count: 999))], [:]).first?.wanted.count ?? 999 < 200)
    }
}
