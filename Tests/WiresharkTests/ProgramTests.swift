import Testing
import Wire

@testable import Wireshark

/// A message whose layout depends on the values that were read, in all ways that descriptions support.
private struct Branching: Message {
    static var name: StaticString { "test.branching" }
    var version: UInt8 = 3
    var flags = Derived<UInt16>()
    var old: UInt8 = 0
    var extra: Key32?
    var items: [UInt8] = []
    var first = Fixed<2>()
    var second = Fixed<2>()
    var tail = Bytes()
    var tailed: Tail?

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("version", &version)
        c.require("version", version >= 2, UInt64(version))
        c.derived("flags", &flags, .little, computed: 0)
        if version < 0x13, flags.value >> 8 & 15 == 6 { c.field("old", &old) }
        c.optional("extra", &extra, present: flags.value & 4 != 0)
        let n = Int(flags.value)
        c.list("items", &items, count: n & 1 == 0 ? n >> 12 : (n >> 12) << 4 | n >> 4 & 15, by: "flags")
        c.field("first", &first)
        c.field("second", &second)
        c.require("second", first != Fixed() || second != Fixed(), 0)
        c.optional("tailed", &tailed, present: c.peek(UInt8.self) == 7)
        c.rest("tail", &tail)
    }
    struct Tail: Message {
        static var name: StaticString { "test.tail" }
        var kind: UInt8 = 7
        var width: UInt16 = 0
        var height: UInt16 = 0
        var content = Bytes()
        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.constant("kind", &kind, 7)
            c.field("width", &width)
            c.field("height", &height)
            c.bytes("content", &content, count: Int(width) * Int(height), by: "height")
        }
    }
}

/// Conditions on numbers of 64 bits.
private struct Wide: Message {
    static var name: StaticString { "test.wide" }
    var header: UInt64 = 0
    var limited: UInt64 = 0
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("header", &header, .varint)
        c.require("header", header & 7 != 7, header)
        c.field("limited", &limited)
        c.require("limited", limited <= 9, limited)
    }
}

/// A length that is too small for its contents is refused.
private struct Sealed: Message {
    static var name: StaticString { "test.sealed" }
    var length: UInt16 = 0
    var key = Fixed<16>()
    var content = Bytes()
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("length", &length)
        c.require("length", length >= 16, UInt64(length))
        c.field("key", &key)
        c.bytes("content", &content, count: max(0, Int(length) - 16), by: "length")
    }
}

/// A message with a length that must be in its shortest form. No message with the default length exists.
private struct Prefixed: Message {
    static var name: StaticString { "test.prefixed" }
    var length = Derived<UInt32>()
    var content = Bytes()
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        let before = c.remaining
        c.derived("length", &length, .varint, computed: UInt32(clamping: content.count + 1))
        let count = before - c.remaining
        let shortest = max(1, (38 - length.value.leadingZeroBitCount) / 7)
        c.require("length", before == 0 || count == shortest, UInt64(length.value))
        c.require("length", length.value > 0, 0)
        c.bytes("content", &content, count: max(0, length.count - 1), by: "length")
    }
}

@Suite struct ProgramTests {
    private let program = Branching.program()
    private func step(_ key: String) -> ProgramStep? {
        func find(_ steps: [ProgramStep]) -> ProgramStep? {
            for step in steps {
                if step.key == key { return step }
                if let found = find(step.steps) { return found }
            }
            return nil
        }
        return find(program.steps)
    }
    @Test func stepsAreInOrder() {
        let names = program.steps.filter { $0.operation != .require }.map(\.name)
        #expect(names == ["version", "flags", "old", "extra", "items", "first", "second", "tailed", "tail"])
        #expect(program.steps.allSatisfy { $0.untold.isEmpty })
    }
    @Test func limitOfANumber() {
        #expect(step("version?")?.attributes[.good] == .isIn(.control("version"), [2...Int.max]))
    }
    @Test func aBitTellsAField() {
        #expect(step("extra")?.attributes[.present] == .isIn(.bits("flags", low: 2, width: 1), [1...Int.max]))
    }
    @Test func twoFieldsTellAnother() {
        let wanted: [ProgramExpression] = [
            .isIn(.control("version"), [0...18]), .isIn(.bits("flags", low: 8, width: 4), [6...6]),
        ]
        #expect(step("old")?.attributes[.there] == .all(wanted))
    }
    @Test func bitsTellACount() {
        let short = ProgramExpression.bits("flags", low: 12, width: 4)
        let long = ProgramExpression.sum([
            .bits("flags", low: 4, width: 4), .product(.bits("flags", low: 12, width: 4), .constant(16)),
        ])
        let bit = ProgramExpression.bits("flags", low: 0, width: 1)
        guard case .choice(let of, let cases, let otherwise)? = step("items")?.attributes[.count] else {
            return #expect(Bool(false))
        }
        #expect(of == bit)
        #expect(cases.map(\.value) + [otherwise] == [short, long])
    }
    @Test func oneOfTwoIsNotZero() {
        guard case .any(let parts)? = step("second?")?.attributes[.good] else { return #expect(Bool(false)) }
        #expect(parts.flatMap(\.controls) == ["first", "second"])
        #expect(program.controls["first"]?.source == .isNonzero)
    }
    @Test func whatStandsAhead() {
        #expect(step("tailed")?.attributes[.present] == .isIn(.control("peek 1 0 second"), [7...7]))
        #expect(program.controls["peek 1 0 second"]?.source == .peek(byteCount: 1, ahead: 0))
        #expect(step("tailed.kind")?.expected == .uint(7))
    }
    @Test func productsAndWhatIsLeft() {
        let product = ProgramExpression.product(.control("tailed.width"), .control("tailed.height"))
        #expect(step("tailed.content")?.attributes[.count] == product)
        #expect(step("tail")?.attributes[.count] == .control("remaining tailed"))
    }
    @Test func numbersOf64Bits() {
        let steps = Wide.program().steps
        func good(_ key: String) -> ProgramExpression? { steps.first { $0.key == key }?.attributes[.good] }
        #expect(good("header?") == .isIn(.bits("header", low: 0, width: 3), [0...6]))
        #expect(good("limited?") == .isIn(.control("limited"), [0...9]))
    }
    @Test func whatIsRefusedHasNoCount() {
        let content = Sealed.program().steps.last
        #expect(content?.attributes[.count] == .sum([.control("length"), .constant(-16)]))
    }
    @Test func varintsAreInTheirShortestForm() {
        let steps = Prefixed.program().steps
        #expect(steps.map(\.key) == ["length", "length?", "length?'", "content"])
        #expect(steps[1].attributes.isEmpty && steps.allSatisfy(\.untold.isEmpty))
        #expect(steps[3].attributes[.count] == .sum([.control("length"), .constant(-1)]))
    }
}
