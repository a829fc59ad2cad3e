import Node
import Testing

@testable import Network

/// Tests of each effect, selector and limit of a faulty line, without a network.
@Suite struct LinkFaultTests {
    typealias Selector = LinkFault.Selector

    static func at(_ ms: Int) -> Instant { Instant(nanoseconds: Int64(ms) * 1_000_000) }
    static func line(_ faults: LinkFault..., seed: UInt64 = 1) -> FaultLine {
        var l = FaultLine(Random(seed: seed))
        for (i, f) in faults.enumerated() { l.add(f, as: "f\(i)") }
        return l
    }
    /// Returns the output of the line with its times in milliseconds. The line is polled whenever data are due.
    static func run(_ line: inout FaultLine, until end: Int = 100_000, from: Int = 0) -> [String] {
        var out: [String] = []
        var now = at(from)
        while true {
            for b in line.take(now: now) {
                out.append("\(now.nanoseconds / 1_000_000) \(String(decoding: b, as: UTF8.self))")
            }
            guard let next = line.deadline, next <= at(end) else { return out }
            now = max(now, next)
        }
    }
    static func push(_ line: inout FaultLine, _ texts: String..., now: Int = 0, message: String? = nil) {
        for (i, t) in texts.enumerated() {
            line.push(
                FaultLine.Unit(Array(t.utf8), message: message, place: i + 1, count: texts.count), now: at(now))
        }
    }

