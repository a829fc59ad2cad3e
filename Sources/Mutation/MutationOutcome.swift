public import Scenario

/// What became of a mutant.
public struct MutationOutcome: Sendable {
    /// The mutant.
    public var mutation: Mutation
    /// What it breaks.
    public var broken: Mutation.Broken
    /// What came out.
    public var fate: Fate
    /// The requirement that it is counted for; nil where it breaks none.
    public var requirement: String? { if case .requirements(let ids) = broken { ids.first } else { nil } }

    /// What can become of one.
    public enum Fate: Sendable {
        /// A case was red at a requirement that it breaks.
        case killed(Verdict.Finding)
        /// Cases were red, but over other requirements; the first one.
        case blamed(Verdict.Finding)
        /// All cases that it reaches passed.
        case survived
        /// Nothing was ever altered, in no case.
        case neverApplied
        /// What was altered was no message any more, in no case: left out.
        case trivial
        /// It is in no sense wrong, or nobody could see it; why. Left out, and not run.
        case cannotMatter(String)
        /// Nobody has said what it breaks. Left out, and not run.
        case unassigned

        /// One word for it.
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
        /// Whether it counts for the score.
        public var isScored: Bool {
            switch self {
            case .killed, .blamed, .survived: true
            default: false
            }
        }
    }
}

extension Verdict {
    /// A case that was red for a mutant.
    public struct Finding: Hashable, Sendable {
        /// Name of the case.
        public var id: String
        /// How it came out.
        public var verdict: Verdict
        /// The requirement that it was red over.
        public var requirement: String
        /// Profile and parameters other than presets, as on the command line; empty for none.
        public var setting: String
    }
}
