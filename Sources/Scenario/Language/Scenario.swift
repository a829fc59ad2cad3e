internal import Node

/// A loaded scenario file: the actions, the expected messages, and the requirements that they prove.
public struct Scenario: Sendable {
    /// The name of the case, such as `nano.handshake.v2-query`. It never changes.
    public var id: String
    /// The subject of the test in one sentence.
    public var title: String
    /// The name of the protocol's `Definition`.
    public var protocolName: String
    /// A longer description (`doc`); may be empty.
    public var summary: String
    /// The ids of the requirements that it proves. Empty for a recorded scenario, or for one written to try something.
    public var covers: [String]
    /// The words to select it by.
    public var tags: [String]
    /// The profiles that it applies to; empty for all.
    public var profiles: [String]
    /// The file that it was loaded from.
    public var source: SourceFile
    /// The capability names in `needs`.
    public internal(set) var needsText: String?
    /// A word that keeps cases apart: two cases with the same word never run at the same time.
    public internal(set) var serial: String?
    /// True if the case exhausts the node (connections, cookies, tables). It runs after all other cases against the
    /// node, and never at the same time as another.
    public internal(set) var isAlone = false
    /// True if the case needs a node without history. A node that serves several cases is restarted before it.
    public internal(set) var isFresh = false
    /// The values that the command line can change.
    public internal(set) var parameters: [ScenarioParameter]
    /// The names of values that are never shown, including those from fragments.
    var secrets: Set<String> = []
    /// The tag of scenarios that are known to end real nodes.
    public static let destructiveTag = "destructive"
    /// True if the input of the scenario has ended real nodes. It runs after all other cases, and the end of the node
    /// breaks the first MUST that it covers.
    public var isDestructive: Bool { tags.contains(Self.destructiveTag) }
    var needs: Expression?
    /// The longest time that a case may take.
    var budget: Template?
    var vectors: [Vector]
    var actors: [Actor]
    var defaults: [Default]
    var steps: [Step]
    var cleanup: [Step]
    /// The files whose steps it uses. A file occurs once for every file that names it.
    public internal(set) var fragments: [Fragment] = []
    /// The origin of a scenario that was made from a capture; nil for all others.
    public internal(set) var recorded: RecordedScenario?

    /// A file of steps that another file uses.
    public struct Fragment: Sendable {
        /// The name of the fragment, as the file that uses it gives it.
        public var name: String
        /// The name of the file that uses it.
        public var user: String
        public var source: SourceFile
    }
    struct Actor: Sendable {
        var name: String
        var role: Role
        /// The number of the actor in its crowd, from 1; nil: it belongs to none.
        var number: Int?
        /// The name of that number in expressions of the actor, and while the case runs.
        static let numberName = "i"
        static let ownNumberName = "i#crowd"
        /// The key pair of the actor.
        var key: Template?
        /// The identity of the actor in the protocol.
        var identity: Template?
        /// The kind of the actor, in the protocol's terms.
        var kind: String?
        /// The capability that the node needs for a case with this actor.
        var needs: Expression?
        /// True if the node is made to dial the actor when it listens. False if the node must learn of the actor from
        /// others.
        var isTold = true
        /// True if the actor listens even if no step accepts a connection.
        var listens = false
        /// True if the actor has its address from the beginning and refuses connections there until a `listen` step.
        var refuses = false
        /// The address that it listens on, with port 0; nil for an address that the node can reach. For a node under
        /// test, the address that the reference node listens on.
        var listen: Endpoint?
        var span: Span
        var isSubject: Bool { role == .dut }
    }
    enum Role: String, CaseIterable, Sendable {
        case ref
        case dut
        case relay
        case observer
    }
    /// The values of one case out of several.
    struct Vector: Sendable {
        var name: String
        var values: [Template.Member]
    }
    /// A rule for records that no step waits for.
    struct Default: Sendable {
        var message: String?
        var pattern: PatternTemplate?
        var action: Action
        var span: Span

        enum Action: Sendable {
            case ignore
            case forbid
            /// The reply to send; nil to send back the same bytes.
            case reply(SendVerb.Part?)
        }
    }

    /// True if the node under test must be made to open a connection to an actor.
    public var isDialed: Bool { listeningActors.contains { isTold($0) } }
    /// Returns whether the node is given the address of an actor that listens.
    func isTold(_ actor: String) -> Bool { actors.first { $0.name == actor }?.isTold ?? true }
    /// The number of steps in the outermost list, without `cleanup`.
    public var stepCount: Int { steps.count }
    /// The requirements that steps and branches prove.
    public var claims: [String] { steps.claims }
    /// The names that steps define. They have no value before the step.
    var declaredNames: [String] {
        var out: [String] = []
        for s in (steps + cleanup).flattened {
            if let mark = s.mark { out.append(mark) }
            for e in s.verb.expectations { if case .message(_, let p?) = e.what { out += p.saves } }
            out += s.verb.definedNames
        }
        return out
    }
    /// The actors that wait from the beginning for the node to dial them, even if no step accepts a connection. Over
    /// UDP they also send from that address.
    var listeningActors: [String] {
        var out = actors.filter { !$0.isSubject && ($0.listens || $0.listen != nil) }.map(\.name)
        for s in steps.flattened {
            if let actor = s.verb.listeningActor, !out.contains(actor) { out.append(actor) }
        }
        return out
    }
    /// The names of links, which expressions can use as text.
    var linkNames: [String] { (steps + cleanup).flattened.compactMap(\.verb.newLink) }
    /// The links that `each` makes, by their common name, in the order of the actors.
    var crowdLinks: [String: [String]] {
        var out: [String: [String]] = [:]
        for name in linkNames {
            guard let dot = name.firstIndex(of: ".") else { continue }
            let common = String(name[..<dot])
            if !(out[common]?.contains(name) ?? false) { out[common, default: []].append(name) }
        }
        return out
    }
}

/// One case to run: a scenario, with the values of a vector if the scenario has vectors.
public struct Case: Sendable {
    public var scenario: Scenario
    var vector: Scenario.Vector?
    /// The scenario's id, followed by the vector's name in brackets if there is a vector. It never depends on position.
    public var id: String { vector.map { "\(scenario.id)[\($0.name)]" } ?? scenario.id }
}

extension Scenario {
    /// The cases of the scenario: one for each vector, or a single one without a vector.
    public var cases: [Case] {
        vectors.isEmpty ? [Case(scenario: self)] : vectors.map { Case(scenario: self, vector: $0) }
    }
}
