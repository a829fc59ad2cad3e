import Testing
import Wire

@testable import Wire

/// Messages with arbitrary bytes, and messages with further rules.
struct PlainSizeTests {
    struct Point: Message {
        static var name: StaticString { "test.point" }
        var x: UInt32 = 7
        var high: UInt8 = 0
        var low: UInt8 = 0
        var key = Fixed<3>()
        init() {}
        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.field("x", &x)
            c.bits("high", &high, and: "low", width: 3, &low)
            c.field("key", &key)
        }
    }
    struct Line: Message {
        static var name: StaticString { "test.line" }
        var a = Point()
        var b = Point()
        init() {}
        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.message("a", &a)
            c.message("b", &b)
        }
    }
    struct Checked: Message {
        static var name: StaticString { "test.checked" }
        var x: UInt8 = 0
        init() {}
        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.field("x", &x)
            c.require("x", x != 9, UInt64(x))
        }
    }
    /// A count, the points, then lines up to eight zeros.
    struct Drawing: Message {
        static var name: StaticString { "test.drawing" }
        var count: UInt8 = 0
        var points: [Point] = []
        var checked: [Checked] = []
        var lines: [Line] = []
        var end = Fixed<8>()
        init() {}
        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.field("count", &count)
            c.list("points", &points, count: Int(count))
            c.list("checked", &checked, count: 2)
            c.sequence("lines", &lines, before: Fixed<8>(), atMost: 2)
            c.constant("end", &end, Fixed<8>())
        }
    }

    /// A number and its double, so that an element may contradict itself.
    struct Doubled: Message {
        static var name: StaticString { "test.doubled" }
        var x: UInt8 = 0
        var twice = Derived<UInt8>()
        init() {}
        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.field("x", &x)
            c.derived("twice", &twice, x &* 2)
        }
    }
    struct Doubles: Message {
        static var name: StaticString { "test.doubles" }
        var all: [Doubled] = []
        var end: UInt8 = 0
        init() {}
        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.sequence("all", &all, before: 0 as UInt8, atMost: 3)
            c.constant("end", &end, 0)
        }
    }

    /// The inspection also checks elements that it does not keep.
    @Test func glancesSeeContradictions() {
        func look(_ bytes: [UInt8]) -> Inspection { Doubles.inspect(bytes.span.bytes) }
        #expect(look([1, 2, 9, 18, 0]) == .plain)
        for wrong in [[1, 3, 9, 18, 0], [1, 2, 9, 17, 0]] as [[UInt8]] {
            #expect(look(wrong) == .remarkable)
            #expect(Doubles.dissect(wrong).notes.count == 1)
        }
        #expect(look([1, 2, 1, 2, 1, 2, 0]) == .plain)
        #expect(look([1, 2, 1, 2, 1, 2, 1, 2, 0]) == .refused, "more than three")
        #expect(Doubles.check([1, 2, 1, 2, 1, 2, 1, 2, 0] as [UInt8])?.path == "all")
        #expect(look([1, 2, 9]) == .refused && look([1, 2]) == .refused)
    }
    @Test func sizes() {
        #expect(Point.plainCount == 8 && Line.plainCount == 16)
        #expect(Checked.plainCount == 0 && Drawing.plainCount == 0)
        struct Varint: Message {
            static var name: StaticString { "test.varint" }
            var x: UInt32 = 0
            init() {}
            mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) { c.field("x", &x, .varint) }
        }
        #expect(Varint.plainCount == 0)
    }
    /// The inspection counts elements that it does not read, and detects all errors around them.
    @Test func looksSayWhatReadingSays() throws {
        for count in 0..<4 {
            for lines in 0..<5 {
                let bytes =
                    [UInt8(count)] + (0..<8 * count).map { UInt8($0 + 1) } + [1, 2]
                    + (0..<16 * lines).map { UInt8($0 + 1) } + [UInt8](repeating: 0, count: 8)
                for cut in 0...bytes.count {
                    for change in [nil, 1, 8 * count + 1, 8 * count + 2] as [Int?] {
                        var part = Array(bytes[..<cut])
                        if let change, change < cut { part[change] = 9 }
                        let span = part.span.bytes
                        #expect((Drawing.inspect(span) == .refused) == (Drawing.check(span) != nil), "\(part)")
                    }
                }
                #expect((Drawing.inspect(bytes.span.bytes) == .plain) == (lines < 3))
                let longer = bytes + [0]
                #expect(Drawing.inspect(longer.span.bytes) == .refused)
            }
        }
        // Other elements are read as usual.
        let read = try Drawing(
            copying: ([1] + [1, 2, 3, 4, 5, 6, 7, 8, 0, 0] + [UInt8](repeating: 0, count: 8)).span.bytes)
        #expect(read.points.count == 1 && read.points[0].x == 0x0102_0304 && read.points[0].key.array == [6, 7, 8])
    }
    @Test func equalityAndZeros() {
        for count in 0..<11 {
            var a = Fixed<11>()
            #expect(a == Fixed<11>())
            a.bytes[count] = 1
            #expect(a != Fixed<11>() && a == a)
        }
    }
}
