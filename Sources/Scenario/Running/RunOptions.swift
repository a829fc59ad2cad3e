public import Node
internal import Wire

/// The node under test.
public enum Subject {
    /// The reference node, a new one for each case, with a seeded fault if one is named.
    case builtIn(bug: String?)
    case remote(Remote)

    /// True if a new node is started for each case.
    var isNewForEachCase: Bool {
        switch self {
        case .builtIn: true
        case .remote(let r): r.start != nil
        }
    }
}

/// A node outside the harness.
public struct Remote {
    /// The address on which the node listens. Without it the cases that dial the node are skipped.
    public var address: Endpoint?
    /// The addresses of further nodes, by the names of dut actors.
    public var addresses: [String: Endpoint]
    /// The addresses of all nodes.
    var endpoints: Set<Endpoint> { Set(addresses.values).union(address.map { [$0] } ?? []) }
    /// The address on which the harness listens for the node.
    public var listen: Endpoint?
    /// The controls that the node offers to `dut`.
    public var controls: Set<String>
    /// Makes the node dial the endpoint. Returns the error, or nil. Without this closure the node dials on its own.
    public var dial: ((Endpoint) -> String?)?
    /// Returns the error that happened since the node was made to dial, or nil.
    public var dialProblem: (Endpoint) -> String? = { _ in nil }
    /// Starts the nodes of a case from their setups, the node under test first. Returns the error, or nil. The closure
    /// is nil if one node serves all cases.
    public var start: (([NodeSetup]) -> String?)?
    /// The further nodes that `start` starts, by the names of dut actors. The user starts all others.
    public var startedNames: Set<String> = []
    /// Returns the progress of the start without waiting. The runner calls it repeatedly.
    public var readiness: () -> Readiness = { .ready }
    /// The kind of the node, one of `ReferenceImplementation.kinds`. If it is nil, the node may be of any kind that a
    /// case needs.
    public var kind: String?
    /// The identity of the node, if it is fixed and cases cannot set it.
    public var identity: [UInt8]?
    /// Carries out a control with its arguments. Returns the error, or nil.
    public var control: (String, [(String, String)]) -> String?
    /// Returns the output of the last control.
    public var output: () -> String = { "" }
    /// Asks whether a node that serves all cases still answers. Returns nil if it answers, otherwise a description of
    /// its end. It may take seconds if the node does not answer.
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
    /// Creates a node that listens, dials, or does both.
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

/// The properties that a case gives a node that is started for it.
public struct NodeSetup: Equatable, Sendable {
    /// The name of the dut actor.
    public var name: String
    /// The kind of the node, one of `ReferenceImplementation.kinds`; nil for the first of them.
    public var kind: String?
    /// The identity of the node in the protocol; nil if the node chooses it.
    public var identity: [UInt8]?
    /// The peers that are announced to the node.
    public var acquaintances: [NodeOptions.Acquaintance]
}

/// The progress of a node's start.
public enum Readiness: Equatable, Sendable {
    case ready
    case notYet
    case failed(String)
}

/// A way to cut sent data into segments or datagrams, so that a node cannot rely on the position of the cuts.
public enum Chop: String, CaseIterable, Sendable {
    /// One byte at a time.
    case bytes
    /// One byte before each boundary of a message.
    case before
    /// One byte after each boundary of a message.
    case behind
    /// Messages sent one after the other in one segment.
    case coalesced
    /// Messages that may take several datagrams in the smallest datagrams that a sender may use.
    case small
    /// The datagrams of a message in reverse order.
    case reversed

    /// Returns the ways that exist for a protocol.
    public static func variants(of definition: Definition) -> [Chop] {
        switch definition.transport {
        case .tcp: [.bytes, .before, .behind, .coalesced]
        case .udp: definition.reading.datagrams == nil ? [] : [.small, .reversed]
        }
    }
    /// Returns the limit of a datagram's size if the scenario does not set one.
    func limit(_ rules: DatagramRules) -> Int? { self == .small ? rules.limits.lowerBound : nil }

