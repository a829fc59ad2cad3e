import Node
import Testing

@testable import Scenario

/// A running case reports what it waits for.
struct RunningCaseTests {
    /// Returns the reported wait at each look, in virtual time.
    func waits(_ steps: String, more: String = "") throws -> [RunningCase.Wait?] {
        let definition = Definition.toy()
        let options = RunOptions(subject: .builtIn(bug: nil), settings: try definition.settings(), seed: 1)
        var out: [RunningCase.Wait?] = []
        Runner(definition, toyRequirements, options).simulate(
            Schedule(try toy(steps, more: more).cases),
            progress: { running in
                out += running.map(\.wait)
                return true
            }, { _ in })
        return out
    }
    @Test func wait() throws {
        let all = try waits("  - wait: 1s\n  - wait: 2s").compactMap { $0 }
        let first = try #require(all.first { $0.limit == .seconds(1) })
        #expect(first.step == "wait 1s" && first.waited >= .milliseconds(100) && first.waited < .seconds(1))
        let second = try #require(all.first { $0.limit == .seconds(2) })
        #expect(second.number == first.number + 1 && second.waited < .seconds(2))
    }
    @Test func expect() throws {
        let all = try waits("  - expect: {via: c, event: closed, within: 5s}\n    else: inconc").compactMap { $0 }
        let one = try #require(all.first { $0.step.hasPrefix("expect on c: the connection to be closed") })
        #expect(one.limit == .seconds(5))
    }
    /// The case reports the longest wait of parallel branches. During the clean-up, it reports the clean-up.
    @Test func branches() throws {
        let steps = "  - par: {x: [{wait: 3s}], y: [{wait: 9s}]}"
        let all = try waits(steps, more: "cleanup: [{wait: 4s}]").compactMap { $0 }
        #expect(all.first?.limit == .seconds(9))
        #expect(all.contains { $0.step == "clean-up: wait 4s" && $0.limit == .seconds(4) })
        #expect(!all.contains { $0.limit == .seconds(3) })
    }
    /// A finished case waits for nothing.
    @Test func over() throws { #expect(try waits("  - wait: 1ms").last == .some(nil)) }
}
