public import Node
internal import Wire

/// The node under test.
public enum Subject {
    /// The reference node, a new one for each case; with a seeded fault where one is named.
    case builtIn(bug: String?)
    case remote(Remote)

    /// Each case has a node that was started for it.
    var isNewForEachCase: Bool {
        switch self {
        case .builtIn: true
        case .remote(let r): r.start != nil
        }
    }
}

/// A node that runs elsewhere.
public struct Remote {
    /// Where it listens; without it the cases that dial it are skipped.
    public var address: Endpoint?
    /// Where further nodes listen, by the names of dut actors.
    public var addresses: [String: Endpoint]
    /// Where it listens, and further nodes.
    var endpoints: Set<Endpoint> { Set(addresses.values).union(address.map { [$0] } ?? []) }
    /// Where we listen for it.
    public var listen: Endpoint?
    /// Controls that it offers to `dut`.
    public var controls: Set<String>
    /// Makes it dial the endpoint; gives what went wrong, nil when nothing did. Without it the node dials on its own.
    public var dial: ((Endpoint) -> String?)?
    /// Of one that was made to dial: what went wrong since, nil when nothing did.
    public var dialProblem: (Endpoint) -> String? = { _ in nil }
    /// Starts the nodes of a case, the node under test first, with what the case says of each; gives what went wrong.
    /// Nil: one node serves all cases.
    public var start: (([NodeSetup]) -> String?)?
    /// The further nodes that `start` starts, by the names of dut actors. Somebody else starts all others.
    public var startedNames: Set<String> = []
    /// How far the start is; asked again and again, does not wait.
    public var readiness: () -> Readiness = { .ready }
    /// What it is, of `Definition.kinds`; nil: whatever a case wants, as far as anybody knows.
    public var kind: String?
    /// Its identity, where it has one that cases cannot give it.
    public var identity: [UInt8]?
    /// Carries a control out with its arguments; gives what went wrong.
    public var control: (String, [(String, String)]) -> String?
    /// What the last control printed.
    public var output: () -> String = { "" }
    /// Asks whether the node still answers anybody, where one node serves all cases; gives what became of it, nil while
    /// it does. May take seconds when it does not.
    public var absence: () -> String? = { nil }
    /// Returns how the node ended, if it has ended by itself. The runner calls it after each case, and it returns at
    /// once. The argument is true if the case last saw the end of a connection; after the last case, if the node was
    /// ever there.
    public var ending: (_ sawAnEnd: Bool) -> String? = { _ in nil }
    /// Returns true if the node answered before the first case.
    public var hasAnswered: () -> Bool = { false }
    /// Starts a node that serves all cases again after it died, and returns what went wrong. The closure is nil if the
    /// node cannot be started.
    public var revive: (() -> String?)?
    /// Returns the report of the target's own health check after a case; nil if there is no report.
    public var health: () -> String? = { nil }
    /// A node that listens, dials, or does both.
    public init(
        address: Endpoint?, addresses: [String: Endpoint] = [:], listen: Endpoint?, controls: Set<String> = [],
        dial: ((Endpoint) -> String?)? = nil,
        control: @escaping (String, [(String, String)]) -> String? = { name, _ in "there is no control \(name)" }
    ) {
        self.address = address
        self.addresses = addresses
        self.listen = listen
        self.controls = controls
        self.dial = dial
        self.control = control
    }
}

/// What a case says of a node that is started for it.
public struct NodeSetup: Equatable, Sendable {
    /// The dut actor.
    public var name: String
    /// What it is to be, of `Definition.kinds`; nil: the first of them.
    public var kind: String?
    /// Its identity in the protocol; nil: its own affair.
    public var identity: [UInt8]?
    /// Whom it is told of.
    public var acquaintances: [NodeOptions.Acquaintance]
}

/// How far the start of a node is.
public enum Readiness: Equatable, Sendable {
    case ready
    case notYet
    case failed(String)
}

/// How what is sent is cut into segments or datagrams, so that a node cannot rely on where the cuts are.
public enum Chop: String, CaseIterable, Sendable {
    /// One byte at a time.
    case bytes
    /// One byte before each boundary of a message.
    case before
    /// One byte behind it.
    case behind
    /// What is sent one after the other goes out together.
    case coalesced
    /// In datagrams: messages that may take several in as small ones as a sender may make.
    case small
    /// In datagrams: those of one message the last one first.
    case reversed

    /// The ways that there are for a protocol.
    public static func variants(of definition: Definition) -> [Chop] {
        switch definition.transport {
        case .tcp: [.bytes, .before, .behind, .coalesced]
        case .udp: definition.datagrams == nil ? [] : [.small, .reversed]
        }
    }
    /// How large a datagram may be where a scenario does not say.
    func limit(_ rules: DatagramRules) -> Int? { self == .small ? rules.limits.lowerBound : nil }

