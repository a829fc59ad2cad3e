public import Node
public import Wire

/// What whoever starts a run has said of the node under test.
public struct NodeClaims: Sendable {
    /// Names of parameters, and `profile`, that were given a value; all others have their presets.
    public var given: Set<String>
    /// What it is, of `Definition.kinds`.
    public var kind: String?
    /// Its identity in the protocol.
    public var identity: [UInt8]?
    /// The capabilities that the user declared as present or absent.
    public var declared: Set<String> = []
    /// Claims about these.
    public init(given: Set<String> = [], kind: String? = nil, identity: [UInt8]? = nil) {
        self.given = given
        self.kind = kind
        self.identity = identity
    }
}

/// A claim about the node under test that its own answer contradicts, with what mends it.
public struct ClaimError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What was claimed, such as `network`.
    public var name: String
    /// What was said of it.
    public var claimed: String
    /// What the node says.
    public var found: String
    /// What to do.
    public var remedy: String
    /// One line.
    public var description: String {
        "\(name) is \(found) there, and not \(claimed): \(remedy), or --no-preflight to judge it anyway"
    }
}

/// The node under test after it was asked: what was said of it, completed by what it told.
public struct KnownNode: Sendable {
    /// Profile and parameters that it is judged by.
    public private(set) var settings: Settings
    /// What it is, of `Definition.kinds`; nil where nobody knows.
    public private(set) var kind: String?
    /// Its identity in the protocol; nil where nobody knows.
    public private(set) var identity: [UInt8]?
    /// What nobody had said and its answer told: names of parameters, `profile`, `kind`, `identity`.
    public private(set) var found: [String] = []
    private let address: Endpoint
    private let definition: Definition
    private let told: Identification
    private let claims: NodeClaims

    /// Holds what a node at `address` told against what was said of it.
    public init(
        _ told: Identification, at address: Endpoint, _ definition: Definition, _ settings: Settings,
        _ claims: NodeClaims
    ) throws(ClaimError) {
        self.settings = settings
        self.address = address
        self.definition = definition
        self.told = told
        self.claims = claims
        for (name, value) in told.parameters.sorted(by: { $0.key < $1.key }) {
            if !claims.given.contains(name) {
                self.settings.values[name] = value
                found.append(name)
            } else if settings[name] != value {
                throw ClaimError(
                    name: name, claimed: settings[name], found: value,
                    remedy: "give -P " + ShellText.word("\(name)=\(value)"))
            }
        }
        if let first = told.profiles.first {
            if !claims.given.contains("profile") {
                // One of several that look alike: the preset, where it is among them.
                if !told.profiles.contains(settings.profile) { self.settings.profile = first }
                found.append("profile")
            } else if !told.profiles.contains(settings.profile), !told.isProfileGuessed {
                throw ClaimError(
                    name: "profile", claimed: settings.profile, found: told.profiles.joined(separator: " or "),
                    remedy: "give --profile " + ShellText.word(first))
            }
        }
        if let claimed = claims.kind, let kind = told.kind, kind != claimed {
            throw ClaimError(
                name: "kind", claimed: claimed, found: kind, remedy: "mend `kind` in the target file")
        }
        kind = claims.kind ?? told.kind
        if claims.kind == nil, kind != nil { found.append("kind") }
        if let claimed = claims.identity, let identity = told.identity, identity != claimed {
            throw ClaimError(
                name: "id", claimed: Self.hex(claimed), found: Self.hex(identity),
                remedy: "give --id \(Self.hex(identity)), or take `identity` out of the target file")
        }
        identity = claims.identity ?? told.identity
        if claims.identity == nil, identity != nil { found.append("identity") }
    }
    /// The capabilities that the node lacks by its own answer, each with that answer.
    public var denials: [String: String] { told.lacks }
    /// The same without the declared ones.
    public var lacks: [String: String] { denials.filter { !claims.declared.contains($0.key) } }
    /// Durations that are parameters and that neither the user nor the node has named.
    private var taken: [String] {
        let names = Set(definition.parameters.map(\.name)).subtracting(claims.given).subtracting(told.parameters.keys)
        return definition.durations(settings).filter { names.contains($0.name) && $0.duration > .zero }
            .map { "\($0.name) \($0.duration.text)" }
    }
    private static func hex(_ bytes: [UInt8]) -> String { "0x" + bytes.hex }

    /// What to look at where some of these cases are for nodes of another kind and none could be run; nil: nothing, or it
    /// has not told its kind.
    public func kindHint(for cases: [Case]) -> String? {
        let wanted = cases.lazy.compactMap { c in c.scenario.actors.first(where: \.isSubject)?.kind }
        guard found.contains("kind"), let kind, wanted.contains(where: { $0 != kind }) else { return nil }
        let place = told.kindPlace.isEmpty ? "" : " (\(told.kindPlace))"
        return "the node says that it is a \(kind)\(place), and these cases are for others. If it is none, that is "
            + "wrong: with `kind` in a target file the run ends with status 4 for it"
    }
    /// What was found, in one line; what nobody had said is marked.
    public var line: String {
        func mark(_ name: String) -> String { found.contains(name) ? " (found)" : "" }
        let rightly = told.fault.map { ", but not rightly (\($0))" } ?? ""
        var parts = [definition.name + (kind.map { " \($0)" } ?? "")]
        parts += told.parameters.keys.sorted().map { "\($0) \(settings[$0])\(mark($0))" }
        let profile = "profile \(settings.profile)"
        if told.profiles.isEmpty, definition.profiles.count == 1 {
            // There is nothing to tell.
        } else if told.profiles.isEmpty {
            parts.append(profile + (claims.given.contains("profile") ? "" : " (preset: its answer does not tell)"))
        } else {
            // Profiles that look alike from here.
            let others = told.profiles.filter { $0 != settings.profile }
            let either = others.isEmpty ? "" : " (or \(others.joined(separator: ", ")): its answer does not tell which)"
            parts.append(profile + mark("profile") + (claims.given.contains("profile") ? "" : either))
        }
        parts += told.remarks
        if let identity { parts.append("id \(Self.hex(identity))") }
        let absent = lacks
        if !absent.isEmpty {
            parts.append(
                "no " + absent.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value))" }.joined(separator: ", no "))
        }
        if !taken.isEmpty { parts.append("not given and taken for granted: " + taken.joined(separator: ", ")) }
        return "\(address) answers\(rightly): " + parts.joined(separator: ", ")
    }
    /// The same for programs.
    public var event: Value {
        var entries: [Value.Entry] = [
            .init("event", "preflight"), .init("address", .text("\(address)")),
            .init("protocol", .text(definition.name)),
        ]
        if let kind { entries.append(.init("kind", .text(kind))) }
        if let identity { entries.append(.init("identity", .text(identity.hex))) }
        entries.append(.init("profile", .text(settings.profile)))
        let parameters = told.parameters.keys.sorted().map { Value.Entry($0, .text(settings[$0])) }
        entries.append(.init("parameters", .map(parameters)))
        entries.append(.init("found", .list(found.map { .text($0) })))
        if let fault = told.fault { entries.append(.init("fault", .text(fault))) }
        entries.append(.init("remarks", .list(told.remarks.map { .text($0) })))
        let absent = lacks.sorted { $0.key < $1.key }.map { Value.Entry($0.key, .text($0.value)) }
        if !absent.isEmpty { entries.append(.init("lacks", .map(absent))) }
        if !taken.isEmpty { entries.append(.init("taken", .list(taken.map { .text($0) }))) }
        return .map(entries)
    }
}
