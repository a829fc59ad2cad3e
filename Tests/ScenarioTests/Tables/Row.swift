import Testing

@testable import Scenario

/// A scenario in which one thing of the language decides, and the same without it.
struct Row: Sendable, CustomTestStringConvertible {
    /// What decides, such as `verb alt`.
    var thing: String
    var steps: String
    var more = ""
    var rules: [Rule] = []
    var files: [String: String] = [:]
    var opens = true
    /// The beginning of what is told with it.
    var told = "pass"
    /// What is taken out of steps and `more`, and what stands there instead.
    var without: String
    var instead: String
    /// The beginning of what is told then.
    var otherwise: String
    var testDescription: String { thing }

    func check() throws {
        let scenario = try toy(steps, more: more, opens: opens, files: files)
        let with = try #require(try playAll(scenario, rules).first).told
        #expect(with == told || told != "pass" && with.hasPrefix(told), "with: \(with)")
        #expect((steps + more).contains(without), "nothing to take out")
        let other = try toy(
            steps.replacing(without, with: instead), more: more.replacing(without, with: instead), opens: opens,
            files: files)
        let less = try #require(try playAll(other, rules).first).told
        #expect(less == otherwise || otherwise != "pass" && less.hasPrefix(otherwise), "without: \(less)")
    }
}

extension [Row] {
    /// The second words of the rows about one kind of thing.
    func things(_ kind: String) -> Set<String> {
        Set<String>(
            compactMap { row in
                let words = row.thing.split(separator: " ")
                return words.first.map(String.init) == kind && words.count > 1 ? String(words[1]) : nil
            })
    }
}
