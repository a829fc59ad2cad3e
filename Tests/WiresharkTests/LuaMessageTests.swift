import Testing
import Wire

@testable import Wireshark

/// A message with lists that end before a mark, and a list with a count.
private struct Listing: Message {
    static var name: StaticString { "test.listing" }
    var keys: [Fixed<2>] = []
    var keysEnd = Fixed<2>()
    var count: UInt8 = 0
    var pairs: [Pair] = []
    var title = Text()

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.sequence("keys", &keys, before: Fixed<2>(), atMost: 3)
        c.constant("keys_end", &keysEnd, Fixed<2>())
        c.field("count", &count)
        c.list("pairs", &pairs, count: Int(count), by: "count")
        c.bytes("title", &title, count: 4, by: "")
    }
    struct Pair: Message {
        static var name: StaticString { "test.pair" }
        var left: UInt8 = 0
        var right: UInt16 = 0
        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.field("left", &left)
            c.field("right", &right)
        }
    }
}

@Suite struct LuaMessageTests {
    private let lines = LuaMessage(Listing.program()).lines

    @Test func aListBeforeAMarkIsCountedAndLimited() throws {
        let start = try #require(lines.firstIndex(of: "    do"))
        #expect(
            lines[start...].prefix(5) == [
                "    do", #"        local repeated = c:count_before("keys", 2, "0000")"#,
                #"        c:values("keys", 2, repeated)"#, #"        c:require("keys", repeated <= 3)"#, "    end",
            ])
    }
    @Test func groupsOfAListAreElements() {
        #expect(lines.contains { $0.contains(#"c:element("pairs""#) })
        #expect(!lines.contains { $0.contains(#"c:open("pairs""#) })
    }
    @Test func textIsKeptAsText() { #expect(lines.contains(#"    c:string("title", 4)"#)) }
}
