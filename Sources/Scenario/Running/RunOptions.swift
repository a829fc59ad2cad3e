public import Node

/// The node under test.
public enum Subject {
    /// The reference node, a new one for each case; with a seeded fault where one is named.
    case builtIn(bug: String?)
    case remote(Remote)
}

/// A node that runs elsewhere.
public struct Remote {
    /// Where it listens; without it the cases that dial it are skipped.
    public var address: Endpoint?
    /// Where we listen for it.
    public var listen: Endpoint?
    /// Makes it dial the endpoint; gives what went wrong, nil when nothing did. Without it the node dials on its own.
    public var dial: ((Endpoint) -> String?)?
    /// A node that listens, dials, or does both.
    public init(address: Endpoint?, listen: Endpoint?, dial: ((Endpoint) -> String?)? = nil) {
        self.address = address
        self.listen = listen
        self.dial = dial
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
    /// Gives all random values of all cases.
    public var seed: UInt64
    /// How late the harness itself may be before a window is not judged any more.
    public var slack: Duration
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
    /// Why a scenario cannot be run so; nil when it can.
    public func reasonToSkip(_ s: Scenario, _ definition: Definition) -> String? {
        if !s.profiles.isEmpty, !s.profiles.contains(settings.profile) {
            return "for profile \(s.profiles.joined(separator: ", ")), this is \(settings.profile)"
        }
        if let needs = s.needs {
            var scope = Scope()
            for c in definition.capabilities { scope.names[c.name] = .bool(!lacks.contains(c.name)) }
            if (try? Evaluator.evaluate(needs, in: scope)) != .bool(true) {
                let missing = Set(needs.uses().names.map(\.0)).intersection(lacks).sorted()
                return "needs \(needs.text)"
                    + (missing.isEmpty ? "" : "; the node lacks \(missing.joined(separator: ", "))")
            }
        }
        if case .remote(let r) = subject {
            if s.isDialed, r.listen == nil { return "needs --listen: the node under test must dial us" }
            if !s.isDialed, r.address == nil { return "needs --target: the node under test must listen" }
        }
        return nil
    }
}
