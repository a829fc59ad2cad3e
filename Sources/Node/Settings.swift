internal import Wire

/// A profile and the parameters of a protocol, all of them set and all of them known.
public struct Settings: Hashable, Sendable {
    /// Name of the profile.
    public var profile: String
    /// Values of all parameters, by name.
    public var values: [String: String]
    /// What is asked for of a node that a URL names; nil: it has an address only.
    public var resource: Resource?
    /// A profile, and values of parameters that need not be all.
    public init(profile: String, values: [String: String]) { (self.profile, self.values) = (profile, values) }
    /// The value of a parameter; empty for a name that the protocol does not have.
    public subscript(name: String) -> String { values[name] ?? "" }
}

/// What a URL says beside the address of a node.
public struct Resource: Hashable, Sendable {
    /// Path and query, such as `/chat?room=1`.
    public var target: String
    /// The host as it is written, with its port where that is written.
    public var host: String
    /// A path and query at a host.
    public init(target: String, host: String) { (self.target, self.host) = (target, host) }
}

/// Why settings were refused: a name or value that the protocol does not know, with those that it does.
public struct SettingsError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What was asked for: `profile`, or the name of a parameter.
    public var name: String
    /// What was asked for; empty when the name is not known.
    public var value: String
    /// The names or values that there are.
    public var known: [String]
    /// The name is not known, rather than the value.
    var isUnknownName = false
    /// Why it is none of them, where that can be told.
    var reason: String?
    private func near(_ word: String) -> String {
        NearestName.nearest(word, in: known).map { ", did you mean `\($0)`?" } ?? ""
    }
    /// One line for people.
    public var description: String {
        isUnknownName
            ? "no parameter is called \(name)\(near(name)): there is \(known.joined(separator: ", "))"
            : "\(name) cannot be \(value)\(near(value)): \(reason.map { $0 + "; " } ?? "")it is one of \(known.joined(separator: ", "))"
    }
}
