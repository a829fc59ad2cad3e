import Testing

@testable import Scenario

/// A scenario in which one thing of the language decides the verdict, and the same scenario without it.
struct Row: Sendable, CustomTestStringConvertible {
    /// The thing that decides, such as `verb alt`.
    var thing: String
    var steps: String
    var more = ""
    /// Actors besides the peer and the node.
    var actors = ""
    var rules: [Rule] = []
    var files: [String: String] = [:]
    var opens = true
    /// The first part of the result with the thing.
    var told = "pass"
    /// The part of the steps and of `more` that is removed, and its replacement.
    var without: String
    var instead: String
    /// The first part of the result without the thing.
    var otherwise: String
    var testDescription: String { thing }

    func check() throws {
        let scenario = try toy(steps, more: more, opens: opens, files: files, actors: actors)
        let with = try #require(try playAll(scenario, rules).first).told
        #expect(with == told || told != "pass" && with.hasPrefix(told), "with: \(with)")
        #expect((steps + more).contains(without), "nothing to take out")
        let other = try toy(
            steps.replacing(without, with: instead), more: more.replacing(without, with: instead), opens: opens,
            files: files, actors: actors)
        let less = try #require(try playAll(other, rules).first).told
        #expect(less == otherwise || otherwise != "pass" && less.hasPrefix(otherwise), "without: \(less)")
    }
}

extension [Row] {
    /// Returns the second words of the rows about one kind of thing.
    func things(_ kind: String) -> Set<String> {
        Set<String>(
            compactMap { row in
                let words = row.thing.split(separator: " ")
                return words.first.map(String.init) == kind && words.count > 1 ? String(words[1]) : nil
            })
    }
}