    /// Returns the sizes of the pieces for messages of these sizes that are sent together. The last size repeats.
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

/// The options of a run.
public struct RunOptions {
    /// The node under test.
    public var subject: Subject
    /// The profile and parameters that both sides use.
    public var settings: Settings
    /// The capabilities that the node lacks.
    public var lacks: Set<String>
    /// The capabilities that the user declared, present or absent.
    public var declared: Set<String> = []
    /// The capabilities that the user declared as present, or that the node showed before the first case. The node
    /// claims other capabilities only because no declaration denies them.
    public var promised: Set<String> = []
    /// The other profiles that the node may have, if its profile was only assumed.
    public var possibleProfiles: [String] = []
    /// The evidence that the node lacks them, by capability, if it was found.
    public var lackReasons: [String: String] = [:]
    /// The values of scenario parameters, as text.
    public var parameters: [String: String] = [:]
    /// The seed of all random values of all cases.
    public var seed: UInt64
    /// The delay of the harness beyond which a window is not judged.
    public var slack: Duration
    /// The factor that multiplies all deadlines, for slow machines. The beginnings of windows do not change.
    public var timeScale = 1.0
    /// The way to cut all data that is sent over a stream.
    public var chop: Chop?
    /// True if results contain the outcome of each step and the values of the names.
    public var keepsEvidence = false
    /// Wraps each reference node in another node, for example in one that alters its messages.
    public var wrap: (@Sendable (any Node) -> any Node)?
    /// True if the user chose the settings, so that a recorded scenario runs even if its capture fits other settings.
    public var areSettingsChosen = true
    /// True if cases with the tag `long` are run. They take minutes in real time.
    public var includesLong = true
    /// Creates options. By default the node lacks nothing and the slack is 100 ms.
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
    /// The seed of the random values of cases. A case that is repeated with other cuts has other values, because the
    /// node may remember the values of the first time.
    var valueSeed: UInt64 {
        guard let chop else { return seed }
        var random = Random(seed: seed, "chop:\(chop.rawValue)")
        return random.next()
    }
    func stretched(_ d: Duration) -> Duration { d.stretched(timeScale) }