    /// Sizes of the pieces for messages of these sizes sent together; the last one repeats.
    func sizes(_ units: [Int]) -> [Int] {
        switch self {
        case .bytes: return [1]
        case .before:
            guard let first = units.first, first > 1 else { return [1] }
            return [first - 1] + units.dropFirst() + [1]
        case .behind:
            guard let first = units.first, units.count > 1 else { return [1, .max / 2] }
            return [first + 1] + units.dropFirst().dropLast() + [.max / 2]
        case .coalesced, .small, .reversed: return [.max / 2]
        }
    }
}

/// How cases are run.
public struct RunOptions {
    /// Who is tested.
    public var subject: Subject
    /// Profile and parameters that both sides keep to.
    public var settings: Settings
    /// Capabilities that the node does not have.
    public var lacks: Set<String>
    /// The evidence that the node lacks them, by capability, if it was found.
    public var lackReasons: [String: String] = [:]
    /// Values of scenario parameters, as text.
    public var parameters: [String: String] = [:]
    /// Gives all random values of all cases.
    public var seed: UInt64
    /// How late the harness itself may be before a window is not judged any more.
    public var slack: Duration
    /// Latest moments are put off by this factor: for slow machines. Earliest moments stay.
    public var timeScale = 1.0
    /// How everything that is sent over a stream is cut.
    public var chop: Chop?
    /// Results tell what each step came to, and which values the names had.
    public var keepsEvidence = false
    /// Makes another node of each reference node, such as one that says something else than the node in it.
    public var wrap: (@Sendable (any Node) -> any Node)?
    /// A recorded scenario is run whatever its capture fits: somebody has chosen the settings.
    public var areSettingsChosen = true
    /// Whether cases of the tag `long` are run: in real time they take minutes.
    public var includesLong = true
    /// Options with nothing lacking and a slack of 100 ms where nothing else is said.
    public init(
        subject: Subject, settings: Settings, lacks: Set<String> = [], seed: UInt64,
        slack: Duration = .milliseconds(100)
    ) {
        self.subject = subject
        self.settings = settings
        self.lacks = lacks
        self.seed = seed
        self.slack = slack
    }
    /// What random values of cases come from: a case that is run once more in another way has others, for what it did
    /// before may be remembered by the node.
    var valueSeed: UInt64 {
        guard let chop else { return seed }
        var random = Random(seed: seed, "chop:\(chop.rawValue)")
        return random.next()
    }
    func stretched(_ d: Duration) -> Duration { d.stretched(timeScale) }

    /// What the node claims: capabilities, and the controls that it offers as `control.NAME`.
    func capabilities(_ definition: Definition) -> Set<String> {
        var out = Set(definition.capabilities.map(\.name)).subtracting(lacks).subtracting(definition.lacks(settings))
        switch subject {
        case .builtIn:
            out.formUnion(Scenario.lifeControls.map { "control." + $0 })
            out.formUnion(definition.controls.map { "control." + $0.name })
        case .remote(let r): out.formUnion(r.controls.map { "control." + $0 })
        }
        return out
    }
    /// Whether having a capability decides whether a scenario can be run, all others being what they are.
    public func hinges(_ s: Scenario, on capability: String, _ definition: Definition) -> Bool {
        let others = capabilities(definition).subtracting([capability])
        let needs = [s.needs].compactMap { $0 } + s.actors.compactMap(\.needs)
        return needs.allSatisfy { $0.holds(others.union([capability])) } && !needs.allSatisfy { $0.holds(others) }
    }
    /// Why a scenario cannot be run so; nil when it can.
    public func reasonToSkip(_ s: Scenario, _ definition: Definition) -> String? {
        if let why = s.recorded?.skip { return why }
        if let other = otherSettings(s, definition) { return other }
        if !s.profiles.isEmpty, !s.profiles.contains(settings.profile) {
            return "for profile \(s.profiles.joined(separator: ", ")), this is \(settings.profile)"
        }
        if !includesLong, s.tags.contains("long") { return "takes long: give --long" }
        let claimed = capabilities(definition)
        for needs in [s.needs].compactMap({ $0 }) + s.actors.compactMap(\.needs) where !needs.holds(claimed) {
            let obstacles = needs.obstacles(claimed)
            let missing = obstacles.filter { !$0.isClaimed }.map { o in
                o.name + (lackReasons[o.name].map { " (\($0))" } ?? "")
            }
            let ruledOut = obstacles.filter(\.isClaimed).map(\.name)
            let parts = [("lacks", missing), ("has", ruledOut)].filter { !$0.1.isEmpty }
            let told = parts.map { $0.0 + " " + $0.1.joined(separator: ", ") }.joined(separator: " and ")
            return "needs \(needs.text)" + (told.isEmpty ? "" : "; the node " + told)
        }
        for control in s.controls where !claimed.contains("control." + control) { return "needs control.\(control)" }
        if s.steps.flattened.contains(where: { s.isBetweenSubjects($0) }) {
            return "needs a fault between two nodes under test, which the harness does not stand between"
        }
        if case .remote(let r) = subject {
            let subject = s.actors.first(where: \.isSubject)
            if let kind = r.kind, let wanted = subject?.kind, kind != wanted {
                return "needs a node that is a \(wanted): this one is a \(kind)"
            }
            if s.isFresh, r.start == nil, !r.controls.contains("restart") {
                return
                    "needs a node without history: this one cannot be started again (a target file with `control.start` can)"
            }
            if s.isDialed, r.listen == nil, r.start == nil { return "needs --listen: the node under test must dial us" }
            if !s.listeningActors.isEmpty, r.listen == nil, r.address?.isLoopback != true {
                return "needs --listen: the node under test must know where to find us"
            }
            let dials = s.steps.flattened.contains { if case .open = $0.verb { true } else { false } }
            if dials, r.address == nil, r.addresses.isEmpty { return "needs --target: the node under test must listen" }
            let subjects = s.actors.filter(\.isSubject).map(\.name)
            if subjects.count > 1, let missing = subjects.dropFirst().first(where: { r.addresses[$0] == nil }) {
                return "needs a second node: the target file gives no address for \(missing)"
            }
            if let other = s.restartedSubjects.subtracting(r.startedNames).subtracting(subjects.prefix(1)).min() {
                return "needs control.start of `\(other)`: meshspec starts a further node if its address in the target file "
                    + "has {port}, and `start` has {peers}"
            }
        }
        return nil
    }
}

