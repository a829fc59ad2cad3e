import Node
import Testing

@testable import Scenario

/// Steps that wait for, forbid and send the messages that a message carries: the pairs of `toy.many`.
@Suite struct InnerMessageTests {
    /// A message with the pairs 1 2 and 3 4, and one with the pair 5 6.
    static let two: [UInt8] = [3, 5, 2, 1, 2, 3, 4]
    static let one: [UInt8] = [3, 3, 1, 5, 6]
    static let came: [Rule] = [.on(.open, .raw(two)), .on(.open, .raw(one))]

    func expect(_ fields: String, _ more: String = "") -> String {
        "  - expect: {via: c, msg: toy.many.pair, within: 1s, fields: {\(fields)}\(more)}\n"
    }
    @Test func eachIsMessageOfItsOwn() throws {
        #expect(try play(expect("n: 1") + expect("n: 3, t: 4") + expect("n: 5"), Self.came).told == "pass")
        #expect(try play(expect("n: 3"), Self.came).told == "fail TOY-1 2: n: wanted 3, had 1")
        #expect(try play(expect("n: 3", ", order: any") + expect("t: 6"), Self.came).told == "pass")
        #expect(
            try play(expect("n: 1") + expect("n: 3") + expect("n: 5") + expect("n: 7"), Self.came).told
                == "fail TOY-1 5: no toy.many.pair like this within 1s")
    }
    @Test func carrierStaysForItsOwnSteps() throws {
        let steps =
            expect("n: 1") + "  - expect: {via: c, msg: toy.many, within: 1s, fields: {tail: {$absent: true}}}\n"
        #expect(try play(steps + expect("n: 3"), Self.came).told == "pass")
    }
    @Test func neverForbidsOne() throws {
        func never(_ n: Int) -> String { "  - never: {via: c, msg: toy.many.pair, for: 1s, fields: {n: \(n)}}" }
        #expect(try play(never(5), Self.came).told == "fail TOY-1 2: toy.many.pair came, which must not")
        #expect(try play(never(6), Self.came).told == "pass")
        let forbid = "defaults: [{forbid: {msg: toy.many.pair, fields: {n: 5}}}]"
        let told = try play("  - wait: 1s", Self.came, more: forbid).told
        #expect(told == "fail TOY-1 3: forbidden toy.many.pair")
        #expect(try play("  - wait: 1s", Self.came, more: forbid.replacing("5", with: "7")).told == "pass")
    }
    @Test func expressionsReadThem() throws {
        let steps = """
              - wait: 1s
              - assert: $(size(records(c, 'toy.many.pair')) == 3 && seen(c, 'toy.many.pair', p => p.t == 6))
              - assert: $(wire(c, 'toy.many.pair').first == hex('0102'))
            """
        #expect(try play(steps, Self.came).told == "pass")
        // What came later than an expression was read is in the next one.
        let later = "  - poll: {within: 2s, until: \"$(size(records(c, 'toy.many.pair')) == 3)\"}\n" + expect("n: 1")
        let rules: [Rule] = [.on(.open, .raw(Self.two)), .on(.open, after: .milliseconds(1500), .raw(Self.one))]
        #expect(try play(later, rules).told == "pass")
    }
    @Test func sentOneIsOnlyContentOfItsCarrier() throws {
        let steps = """
              - send: {via: c, msg: toy.many.pair, fields: {n: 8, t: 9}}
              - send: {via: c, all: [{msg: toy.many.pair, fields: {n: 1}}, {msg: toy.num, fields: {digit: 3}}]}
            """
        let r = try play(steps, [])
        #expect(
            r.trace.compactMap(\.bytes).map { Array($0) }.dropFirst() == [
                [3, 3, 1, 8, 9], [3, 3, 1, 1, 0], [2, 1, 3],
            ])
    }
    @Test func unknownFieldHasItsPlace() {
        let told = loadToy(expect("m: 1")).diagnostics.map(\.line)
        #expect(told.count == 1 && told[0].hasPrefix("MS0107"), "\(told)")
        #expect(
            loadToy("  - expect: {via: c, msg: toy.many.pear, within: 1s}").diagnostics.map(\.code) == [.unknownMessage]
        )
    }
}
