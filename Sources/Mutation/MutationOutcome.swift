public import Scenario

/// The result of a mutant.
public struct MutationOutcome: Sendable {
    /// The mutant.
    public var mutation: Mutation
    /// The requirements that it breaks.
    public var broken: Mutation.Broken
    /// The result of its cases.
    public var fate: Fate
    /// The requirement for which it counts; nil if it breaks none.
    public var requirement: String? { if case .requirements(let ids) = broken { ids.first } else { nil } }

    /// The possible results of a mutant.
    public enum Fate: Sendable {
        /// A case failed or warned at a requirement that the mutant breaks.
        case killed(Verdict.Finding)
        /// Cases failed or warned, but only at other requirements. This is the first case.
        case blamed(Verdict.Finding)
        /// All cases that the mutant reaches passed.
        case survived
        /// Nothing was altered in any case.
        case neverApplied
        /// No altered bytes were still a valid message, so the mutant is left out.
        case trivial
        /// The mutant is not wrong in any sense, or no observer can detect it, for the given reason. It is left out and
        /// not run.
        case cannotMatter(String)
        /// No rule assigns requirements. The mutant is left out and not run.
        case unassigned

        /// The result as one word.
        public var word: String {
            switch self {
            case .killed: "killed"
            case .blamed: "blamed"
            case .survived: "survived"
            case .neverApplied: "never-applied"
            case .trivial: "trivial"
            case .cannotMatter: "cannot-matter"
            case .unassigned: "unassigned"
            }
        }
        /// True if the mutant counts for the score.
        public var isScored: Bool {
            switch self {
            case .killed, .blamed, .survived: true
            default: false
            }
        }
    }
}

extension Verdict {
    /// A case that failed or warned for a mutant.
    public struct Finding: Hashable, Sendable {
        /// The name of the case.
        public var id: String
        /// The verdict.
        public var verdict: Verdict
        /// The requirement at which it failed or warned.
        public var requirement: String
        /// The profile and the parameters that differ from presets, as on the command line; empty if there are none.
        public var setting: String
    }
}