    @Test func withoutFaultsEverythingPasses() {
        var l = Self.line()
        #expect(l.isClear && l.deadline == nil)
        Self.push(&l, "a", "b")
        #expect(!l.isClear)
        #expect(Self.run(&l) == ["0 a", "0 b"])
        #expect(l.isClear && l.hits("f0") == nil && !l.has("f0"))
    }
    @Test(arguments: [
        (LinkFault.Effect.drop, []), (.partition, []), (.delay(.milliseconds(30)), ["30 ab", "30 cd"]),
        (.duplicate(2), ["0 ab", "0 ab", "0 cd", "0 cd"]), (.duplicate(1), ["0 ab", "0 cd"]),
        (.duplicate(0), []), (.truncate(1), ["0 a", "0 c"]), (.truncate(0), []), (.truncate(-5), []),
        (.truncate(9), ["0 ab", "0 cd"]), (.chop([1], every: .zero), ["0 a", "0 b", "0 c", "0 d"]),
        (.chop([1], every: .milliseconds(10)), ["0 a", "10 b", "10 c", "20 d"]),
        (.chop([1, 9], every: .milliseconds(10)), ["0 a", "10 b", "10 c", "20 d"]),
        (.chop([], every: .zero), ["0 ab", "0 cd"]),
        (.chop([0, -1], every: .zero), ["0 a", "0 b", "0 c", "0 d"]), (.rate(1_000), ["2 ab", "4 cd"]),
        (.rate(4), ["500 ab", "1000 cd"]), (.rate(0), ["0 ab", "0 cd"]),
    ])
    func effects(_ effect: LinkFault.Effect, _ out: [String]) {
        var l = Self.line(LinkFault(effect))
        Self.push(&l, "ab", "cd")
        #expect(Self.run(&l) == out, "\(effect)")
        #expect(l.hits("f0") == 2)
    }
    @Test(arguments: [
        (1, ["0 b", "0 a", "0 c", "0 d"]), (2, ["0 b", "0 c", "0 a", "0 d"]), (3, ["0 b", "0 c", "0 d", "0 a"]),
        (4, ["0 b", "0 c", "0 d"]),
    ])
    func reorder(_ behind: Int, _ out: [String]) {
        var l = Self.line(LinkFault(.reorder(behind), Selector(frame: 1)))
        Self.push(&l, "a", "b", "c", "d")
        #expect(Self.run(&l) == out)
        // A unit without followers waits until the fault is healed.
        #expect(l.isClear == false && l.deadline == nil)
        l.heal("f0", now: Self.at(50))
        #expect(Self.run(&l, from: 50) == (behind == 4 ? ["50 a"] : []))
        #expect(l.isClear)
    }
    @Test func reorderedBehindALaterTime() {
        // The unit that releases it is delayed itself, so it follows that unit.
        var l = Self.line(
            LinkFault(.reorder(1), Selector(frame: 1)), LinkFault(.delay(.milliseconds(20)), Selector(frame: 2)))
        Self.push(&l, "a", "b", "c")
        #expect(Self.run(&l) == ["0 c", "20 b", "20 a"])
    }
    /// A dropped unit releases no other unit.
    @Test func reorderCountsWhatGoes() {
        var l = Self.line(LinkFault(.reorder(1), Selector(frame: 1)), LinkFault(.drop, Selector(frame: 2)))
        Self.push(&l, "a", "b", "c")
        #expect(Self.run(&l) == ["0 c", "0 a"])
    }
    @Test func corruptChangesOneByteThere() {
        let whole: [UInt8] = Array(0..<64)
        func out(_ range: Range<Int>?, seed: UInt64) -> [UInt8] {
            var l = Self.line(LinkFault(.corrupt(range)), seed: seed)
            l.push(FaultLine.Unit(whole), now: .zero)
            return l.take(now: .zero).first ?? []
        }
        for seed in 0..<50 as Range<UInt64> {
            for range in [nil, 10..<14, 63..<99] as [Range<Int>?] {
                let b = out(range, seed: seed)
                let changed = whole.indices.filter { b[$0] != whole[$0] }
                #expect(b.count == 64 && changed.count == 1 && (range ?? 0..<64).contains(changed.first ?? -1))
                #expect(out(range, seed: seed) == b)
            }
            #expect(out(0..<0, seed: seed) == whole && out(70..<80, seed: seed) == whole)
        }
        #expect(Set((0..<50).map { out(nil, seed: $0) }).count > 30)
    }
    @Test func aimed() {
        var l = Self.line(LinkFault(.corrupt(nil)), LinkFault(.drop, Selector(frame: 9)))
        for (range, hits) in [(1..<2, [1]), (0..<0, []), (3..<4, [3])] {
            l.aim("f0", at: range)
            l.aim("f1", at: range)
            l.aim("nobody", at: range)
            l.push(FaultLine.Unit([0, 0, 0, 0]), now: .zero)
            let b = l.take(now: .zero).first ?? []
            #expect(b.indices.filter { b[$0] != 0 } == hits)
        }
    }
    @Test(arguments: [
        (Selector(), ["a", "b", "c", "d"]), (Selector(frame: 1), ["a"]), (Selector(frame: 4), ["d"]),
        (Selector(frame: 5), []), (Selector(frame: 0), []), (Selector(frame: -1), ["d"]), (Selector(frame: -4), ["a"]),
        (Selector(frame: -5), []), (Selector(frame: .min), []), (Selector(nth: 2), ["b", "d"]),
        (Selector(nth: 1), ["a", "b", "c", "d"]),
        (Selector(nth: 0), []), (Selector(nth: -1), []), (Selector(probability: 0), []),
        (Selector(probability: 1), ["a", "b", "c", "d"]), (Selector(probability: .nan), ["a", "b", "c", "d"]),
        (Selector(message: "m"), ["a", "b", "c", "d"]), (Selector(message: "n"), []),
        (Selector(frame: 2, nth: 2), ["b"]),
        (Selector(frame: 1, nth: 2), []),
    ])
    func selectors(_ selector: Selector, _ hit: [String]) {
        var l = Self.line(LinkFault(.drop, selector))
        Self.push(&l, "a", "b", "c", "d", message: "m")
        let left = Self.run(&l).map { String($0.last ?? "?") }
        #expect(["a", "b", "c", "d"].filter { !left.contains($0) } == hit)
        #expect(l.hits("f0") == hit.count)
    }
    @Test func unitsOfOtherMessagesAreNotCounted() {
        var l = Self.line(LinkFault(.drop, Selector(frame: 2, message: "m")))
        Self.push(&l, "a", message: "m")
        Self.push(&l, "b", message: "n")
        Self.push(&l, "c")
        Self.push(&l, "d", message: "m")
        #expect(Self.run(&l) == ["0 a", "0 b", "0 c"])
    }
    @Test func chanceComesFromTheSeed() {
        func out(_ seed: UInt64) -> [String] {
            var l = Self.line(LinkFault(.drop, Selector(probability: 0.5)), LinkFault(.corrupt(nil)), seed: seed)
            for i in 0..<200 { Self.push(&l, "unit \(i)") }
            return l.take(now: .zero).map { "\($0)" }
        }
        #expect(out(5) == out(5) && out(5) != out(6))
        #expect((60...140).contains(out(5).count))
    }
    @Test func rateKeepsTheLineBusy() {
        var l = Self.line(LinkFault(.rate(1_000)))
        Self.push(&l, String(repeating: "x", count: 500))
        Self.push(&l, "y", now: 100)
        Self.push(&l, "z", now: 2_000)
        #expect(Self.run(&l).map { $0.split(separator: " ").first.map(String.init) } == ["500", "501", "2001"])
        // The lower of two rates applies.
        var two = Self.line(LinkFault(.rate(1_000)), LinkFault(.rate(10)))
        Self.push(&two, "xx")
        #expect(Self.run(&two) == ["200 xx"])
        // One byte a second, without losing a byte.
        var slow = Self.line(LinkFault(.rate(1)), LinkFault(.chop([1], every: .zero)))
        Self.push(&slow, "abc")
        #expect(Self.run(&slow) == ["1000 a", "2000 b", "3000 c"])
    }
    @Test func timesDoNotOverflow() {
        let endless = Duration.seconds(Int64.max)
        var l = Self.line(LinkFault(.delay(endless)), LinkFault(.delay(endless)), LinkFault(.chop([1], every: endless)))
        Self.push(&l, "abc", now: 5)
        #expect(l.take(now: Self.at(1_000_000)).isEmpty && l.deadline != nil)
        #expect(l.drain().count == 3 && l.isClear == false)
        var back = Self.line(LinkFault(.delay(.seconds(-9))))
        Self.push(&back, "a", now: 5)
        #expect(Self.run(&back, from: 5) == ["5 a"])
        var slow = Self.line(LinkFault(.rate(1)))
        slow.push(FaultLine.Unit([UInt8](repeating: 0, count: 1 << 20)), now: .never)
        #expect(slow.deadline == .never)
    }
    @Test func whatWaitsIsBounded() {
        var l = Self.line(LinkFault(.delay(.seconds(1))))
        let piece = [UInt8](repeating: 0, count: 1 << 20)
        for _ in 0..<100 { l.push(FaultLine.Unit(piece), now: .zero) }
        #expect(l.waitingBytes <= FaultLine.maximumWaiting)
        #expect(l.take(now: Self.at(1_000)).count == 63 && l.waitingBytes == 0)
        // Small pieces cost more than their bytes.
        var small = Self.line(LinkFault(.delay(.seconds(1))), LinkFault(.chop([1], every: .zero)))
        for _ in 0..<3 { small.push(FaultLine.Unit(piece), now: .zero) }
        #expect(small.waiting.count <= FaultLine.maximumWaiting / FaultLine.overhead)
        #expect(small.take(now: Self.at(1_000)).count == small.lastOrder && small.waitingBytes == 0)
        // When there is room again, new data are accepted.
        l.push(FaultLine.Unit([1]), now: Self.at(2_000))
        #expect(l.take(now: Self.at(3_000)) == [[1]])
    }
    @Test func healingFreesWhatTheFaultHeld() {
        var l = Self.line(LinkFault(.delay(.seconds(1))), LinkFault(.delay(.seconds(5)), Selector(frame: 2)))
        Self.push(&l, "a", "b")
        l.heal("f1", now: Self.at(10))
        // The other fault still holds it, for the sum of both delays.
        #expect(l.take(now: Self.at(10)).isEmpty && l.has("f0") && !l.has("f1"))
        l.heal("f0", now: Self.at(20))
        #expect(Self.run(&l, from: 20) == ["20 a", "20 b"] && l.isClear)
        l.heal("nobody", now: Self.at(30))
        Self.push(&l, "c", now: 30)
        #expect(Self.run(&l, from: 30) == ["30 c"])
    }
    @Test func healingARateFreesTheLine() {
        var l = Self.line(LinkFault(.rate(1)))
        Self.push(&l, "abc", "def")
        l.heal("f0", now: Self.at(100))
        Self.push(&l, "g", now: 100)
        #expect(Self.run(&l, from: 100) == ["100 abc", "100 def", "100 g"])
    }
    @Test func theSameNameAgain() {
        var l = Self.line(LinkFault(.drop))
        Self.push(&l, "a")
        l.add(LinkFault(.duplicate(2)), as: "f0")
        #expect(l.hits("f0") == 0)
        Self.push(&l, "b")
        #expect(Self.run(&l) == ["0 b", "0 b"])
    }
    @Test func draining() {
        var l = Self.line(
            LinkFault(.delay(.seconds(9)), Selector(frame: 1)), LinkFault(.reorder(5), Selector(frame: 2)))
        Self.push(&l, "a", "b", "c")
        #expect(l.drain().map { String(decoding: $0, as: UTF8.self) } == ["b", "c", "a"])
        #expect(l.drain().isEmpty && l.deadline == nil)
    }
    @Test func effectsTogetherInTheirOrder() {
        var l = Self.line(
            LinkFault(.truncate(2)), LinkFault(.duplicate(2)), LinkFault(.chop([1], every: .milliseconds(1))))
        Self.push(&l, "abcd")
        #expect(Self.run(&l) == ["0 a", "1 b", "1 a", "2 b"])
        var other = Self.line(LinkFault(.drop), LinkFault(.duplicate(2)))
        Self.push(&other, "a")
        #expect(Self.run(&other) == [])
    }
}