extension RunOptions {
    /// Why a recorded scenario would be judged by a node of other settings than its capture fits; nil when it would not.
    private func otherSettings(_ s: Scenario, _ definition: Definition) -> String? {
        guard !areSettingsChosen, case .builtIn = subject, let recorded = s.recorded,
            let fitting = try? definition.settings(profile: recorded.profile, recorded.parameters),
            fitting.profile != settings.profile || fitting.values != settings.values
        else { return nil }
        let words = recorded.parameters.sorted { $0.key < $1.key }.map { "-P \($0.key)=\($0.value)" }
        let all = (recorded.profile.map { ["--profile \($0)"] } ?? []) + words
        return "recorded with other settings than the other cases have: run it by itself"
            + (all.isEmpty ? "" : ", or all with \(all.joined(separator: " "))")
    }
}

extension Scenario {
    /// The controls that start or stop a node.
    static let lifeControls: Set<String> = ["start", "stop", "restart"]
    /// The nodes under test that steps start or stop by name.
    fileprivate var restartedSubjects: Set<String> {
        var out: Set<String> = []
        for step in steps.flattened {
            guard case .dut(let name, let arguments, _) = step.verb, Self.lifeControls.contains(name) else { continue }
            for a in arguments where a.key == "node" {
                guard case .constant(let value) = a.value, case .text(let other) = value else { continue }
                out.insert(other)
            }
        }
        return out
    }
    func isBetweenSubjects(_ step: Step) -> Bool {
        guard case .fault(let f) = step.verb else { return false }
        let subjects = actors.filter(\.isSubject).map(\.name)
        return subjects.contains(f.from) && subjects.contains(f.to)
    }
}

extension Expression {
    /// Returns the capabilities that keep the expression from holding: claimed ones that it excludes, and missing ones
    /// that it needs.
    func obstacles(_ claimed: Set<String>) -> [(name: String, isClaimed: Bool)] {
        var out: [(name: String, isClaimed: Bool)] = []
        func walk(_ n: Node, _ isWanted: Bool) {
            if Self.holds(n, claimed) == isWanted { return }
            if let s = n.dotted {
                if !out.contains(where: { $0.name == s }) { out.append((s, !isWanted)) }
                return
            }
            switch n {
            case .not(let a, _): walk(a, !isWanted)
            case .binary(.and, let a, let b, _), .binary(.or, let a, let b, _):
                walk(a, isWanted)
                walk(b, isWanted)
            default: break
            }
        }
        walk(root, true)
        return out.sorted { $0.name < $1.name }
    }
    /// Returns whether the expression holds for the claimed capabilities.
    func holds(_ claimed: Set<String>) -> Bool { Self.holds(root, claimed) }
    private static func holds(_ n: Node, _ claimed: Set<String>) -> Bool {
        if let s = n.dotted { return claimed.contains(s) }
        switch n {
        case .literal(.bool(let b)): return b
        case .not(let a, _): return !holds(a, claimed)
        case .binary(.and, let a, let b, _): return holds(a, claimed) && holds(b, claimed)
        case .binary(.or, let a, let b, _): return holds(a, claimed) || holds(b, claimed)
        default: return false
        }
    }
}
