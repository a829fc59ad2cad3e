internal import Node

/// A scenario file, loaded: what to do, what must come, and which requirements that proves.
public struct Scenario: Sendable {
    /// Name of the case, such as `nano.handshake.v2-query`; never changed.
    public var id: String
    /// What is tested, in one sentence.
    public var title: String
    /// Name of the protocol's `Definition`.
    public var protocolName: String
    /// More about it (`doc`); empty when there is none.
    public var summary: String
    /// Ids of the requirements that it proves; none of what was recorded, or written to try something.
    public var covers: [String]
    /// Words to select by.
    public var tags: [String]
    /// Only under these profiles; empty: all.
    public var profiles: [String]
    /// The file that it was loaded from.
    public var source: SourceFile
    /// Capability names in `needs`.
    public internal(set) var needsText: String?
    /// Cases of the same word never run side by side.
    public internal(set) var serial: String?
    /// Exhausts a node (connections, cookies, tables): runs after all other cases against it, and beside none.
    public internal(set) var isAlone = false
    /// Needs a node without history: one that serves several cases is started again before it.
    public internal(set) var isFresh = false
    /// Values that the command line may change.
    public internal(set) var parameters: [ScenarioParameter]
    /// Names of values that are never shown, those of fragments among them.
    var secrets: Set<String> = []
    /// The tag of scenarios that are known to end real nodes.
    public static let destructiveTag = "destructive"
    /// True if the input of the scenario has ended real nodes. It runs after all other cases, and the end of the node
    /// breaks the first MUST that it covers.
    public var isDestructive: Bool { tags.contains(Self.destructiveTag) }
    var needs: Expression?
    /// Longest time that a case may take.
    var budget: Template?
    var vectors: [Vector]
    var actors: [Actor]
    var defaults: [Default]
    var steps: [Step]
    var cleanup: [Step]
    /// Files whose steps it uses, each once for every file that names it.
    public internal(set) var fragments: [Fragment] = []
    /// Of one that was made of a capture; nil for all others.
    public internal(set) var recorded: RecordedScenario?

    /// A file of steps that another file uses.
    public struct Fragment: Sendable {
        /// As the file that uses it names it.
        public var name: String
        /// Name of the file that uses it.
        public var user: String
        public var source: SourceFile
    }
    struct Actor: Sendable {
        var name: String
        var role: Role
        /// Gives the key pair.
        var key: Template?
        /// Its identity in the protocol.
        var identity: Template?
        /// What it is, in the protocol's words.
        var kind: String?
        /// Capability that having it takes.
        var needs: Expression?
        /// Where it listens, the node is made to dial it. False: the node has to hear of it from others.
        var isTold = true
        /// It listens whether a step takes a connection or not.
        var listens = false
        /// It has its address from the beginning, and refuses connections there until a step says `listen`.
        var refuses = false
        /// The address that it listens on, port 0; nil for one that the node can reach. Of a node under test: where the
        /// reference node does.
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
    /// Values of one case among several.
    struct Vector: Sendable {
        var name: String
        var values: [Template.Member]
    }
    /// What is done with records that no step waits for.
    struct Default: Sendable {
        var message: String?
        var pattern: PatternTemplate?
        var action: Action
        var span: Span

        enum Action: Sendable {
            case ignore
            case forbid
            /// Answered with this; nil: with the same bytes.
            case reply(Send.Part?)
        }
    }

    /// Whether the node under test has to be made to open a connection to us.
    public var isDialed: Bool { listeningActors.contains { isTold($0) } }
    /// Whether the node is told of an actor that listens.
    func isTold(_ actor: String) -> Bool { actors.first { $0.name == actor }?.isTold ?? true }
    /// Names of the controls that `dut` steps use.
    public var controls: [String] {
        var out: [String] = []
        for s in (steps + cleanup).flattened {
            if case .dut(let name, _, _) = s.verb, !out.contains(name) { out.append(name) }
        }
        return out
    }
    /// Steps of the outermost list, without `cleanup`.
    public var stepCount: Int { steps.count }
    /// Requirements that steps and branches claim.
    public var claims: [String] { steps.claims }
    /// Names that steps define: without a value until then.
    var declaredNames: [String] {
        var out: [String] = []
        for s in (steps + cleanup).flattened {
            if let mark = s.mark { out.append(mark) }
            for e in s.verb.expectations { if case .message(_, let p?) = e.what { out += p.saves } }
            switch s.verb {
            case .assign(let members): out += members.map(\.key)
            case .build(let b): out.append(b.name)
            case .dut(_, _, let answer?): out.append(answer)
            case .repeat(_, let name?, _): out.append(name)
            default: break
            }
        }
        return out
    }
    /// Actors that wait for the node to dial them: from the beginning, whether a step takes a connection or not. Over
    /// UDP they speak from there as well.
    var listeningActors: [String] {
        var out = actors.filter { !$0.isSubject && ($0.listens || $0.listen != nil) }.map(\.name)
        for s in steps.flattened {
            switch s.verb {
            case .accept(let at, _, _, _, _, _), .neverDialed(let at, _, _), .listen(let at), .refuse(let at):
                if !out.contains(at) { out.append(at) }
            default: break
            }
        }
        return out
    }
    /// Names of links, which expressions may use as text.
    var linkNames: [String] {
        (steps + cleanup).flattened.compactMap { s in
            switch s.verb {
            case .open(_, _, let link, _, _, _, _), .accept(_, _, let link, _, _, _): link
            case .stream(let s): s.link
            default: nil
            }
        }
    }
}

/// One case to run: a scenario, with the values of one of its vectors where it has some.
public struct Case: Sendable {
    public var scenario: Scenario
    var vector: Scenario.Vector?
    /// The scenario's id, with the vector's name in brackets where there is one. Never depends on position.
    public var id: String { vector.map { "\(scenario.id)[\($0.name)]" } ?? scenario.id }
}

extension Scenario {
    /// Its cases: one, or one for each vector.
    public var cases: [Case] {
        vectors.isEmpty ? [Case(scenario: self)] : vectors.map { Case(scenario: self, vector: $0) }
    }
}
