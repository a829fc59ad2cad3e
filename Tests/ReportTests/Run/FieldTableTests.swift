import Nano
import Node
import TestReports
import Testing
import Wire

@testable import Report
@testable import Scenario
@testable import Text

struct FieldTableTests {
    let style = Style(hasColour: false)
    func table(_ bytes: [UInt8], _ path: String, _ wanted: String = "w", _ more: [Mismatch] = []) -> [String] {
        var p = Problem("", .top)
        p.path = path
        p.wanted = wanted
        p.had = "h"
        p.mismatches = more
        return FieldTable(Made.keepaliveType, Made.keepaliveType.dissect(bytes), in: bytes, for: p).lines(style)
    }
    let header = [
        "       network         dev", "       version_max     21", "       version_using   21",
        "       version_min     20",
        "       type            keepalive", "       extensions      0",
    ]
    /// Slots of zeros form one line, regardless of the position of the important slot.
    @Test func zerosAreFolded() {
        let bytes = Made.keepalive
        #expect(
            table(bytes, "extensions", "7").suffix(2) == [
                "     ! extensions     0x0000  expected: 7", "       peers[0..7]    zero",
            ])
        var lines = table(bytes, "peers[0].port", "not 0")
        #expect(lines.prefix(6).map { $0.split(separator: " ")[0] }.count == 6)
        #expect(
            lines.suffix(3) == [
                "       peers[0].address  ::",
                "     ! peers[0].port     0  expected: not 0",
                "       peers[1..7]       zero",
            ])
        lines = table(bytes, "peers[3].port", "not 0")
        #expect(
            lines.suffix(4) == [
                "       peers[0..2]       zero", "       peers[3].address  ::",
                "     ! peers[3].port     0  expected: not 0", "       peers[4..7]       zero",
            ])
        lines = table(bytes, "peers[7].port", "not 0")
        #expect(lines.last == "     ! peers[7].port     0  expected: not 0")
        // A single slot is in the singular.
        #expect(table(bytes, "peers[1].port", "not 0").contains("       peers[0]          zero"))
    }
    /// The table shows the first of several equal elements and refers to it for the rest. It shows different elements.
    @Test func elementsThatAreAlike() {
        var bytes = Made.keepalive
        for slot in 0..<8 {
            bytes[8 + 18 * slot + 15] = slot < 5 ? 9 : UInt8(slot)
            bytes[8 + 18 * slot + 16] = 1
        }
        let lines = table(bytes, "extensions", "7").dropFirst(6).map { $0.split(separator: " ", maxSplits: 1)[0] }
        #expect(
            lines == [
                "peers[0].address", "peers[0].port", "peers[1..4]", "peers[5].address", "peers[5].port",
                "peers[6].address",
                "peers[6].port", "peers[7].address", "peers[7].port",
            ])
        #expect(table(bytes, "extensions", "7").contains("       peers[1..4]       like peers[0]"))
    }
    /// A list that differs as a whole, and missing fields.
    @Test func wholeListsAndAbsentFields() throws {
        let lines = table(
            Made.keepalive, "peers", "9 elements",
            [
                Mismatch(path: "peers", wanted: "9 elements", had: .text("8 elements")),
                Mismatch(path: "response.salt", wanted: "present", had: nil),
            ])
        try #require(lines.count == 9)
        #expect(lines[6] == "     ! peers          \"8 elements\"  expected: 9 elements")
        #expect(lines[7] == "       peers[0..7]    zero")
        #expect(lines[8] == "     ! response.salt  absent        expected: present")
        #expect(table(Made.keepalive, "").allSatisfy { !$0.contains("!") })
    }
    /// Wide rows break before the expected value, which is below the actual value.
    @Test func wideRows() throws {
        let long = String(repeating: "expectation ", count: 6)
        var p = Problem("", .top)
        (p.path, p.wanted, p.had) = ("key", long, "h")
        let bytes = Sample().encoded()
        var lines = FieldTable(Sample.self, Sample.self.dissect(bytes), in: bytes, for: p).lines(style)
        let i = try #require(lines.firstIndex { $0.contains("!") })
        #expect(lines[i].hasSuffix("! key         0xabababababababababababab"), "\(lines)")
        lines.removeFirst(i + 1)
        #expect(lines[0].drop { $0 == " " } == "expected: \(long)")
    }
    /// The table shows the different fields of very many, at any position, and counts the others.
    @Test func manyFields() throws {
        var m = Sample()
        m.numbers = [1, 2]
        var p = Problem("", .top)
        p.path = "numbers[1]"
        p.wanted = "3"
        let bytes = m.encoded()
        let few = FieldTable(Sample.self, Sample.self.dissect(bytes), in: bytes, for: p).lines(style)
        #expect(few.last == "     ! numbers[1]  2  expected: 3")

        let type = Wide.self
        let wide = Wide().encoded()
        p.path = "numbers[150]"
        let lines = FieldTable(type, type.dissect(wide), in: wide, for: p).lines(style)
        try #require(lines.count == 42)
        #expect(lines[38] == "       numbers[38]   38")
        #expect(lines[39] == "       … 111 more fields")
        #expect(lines[40] == "     ! numbers[150]  150  expected: 3")
        #expect(lines[41] == "       … 49 more fields")
    }
    /// A message with two hundred different numbers.
    struct Wide: Message {
        static var name: StaticString { "test.wide" }
        var numbers = (0..<200).map { UInt16($0) }
        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.list("numbers", &numbers, count: 200, by: "")
        }
    }
    /// The table shows the complete part of a truncated message.
    @Test func truncated() {
        let bytes = Array(Made.keepalive.prefix(30))
        let lines = table(bytes, "extensions", "7")
        #expect(lines.count >= 6 && lines.contains { $0.contains("! extensions") })
        #expect(table([], "extensions", "7") == ["     ! extensions  absent  expected: 7"])
    }
    /// A time also appears as a date.
    @Test func times() {
        var message = Made.Timed()
        message.at = 1_767_323_045_060
        let bytes = message.encoded()
        var p = Problem("", .top)
        (p.path, p.wanted, p.had) = ("at", "0", "1767323045060")
        #expect(
            FieldTable(Made.Timed.self, Made.Timed.dissect(bytes), in: bytes, for: p).lines(style) == [
                "     ! at  1767323045060 (2026-01-02T03:04:05.060000Z)  expected: 0"
            ])
    }
}

extension Made {
    struct Timed: Message {
        static var name: StaticString { "made.timed" }
        static var meanings: [String: FieldMeaning] { ["at": .time(step: 1_000_000)] }
        var at: UInt64 = 0
        init() {}
        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) { c.field("at", &at) }
    }
}
