public import Node
public import Scenario

/// A plan of mutants and cases that shows which mutants a suite detects.
public struct MutationPlan: Sendable {
    /// The protocol.
    public var definition: Definition
    /// The requirements of the protocol.
    public var requirements: RequirementList
    /// The cases of the suite.
    public var cases: [Case]
    /// The rules that assign requirements to mutants of the wire.
    public var rules: MutationRules
    /// The mutants, in the order of the report.
    public var mutations: [Mutation]
    /// The settings with which a mutant is tried, in this order, until it is killed.
    public var settings: [Settings]
    /// The seed of all random values.
    public var seed: UInt64
    public init(
        _ definition: Definition, requirements: RequirementList, cases: [Case], rules: MutationRules,
        mutations: [Mutation], settings: [Settings], seed: UInt64
    ) {
        self.definition = definition
        self.requirements = requirements
        self.cases = cases
        self.rules = rules
        self.mutations = mutations
        self.settings = settings
        self.seed = seed
    }

    /// Returns the settings to try: every profile with presets, then the first profile with each other value of each
    /// parameter, one at a time. Two parameters are changed at a time for a case that runs with no single change. The
    /// given settings stay fixed.
    public static func settings(
        of d: Definition, profile: String?, _ given: [String: String], for cases: [Case] = []
    ) throws(SettingsError) -> [Settings] {
        var out = [try d.settings(profile: profile, given)]
        if profile == nil {
            for p in d.configuration.profiles.dropFirst() { out.append(try d.settings(profile: p.name, given)) }
        }
        var changes: [(name: String, choice: String)] = []
        for p in d.configuration.parameters where given[p.name] == nil {
            changes += p.choices.filter { $0 != p.preset }.map { (p.name, $0) }
        }
        for one in changes { out.append(try d.settings(profile: profile, given.merging([one]) { $1 })) }
        var pairs: [Settings] = []
        for (i, one) in changes.enumerated() {
            for other in changes[(i + 1)...] where other.name != one.name {
                pairs.append(try d.settings(profile: profile, given.merging([one, other]) { $1 }))
            }
        }
        for scenario in cases.map(\.scenario) where !out.contains(where: { runs(scenario, $0, d) }) {
            if let pair = pairs.first(where: { runs(scenario, $0, d) }) { out.append(pair) }
        }
        return out
    }
    /// Returns true if a case is run with these settings, and not skipped before it begins.
    static func runs(_ scenario: Scenario, _ settings: Settings, _ d: Definition) -> Bool {
        RunOptions(subject: .builtIn(bug: nil), settings: settings, seed: 0).reasonToSkip(scenario, d) == nil
    }
    /// Returns the settings as options of a command line, without presets; empty for the presets.
    static func text(_ s: Settings, _ d: Definition) -> String {
        var words: [String] = s.profile == d.configuration.profiles.first?.name ? [] : ["--profile \(s.profile)"]
        for p in d.configuration.parameters where p.choices.count > 1 && s[p.name] != p.preset {
            words.append("-P \(p.name)=\(s[p.name])")
        }
        return words.joined(separator: " ")
    }
    /// Reduces the mutants to `n` of them, drawn by the seed, in the same order. Mutants that do not count for the
    /// score are removed first.
    public mutating func sample(_ n: Int) {
        let counted = mutations.indices.filter {
            if case .requirements = mutations[$0].breaks(rules) { true } else { false }
        }
        var random = Random(seed: seed, "sample of mutants")
        mutations = counted.shuffled(using: &random).prefix(n).sorted().map { mutations[$0] }
    }
}
