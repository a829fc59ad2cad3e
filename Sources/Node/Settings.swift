/// A profile and the parameters of a protocol, all of them set and all of them known.
public struct Settings: Hashable, Sendable {
    /// Name of the profile.
    public var profile: String
    /// Every parameter by its name.
    public var values: [String: String]
    /// The value of a parameter; empty for a name that the protocol does not have.
    public subscript(name: String) -> String { values[name] ?? "" }
}

/// Why settings were refused: a name or value that the protocol does not know, with those that it does.
public struct SettingsError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What was asked for: `profile`, or the name of a parameter.
    public var name: String
    /// The value that it was to have; empty where the name itself is not known.
    public var value: String
    /// What there is instead.
    public var known: [String]
    /// The name is not known, rather than the value.
    var isUnknownName = false
    /// One line with all that there is.
    public var description: String {
        isUnknownName
            ? "no parameter is called \(name): there is \(known.joined(separator: ", "))"
            : "\(name) cannot be \(value): it is one of \(known.joined(separator: ", "))"
    }
}

extension Definition {
    /// Settings with the presets for what is not given.
    public func settings(profile: String? = nil, _ values: [String: String] = [:]) throws(SettingsError) -> Settings {
        let names = profiles.map(\.name)
        let profile = profile ?? names.first ?? ""
        guard names.contains(profile) else { throw SettingsError(name: "profile", value: profile, known: names) }
        var all: [String: String] = [:]
        for p in parameters { all[p.name] = p.preset }
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            guard let p = parameters.first(where: { $0.name == name }) else {
                throw SettingsError(name: name, value: "", known: parameters.map(\.name), isUnknownName: true)
            }
            guard p.choices.contains(value) else { throw SettingsError(name: name, value: value, known: p.choices) }
            all[name] = value
        }
        return Settings(profile: profile, values: all)
    }
}
