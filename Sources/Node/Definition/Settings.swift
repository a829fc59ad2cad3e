internal import Wire

/// A profile and values for all parameters of a protocol, each of them valid.
public struct Settings: Hashable, Sendable {
    /// The name of the profile.
    public var profile: String
    /// The values of all parameters, by name.
    public var values: [String: String]
    /// The resource to request from a node that a URL names; nil: the node has only an address.
    public var resource: Resource?
    /// Creates settings from a profile and values of parameters, which need not be complete.
    public init(profile: String, values: [String: String]) { (self.profile, self.values) = (profile, values) }
    /// The value of a parameter; empty for a name that the protocol does not have.
    public subscript(name: String) -> String { values[name] ?? "" }
}

/// The parts of a URL besides the address of a node.
public struct Resource: Hashable, Sendable {
    /// The path and query, such as `/chat?room=1`.
    public var target: String
    /// The host as the user wrote it, with its port if the user wrote one.
    public var host: String
    /// Creates a resource from a path and query at a host.
    public init(target: String, host: String) { (self.target, self.host) = (target, host) }
}

/// The error for refused settings: a name or value that the protocol does not know, with those that it knows.
public struct SettingsError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The requested name: `profile`, or the name of a parameter.
    public var name: String
    /// The requested value; empty if the name is unknown.
    public var value: String
    /// The known names or values.
    public var known: [String]
    /// True if the name is unknown, rather than the value.
    public internal(set) var isUnknownName = false
    /// The reason why the value is refused, if it is known.
    public internal(set) var reason: String?
    /// The known name or value that the user most likely meant.
    public var meant: String? { NearestName.nearest(isUnknownName ? name : value, in: known) }
    /// A text for people, in one line.
    public var description: String {
        let near = meant.map { NearestName.suggestion($0) } ?? ""
        let list = NearestName.choice(known)
        return isUnknownName
            ? "no parameter is called `\(name)`" + (near.isEmpty ? "; use \(list)" : near)
            : "\(name): \(reason.map { $0 + ": " } ?? "")expected \(list), found `\(value)`\(near)"
    }
}
