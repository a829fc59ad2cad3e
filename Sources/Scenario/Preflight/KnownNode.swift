public import Node
public import Wire

/// The user's claims about the node under test.
public struct NodeClaims: Sendable {
    /// The parameters, and `profile`, that the user gave a value. All others have their presets.
    public var given: Set<String>
    /// The kind of the node, one of `ReferenceImplementation.kinds`.
    public var kind: String?
    /// Its identity in the protocol.
    public var identity: [UInt8]?
    /// The capabilities that the user declared as present or absent.
    public var declared: Set<String> = []
    /// Creates claims.
    public init(given: Set<String> = [], kind: String? = nil, identity: [UInt8]? = nil) {
        self.given = given
        self.kind = kind
        self.identity = identity
    }
}

/// A claim about the node under test that the node's own answer contradicts, with a remedy.
public struct ClaimError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The name of the claim, such as `network`.
    public var name: String
    /// The claimed value.
    public var claimed: String
    /// The value in the node's answer.
    public var found: String
    /// The remedy for the user.
    public var remedy: String
    /// The diagnostic, in one line.
    public var description: String {
        "\(name) is \(found) there, and not \(claimed): \(remedy), or --no-preflight to judge it anyway"
    }
}

/// The node under test after the preflight: the user's claims, completed by the node's answer.
public struct KnownNode: Sendable {
    /// The profile and parameters that the node is judged by.
    public private(set) var settings: Settings
    /// The kind of the node, one of `ReferenceImplementation.kinds`; nil if it is unknown.
    public private(set) var kind: String?
    /// The identity of the node in the protocol; nil if it is unknown.
    public private(set) var identity: [UInt8]?
    /// The names of the values that the user did not give and that the answer supplied: parameters, `profile`, `kind`,
    /// `identity`.
    public private(set) var found: [String] = []
    /// The other profiles that fit the answer as well, if one of them was assumed and the preset does not fit.
    public private(set) var possibleProfiles: [String] = []
    private let address: Endpoint
    private let definition: Definition
    private let told: Identification
    private let claims: NodeClaims

    /// Compares the answer of the node at `address` with the user's claims.
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
                // Several profiles may look alike. The preset is chosen if it is one of them.
                if !told.profiles.contains(settings.profile) {
                    self.settings.profile = first
                    possibleProfiles = Array(told.profiles.dropFirst())
                }
                found.append("profile")
            } else if !told.profiles.contains(settings.profile), !told.isProfileGuessed {
                throw ClaimError(
                    name: "profile", claimed: settings.profile, found: told.profiles.joined(separator: " or "),
                    remedy: "give --profile " + ShellText.word(first))
            }
        }
        if let claimed = claims.kind, let kind = told.kind, kind != claimed {
            throw ClaimError(
                name: "kind", claimed: claimed, found: kind, remedy: "correct `kind` in the target file")
        }
        kind = claims.kind ?? told.kind
        if claims.kind == nil, kind != nil { found.append("kind") }
        if let claimed = claims.identity, let identity = told.identity, identity != claimed {
            throw ClaimError(
                name: "id", claimed: Self.hex(claimed), found: Self.hex(identity),
                remedy: "give --id \(Self.hex(identity)), or remove `identity` from the target file")
        }
        identity = claims.identity ?? told.identity
        if claims.identity == nil, identity != nil { found.append("identity") }
    }
    /// The capabilities that the node lacks by its own answer, each with this answer.
    public var denials: [String: String] { told.lacks }
    /// The capabilities that the node has shown.
    public var shown: Set<String> { told.shown }
    /// The denied capabilities that the user did not declare.
    public var lacks: [String: String] { denials.filter { !claims.declared.contains($0.key) } }
    /// The parameters of type duration that neither the user nor the node has given.
    private var taken: [String] {
        let names = Set(definition.configuration.parameters.map(\.name)).subtracting(claims.given).subtracting(
            told.parameters.keys)
        return definition.playing.durations(settings).filter { names.contains($0.name) && $0.duration > .zero }
            .map { "\($0.name) \($0.duration.text)" }
    }
    private static func hex(_ bytes: [UInt8]) -> String { "0x" + bytes.hex }

    /// Returns a hint for a run in which no case could be run, if some cases need a node of another kind. Returns nil
    /// if there is no such case or if the answer does not contain the kind.
    public func kindHint(for cases: [Case]) -> String? {
        let wanted = cases.lazy.compactMap { c in c.scenario.actors.first(where: \.isSubject)?.kind }
        guard found.contains("kind"), let kind, wanted.contains(where: { $0 != kind }) else { return nil }
        let place = told.kindPlace.isEmpty ? "" : " (\(told.kindPlace))"
        return "the node reports that it is a \(kind)\(place), and these cases are for other kinds. If the report is "
            + "wrong, give `kind` in a target file: the run then ends with status 4"
    }
    /// The result of the preflight, in one line. Values that the user did not give are marked.
    public var line: String {
        func mark(_ name: String) -> String { found.contains(name) ? " (found)" : "" }
        let rightly = told.fault.map { ", but incorrectly (\($0))" } ?? ""
        var parts = [definition.name + (kind.map { " \($0)" } ?? "")]
        parts += told.parameters.keys.sorted().map { "\($0) \(settings[$0])\(mark($0))" }
        let profile = "profile \(settings.profile)"
        if told.profiles.isEmpty, definition.configuration.profiles.count == 1 {
            // The protocol has one profile, so the line need not name it.
        } else if told.profiles.isEmpty {
            parts.append(profile + (claims.given.contains("profile") ? "" : " (preset: not in its answer)"))
        } else {
            // These profiles look alike from outside.
            let others = told.profiles.filter { $0 != settings.profile }
            let either = others.isEmpty ? "" : " (or \(others.joined(separator: ", ")): its answer fits all of them)"
            parts.append(profile + mark("profile") + (claims.given.contains("profile") ? "" : either))
        }
        parts += told.remarks
        if let identity { parts.append("id \(Self.hex(identity))") }
        let absent = lacks
        if !absent.isEmpty {
            parts.append(
                "no " + absent.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value))" }.joined(separator: ", no "))
        }
        if !taken.isEmpty { parts.append("not given and assumed: " + taken.joined(separator: ", ")) }
        return "\(address) answers\(rightly): " + parts.joined(separator: ", ")
    }
    /// The result of the preflight as an event for programs.
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
