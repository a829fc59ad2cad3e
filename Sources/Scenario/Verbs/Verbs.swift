internal import Network
internal import Node

/// The verbs of the scenario language, in the order of the documents.
enum Verbs {
    static let all: [any NamedVerb.Type] = [
        OpenVerb.self, AcceptVerb.self, SendVerb.self, BuildVerb.self, ExpectVerb.self, NeverVerb.self, AltVerb.self,
        ParVerb.self, ChannelVerb.self, SignalVerb.self, CloseVerb.self, LetVerb.self, AssertVerb.self, WaitVerb.self,
        PollVerb.self, FaultVerb.self, HealVerb.self, RefuseVerb.self, ListenVerb.self, DutVerb.self, UseVerb.self,
        RepeatVerb.self, EachVerb.self,
    ]
    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.key.name, $0) })
    /// Returns the verb of this name.
    static func named(_ name: String) -> (any NamedVerb.Type)? { byName[name] }
    /// The name of the verb that has a modifier, by the name of the modifier.
    static let users = Dictionary(
        uniqueKeysWithValues: all.flatMap { verb in verb.modifiers.map { ($0.name, verb.key.name) } })
}

/// A verb that files can name. One type in one file has everything about it: its keys, how it is loaded, its words in a
/// plan, and its run in a case.
protocol NamedVerb: Verb {
    /// The name of the verb, the type of its value, and its purpose.
    static var key: Key { get }
    /// The modifiers of a step that only this verb has.
    static var modifiers: [Key] { get }
    /// Loads a step with this verb. Returns nil if a mistake that it reports leaves no verb.
    static func load(_ step: WrittenStep, by loader: inout Loader) -> (any Verb)?
}

/// A step as the file has it.
struct WrittenStep {
    /// The value of the verb.
    var value: YAMLNode
    /// The position of the verb.
    var span: Span
    /// The other keys of the step.
    var modifiers = Members()
}

/// A loaded verb. The plan, the checks and the run of a case ask it for what they need.
protocol Verb: Sendable {
    /// The verb in words, for plans and progress displays.
    var text: String { get }
    /// The steps inside it.
    var blocks: Blocks { get }
    /// The messages and events that it waits for.
    var expectations: [Expectation] { get }
    /// The links that must be open when it starts.
    var usedLinks: [String] { get }
    /// True if it sends something on these links.
    var sends: Bool { get }
    /// The link that it makes.
    var newLink: String? { get }
    /// The names that it gives values, besides those in patterns.
    var definedNames: [String] { get }
    /// The actor that waits from the beginning for the node to dial it.
    var listeningActor: String? { get }
    /// The expression that the step judges once.
    var assertion: Expression? { get }
    /// Reports a probable mistake. `active`: the links on which something has happened before the step, and, afterwards,
    /// before the next one.
    func lint(_ step: Step, active: inout Set<String>, by loader: inout Loader)
    /// Returns a time that the step needs at least if it holds. Updates the names that times depend on.
    func leastTime(_ scope: inout Scope) -> Duration
    /// Returns the time from which the harness's lateness counts for the current step.
    func judgedSince(in run: CaseRun) -> Instant
    /// Begins the step. The step ends, or waits until the case calls it again.
    func start(_ step: Step, in run: CaseRun) throws(EvaluationError)
}

/// The steps inside a verb.
enum Blocks: Sendable {
    case none
    /// Steps in their order. `isCertain`: false if the verb may leave them out.
    case sequence([Step], isCertain: Bool)
    /// Branches at the same time. `joinsAny`: true if the first branch that ends also ends the others.
    case parallel([[Step]], joinsAny: Bool)
    /// Alternative branches. The case takes one.
    case alternatives([Branch])

    /// All steps inside the verb.
    var steps: [Step] {
        switch self {
        case .none: []
        case .sequence(let steps, _): steps
        case .parallel(let branches, _): branches.flatMap { $0 }
        case .alternatives(let branches): branches.flatMap(\.steps)
        }
    }
}

extension NamedVerb {
    static var modifiers: [Key] { [] }
}

extension Verb {
    var blocks: Blocks { .none }
    var expectations: [Expectation] { [] }
    var usedLinks: [String] { expectations.map(\.link) }
    var sends: Bool { false }
    var newLink: String? { nil }
    var definedNames: [String] { [] }
    var listeningActor: String? { nil }
    var assertion: Expression? { nil }
    func lint(_ step: Step, active: inout Set<String>, by loader: inout Loader) {}
    func leastTime(_ scope: inout Scope) -> Duration { blocks.leastTime(&scope) }
    func judgedSince(in run: CaseRun) -> Instant {
        run.currentBranch.wait?.judgedSince ?? run.currentBranch.waitsSince
    }
}