    /// The prefix of a capability that the user declared: `declared.NAME`.
    static let declaredPrefix = "declared."
    /// Returns the capabilities that the node claims, the declared ones of these also as `declared.NAME`, and the
    /// controls that it offers as `control.NAME`. The settings of a reference node declare all its capabilities.
    func capabilities(_ definition: Definition) -> Set<String> {
        // A declaration counts more than a setting that only describes the reference node.
        let denied = definition.configuration.lacks(settings).subtracting(
            declared.intersection(definition.configuration.declarable))
        var out = Set(definition.configuration.capabilities.map(\.name)).subtracting(lacks).subtracting(denied)
        switch subject {
        case .builtIn:
            out.formUnion(out.map { Self.declaredPrefix + $0 })
            out.formUnion(Scenario.lifeControls.map { "control." + $0 })
            out.formUnion(definition.reference.controls.map { "control." + $0.name })
        case .remote(let r):
            out.formUnion(promised.intersection(out).map { Self.declaredPrefix + $0 })
            out.formUnion(r.controls.map { "control." + $0 })
        }
        return out
    }
    /// Returns true if this capability alone decides whether a scenario can be run.
    public func hinges(_ s: Scenario, on capability: String, _ definition: Definition) -> Bool {
        let others = capabilities(definition).subtracting([capability])
        let needs = [s.needs].compactMap { $0 } + s.actors.compactMap(\.needs)
        return needs.allSatisfy { $0.holds(others.union([capability])) } && !needs.allSatisfy { $0.holds(others) }
    }
    /// Returns the reason why a scenario cannot be run with these options; nil if it can.
    public func reasonToSkip(_ s: Scenario, _ definition: Definition) -> String? {
        if let why = s.recorded?.skip { return why }
        if let other = otherSettings(s, definition) { return other }
        if !s.profiles.isEmpty, !s.profiles.contains(settings.profile) {
            return "for profile \(s.profiles.joined(separator: ", ")), this is \(settings.profile)"
        }
        if !s.profiles.isEmpty, let other = possibleProfiles.first(where: { !s.profiles.contains($0) }) {
            return "for profile \(s.profiles.joined(separator: ", ")), and the node may be \(other): give --profile"
        }
        if !includesLong, s.tags.contains("long") { return "takes half a minute or more: give --long" }
        let claimed = capabilities(definition)
        for needs in [s.needs].compactMap({ $0 }) + s.actors.compactMap(\.needs) where !needs.holds(claimed) {
            let obstacles = needs.obstacles(claimed)
            let missing = obstacles.filter { !$0.isClaimed }.map { o in
                guard !o.name.hasPrefix(Self.declaredPrefix) else {
                    return "a declaration of " + o.name.dropFirst(Self.declaredPrefix.count)
                }
                return o.name + (lackReasons[o.name].map { " (\($0))" } ?? "")
            }
            let ruledOut = obstacles.filter(\.isClaimed).map(\.name)
            let parts = [("lacks", missing), ("has", ruledOut)].filter { !$0.1.isEmpty }
            let told = parts.map { $0.0 + " " + $0.1.joined(separator: ", ") }.joined(separator: " and ")
            return "needs \(needs.text)" + (told.isEmpty ? "" : "; the node " + told)
        }
        for control in s.controls where !claimed.contains("control." + control) { return "needs control.\(control)" }
        if s.steps.flattened.contains(where: { s.isBetweenSubjects($0) }) {
            return "needs a fault between two nodes under test, but their traffic does not pass the harness"
        }
        if case .remote(let r) = subject {
            let subject = s.actors.first(where: \.isSubject)
            if let kind = r.kind, let wanted = subject?.kind, kind != wanted {
                return "needs a node that is a \(wanted): this one is a \(kind)"
            }
            if s.isFresh, r.start == nil, !r.controls.contains("restart") {
                return
                    "needs a node without history: this one cannot restart (a target file with `control.start` can)"
            }
            if s.isDialed, r.listen == nil, r.start == nil { return "needs --listen: the node under test must dial us" }
            if !s.listeningActors.isEmpty, r.listen == nil, r.address?.isLoopback != true {
                return "needs --listen: the node under test must know where to find us"
            }
            if s.dialsNode, r.address == nil, r.addresses.isEmpty {
                return "needs --target: the node under test must listen"
            }
            let subjects = s.actors.filter(\.isSubject).map(\.name)
            if subjects.count > 1, let missing = subjects.dropFirst().first(where: { r.addresses[$0] == nil }) {
                return "needs a second node: the target file gives no address for \(missing)"
            }
            if let other = s.restartedSubjects.subtracting(r.startedNames).subtracting(subjects.prefix(1)).min() {
                return "needs control.start of `\(other)`: meshspec starts a further node if its address in the target "
                    + "file has {port}, and `start` has {peers}"
            }
        }
        return nil
    }
}

extension RunOptions {
    /// Returns the reason to skip a recorded scenario because its capture fits other settings than the run; nil if the
    /// settings are the same.
    private func otherSettings(_ s: Scenario, _ definition: Definition) -> String? {
        guard !areSettingsChosen, case .builtIn = subject, let recorded = s.recorded,
            let fitting = try? definition.settings(profile: recorded.profile, recorded.parameters),
            fitting.profile != settings.profile || fitting.values != settings.values
        else { return nil }
        let words = recorded.parameters.sorted { $0.key < $1.key }.map { "-P \($0.key)=\($0.value)" }
        let all = (recorded.profile.map { ["--profile \($0)"] } ?? []) + words
        return "recorded with other settings than the other cases: run it alone"
            + (all.isEmpty ? "" : ", or all with \(all.joined(separator: " "))")
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
