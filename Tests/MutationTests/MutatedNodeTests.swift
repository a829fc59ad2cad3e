import Node
import Testing
import Wire

@testable import Mutation

/// The effect of the wrapper on the messages and timers of a node, for each action.
@Suite struct MutatedNodeTests {
    /// Asks the node twice over the second of two connections. Returns its messages with their times and links.
    private func said(by name: String?, _ asks: [[UInt8]] = [Self.ask(0x0102), Self.ask(0x0103)]) throws -> [String] {
        let settings = try Definition.toy.settings()
        let mutant = try name.map { try #require(WireMutant.named($0, of: .toy)) }
        var node = MutatedNode(
            ToyNode(), mutant: mutant, definition: .toy, settings: settings, log: WireLog(), lateness: .seconds(2))
        var out: [String] = []
        func take(_ now: Instant, _ actions: inout [Action]) {
            for case .send(let link, let bytes) in actions {
                out.append("\(now.nanoseconds / 1_000_000_000) \(link.number) \(bytes.map { String($0, radix: 16) })")
            }
            actions = []
        }
        var actions: [Action] = []
        node.start(now: .zero, &actions)
        for link in [1, 2] as [UInt64] {
            node.opened(LinkID(link), peer: .loopback(1), by: .them, now: .zero, &actions)
        }
        for ask in asks { node.received(ask.span.bytes, on: LinkID(2), now: .zero, &actions) }
        take(.zero, &actions)
        while let at = node.deadline, at < .zero + .seconds(11) {
            node.wake(now: at, &actions)
            take(at, &actions)
        }
        return out
    }
    static func ask(_ number: UInt16) -> [UInt8] {
        var ask = Ask()
        (ask.number, ask.other) = (number, 0x0708)
        return ask.encoded()
    }
    private static func text(_ at: Int, _ link: Int, _ bytes: [UInt8]) -> String {
        "\(at) \(link) \(bytes.map { String($0, radix: 16) })"
    }
    private static func answer(_ low: UInt8, _ change: (inout [UInt8]) -> Void = { _ in }) -> [UInt8] {
        var bytes: [UInt8] = [2, 1, low, 7, 8, 0, 2, 1, 0, 0, 10, 2, 0, 0, 11]
        change(&bytes)
        return bytes
    }
    private static let ticks = [text(5, 1, [3, 0]), text(5, 2, [3, 0]), text(10, 1, [3, 0]), text(10, 2, [3, 0])]
    private static func answers(_ change: (inout [UInt8]) -> Void) -> [String] {
        [text(0, 2, answer(2, change)), text(0, 2, answer(3, change))] + ticks
    }

    /// Complete messages keep the kind from the lower layer, changed or not.
    @Test func kindsOfWholeMessages() throws {
        struct Listener: Node {
            final class Heard: @unchecked Sendable { var lines: [String] = [] }
            let heard: Heard
            var deadline: Instant? { nil }
            mutating func start(now: Instant, _ out: inout [Action]) {}
            mutating func opened(
                _ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]
            ) {}
            mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {
                heard.lines.append("bytes")
            }
            mutating func received(
                _ message: RawSpan, kind: UInt8, on link: LinkID, now: Instant, _ out: inout [Action]
            ) { heard.lines.append("\(kind) \(message.byteCount)") }
            mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) {}
            mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) {}
            mutating func wake(now: Instant, _ out: inout [Action]) {}
        }
        let settings = try Definition.toy.settings()
        for name in [nil, "hears:toy.ask:late"] {
            let heard = Listener.Heard()
            let mutant = try name.map { try #require(WireMutant.named($0, of: .toy)) }
            var node = MutatedNode(
                Listener(heard: heard), mutant: mutant, definition: .toy, settings: settings, log: WireLog(),
                lateness: .seconds(2))
            var out: [Action] = []
            node.opened(LinkID(1), peer: .loopback(1), by: .them, now: .zero, &out)
            let ask = Self.ask(1)
            node.received(ask.span.bytes, kind: 7, on: LinkID(1), now: .zero, &out)
            node.wake(now: .zero + .seconds(2), &out)
            #expect(heard.lines == ["7 \(ask.count)"])
        }
    }
    @Test func withoutAMutantNothingIsAltered() throws {
        #expect(try said(by: nil) == Self.answers { _ in })
        #expect(try said(by: "hears:toy.unsaid:dropped") == Self.answers { _ in })
        #expect(try said(by: "says:toy.unsaid:dropped") == Self.answers { _ in })
    }
    @Test func fieldsThatItSays() throws {
        func expect(_ name: String, _ change: (inout [UInt8]) -> Void) throws {
            #expect(try said(by: "says:toy.answer." + name) == Self.answers(change), "\(name)")
        }
        try expect("number:more") { $0[2] += 1 }
        try expect("number:less") { $0[2] -= 1 }
        try expect("number:lowest") { ($0[1], $0[2]) = (0, 0) }
        try expect("number:highest") { ($0[1], $0[2]) = (255, 255) }
        try expect("number:swapped") { $0.swapAt(1, 2) }
        try expect("number:neighbour") { ($0[1], $0[2]) = (7, 8) }
        try expect("other:neighbour") { ($0[3], $0[4]) = ($0[1], $0[2]) }
        try expect("spare:less") { $0[5] = 255 }
        // A changed count alone is wrong. Lists change together with their counts.
        try expect("count:more") { $0[6] = 3 }
        try expect("count:lowest") { $0[6] = 0 }
        try expect("items:fewer") { $0 = Array($0[..<6]) + [1, 1, 0, 0, 10] }
        try expect("items:emptied") { $0 = Array($0[..<6]) + [0] }
        try expect("items:repeated") { $0 = Array($0[..<6]) + [3] + Array($0[7...]) + [2, 0, 0, 11] }
        try expect("items:reversed") { $0 = Array($0[..<7]) + [2, 0, 0, 11, 1, 0, 0, 10] }
        // Each element of a list.
        try expect("items.id:first") { ($0[7], $0[11]) = (0, 3) }
        try expect("items.id:last") { ($0[10], $0[14]) = (11, 10) }
        try expect("items.id:lowest") { for i in 7..<15 { $0[i] = 0 } }
        try expect("items.id:swapped") { $0 = Array($0[..<7]) + [10, 0, 0, 1, 11, 0, 0, 2] }
        // There is no answer before the first one.
        let stale = try said(by: "says:toy.answer.number:stale")
        #expect(stale == [Self.text(0, 2, Self.answer(2)), Self.text(0, 2, Self.answer(2))] + Self.ticks)
    }
    @Test func messagesThatItSays() throws {
        let (a, b) = (Self.answer(2), Self.answer(3))
        func expect(_ action: String, _ all: [String]) throws {
            #expect(try said(by: "says:toy.answer:" + action) == all + Self.ticks, "\(action)")
        }
        try expect("dropped", [])
        try expect("doubled", [Self.text(0, 2, a + a), Self.text(0, 2, b + b)])
        try expect("late", [Self.text(2, 2, a), Self.text(2, 2, b)])
        try expect("ahead", [Self.text(0, 2, b), Self.text(0, 2, a)])
        try expect("elsewhere", [Self.text(0, 1, a), Self.text(0, 1, b)])
        try expect("truncated", [Self.text(0, 2, a.dropLast()), Self.text(0, 2, b.dropLast())])
        try expect("trailing", [Self.text(0, 2, a + [0]), Self.text(0, 2, b + [0])])
        #expect(try said(by: "says:toy.answer:spoiled") == Self.answers { $0[7] ^= 0x10 })
    }
    @Test func whatItHears() throws {
        let (a, b) = (Self.answer(2), Self.answer(3))
        func expect(_ name: String, _ all: [String]) throws {
            #expect(try said(by: "hears:toy.ask" + name) == all + Self.ticks, "\(name)")
        }
        try expect(":dropped", [])
        try expect(":doubled", [a, a, b, b].map { Self.text(0, 2, $0) })
        try expect(":late", [Self.text(2, 2, a), Self.text(2, 2, b)])
        try expect(":elsewhere", [Self.text(0, 1, a), Self.text(0, 1, b)])
        #expect(try said(by: "hears:toy.ask.number:swapped") == Self.answers { $0.swapAt(1, 2) })
        // The node receives complete messages, regardless of the segments.
        let pieces = Self.ask(0x0102).map { [$0] } + [Self.ask(0x0103)]
        #expect(try said(by: "hears:toy.ask.number:swapped", pieces) == Self.answers { $0.swapAt(1, 2) })
    }
    @Test func timers() throws {
        func ticks(_ action: String) throws -> [String] {
            try said(by: "timer:toy.tick:" + action, []).filter { $0.contains(" 1 ") }.map { String($0.prefix(2)) }
        }
        #expect(try ticks("early").prefix(2) == ["2 ", "5 "])
        #expect(try ticks("late") == ["10", "10"])
        #expect(try ticks("never") == [])
        // Other timers do not change.
        #expect(try said(by: "timer:close:never", []) == Self.ticks)
    }
    @Test func aValueLikeTheNodeInIt() throws {
        let settings = try Definition.toy.settings()
        let node = MutatedNode(ToyNode(), mutant: nil, definition: .toy, settings: settings, log: WireLog())
        var (a, b) = (node, node)
        var actions: [Action] = []
        a.opened(LinkID(1), peer: .loopback(1), by: .them, now: .zero, &actions)
        #expect(a.deadline != nil && b.deadline == nil)
        b.closed(LinkID(1), now: .zero, &actions)
        #expect(actions.isEmpty)
    }
}

@Suite struct WireCatalogueTests {
    @Test func everyFieldButThoseOfOneValue() {
        let all = Set(WireMutant.all(of: .toy).map(\.name))
        #expect(all.contains("says:toy.answer.items.id:last") && all.contains("timer:close:late"))
        #expect(!all.contains { $0.contains(".kind:") })
        // Computed fields have no values to keep, and single bytes have no order.
        #expect(all.contains("says:toy.answer.count:more") && !all.contains("says:toy.answer.count:stale"))
        #expect(!all.contains("says:toy.answer.spare:swapped"))
        #expect(all.count == WireMutant.all(of: .toy).count)
        for m in WireMutant.all(of: .toy) { #expect(WireMutant.named(m.name, of: .toy) == m) }
    }
}
