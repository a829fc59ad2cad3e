public import Node
public import Scenario

/// What is run to find out which mutants a suite tells from a good node.
public struct MutationPlan: Sendable {
    /// The protocol.
    public var definition: Definition
    /// Its requirements.
    public var requirements: RequirementList
    /// The suite.
    public var cases: [Case]
    /// What mutants of the wire break.
    public var rules: MutationRules
    /// The mutants, in the order in which they are told.
    public var mutations: [Mutation]
    /// Profiles and parameters to try them with, until one of them kills.
    public var settings: [Settings]
    /// Gives all random values.
    public var seed: UInt64
    public init(
        _ definition: Definition, _ requirements: RequirementList, _ cases: [Case], _ rules: MutationRules,
        _ mutations: [Mutation], _ settings: [Settings], seed: UInt64
    ) {
        self.definition = definition
        self.requirements = requirements
        self.cases = cases
        self.rules = rules
        self.mutations = mutations
        self.settings = settings
        self.seed = seed
    }

    /// Every profile with presets, and then the first profile with every other value of every parameter, one at a time;
    /// two at a time where a case of these runs with no one alone. What is given stays.
    public static func settings(
        of d: Definition, profile: String?, _ given: [String: String], for cases: [Case] = []
    ) throws(SettingsError) -> [Settings] {
        var out = [try d.settings(profile: profile, given)]
        if profile == nil { for p in d.profiles.dropFirst() { out.append(try d.settings(profile: p.name, given)) } }
        var changes: [(name: String, choice: String)] = []
        for p in d.parameters where given[p.name] == nil {
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
    /// Whether a case is run with these settings, and not skipped before it begins.
    static func runs(_ scenario: Scenario, _ settings: Settings, _ d: Definition) -> Bool {
        RunOptions(subject: .builtIn(bug: nil), settings: settings, seed: 0).reasonToSkip(scenario, d) == nil
    }
    /// Settings as options of a command line, without what is preset; empty for the presets.
    static func text(_ s: Settings, _ d: Definition) -> String {
        var words: [String] = s.profile == d.profiles.first?.name ? [] : ["--profile \(s.profile)"]
        for p in d.parameters where p.choices.count > 1 && s[p.name] != p.preset {
            words.append("-P \(p.name)=\(s[p.name])")
        }
        return words.joined(separator: " ")
    }
    /// So many of the mutants, drawn by the seed, in the same order. Those that count for no score are left away first.
    public mutating func sample(_ n: Int) {
        let counted = mutations.indices.filter {
            if case .requirements = mutations[$0].breaks(rules) { true } else { false }
        }
        var random = Random(seed: seed, "sample of mutants")
        mutations = counted.shuffled(using: &random).prefix(n).sorted().map { mutations[$0] }
    }
}
