internal import Node
internal import Wire

/// A guess at the settings of a conversation: those whose defaults and constants occur most often in its messages.
struct SettingsGuess {
    /// The maximum number of combinations of profile and parameters to try.
    static let combinations = 1024
    /// The maximum number of messages to examine.
    static let messages = 200

    private(set) var settings: Settings
    /// The profiles that fit as well as the best one.
    private(set) var profiles: [String] = []

    init?(_ traffic: RecordedTraffic) {
        let definition = traffic.definition
        guard let first = try? definition.settings() else { return nil }
        settings = first
        let implied = traffic.flows.values.compactMap { f in
            definition.configuration.ports.first { $0.number == f.server.port || $0.number == f.client.port }?.implies
        }
        var fields: [[Value.Entry]] = []
        for e in traffic.events {
            guard fields.count < Self.messages else { break }
            if case .message(let message) = e.what, case .map(let entries) = message.fields { fields.append(entries) }
        }
        let values = fields.map { Set($0.flatMap { $0.value.leaves }) }
        var best = -1
        for candidate in Self.all(definition).prefix(Self.combinations) {
            guard case .map(let defaults) = definition.playing.defaults(candidate) else { continue }
            let constants = definition.playing.constants(candidate).map(\.value).filter(\.isTelling)
            var score = 0
            for (message, leaves) in zip(fields, values) {
                score += 4 * message.count { m in defaults.contains { $0.key == m.key && $0.value == m.value } }
                score += 2 * constants.count { leaves.contains($0) }
            }
            score += implied.count { $0.allSatisfy { candidate[$0.key] == $0.value } }
            if score > best {
                (best, settings, profiles) = (score, candidate, [candidate.profile])
            } else if score == best, !profiles.contains(candidate.profile) {
                profiles.append(candidate.profile)
            }
        }
    }
    /// Returns all settings, the presets first.
    private static func all(_ definition: Definition) -> [Settings] {
        var out: [Settings] = []
        for profile in definition.configuration.profiles.map(\.name) {
            guard let preset = try? definition.settings(profile: profile) else { continue }
            var some = [preset]
            for p in definition.configuration.parameters {
                some = some.flatMap { s in
                    ([p.preset] + p.choices.filter { $0 != p.preset }).map { choice in
                        var s = s
                        s.values[p.name] = choice
                        return s
                    }
                }
                if some.count > combinations { break }
            }
            // Every profile is tried.
            out += some.prefix(combinations / definition.configuration.profiles.count)
        }
        return out
    }
}

extension Value {
    /// All values inside it that contain no other values.
    var leaves: [Value] {
        var out: [Value] = []
        eachLeaf { out.append($0) }
        return out
    }
    func eachLeaf(_ body: (Value) -> Void) {
        switch self {
        case .list(let items): for item in items { item.eachLeaf(body) }
        case .map(let entries): for entry in entries { entry.value.eachLeaf(body) }
        default: body(self)
        }
    }
    /// True if the value is unlikely to occur twice by chance. Two places with this value then refer to the same thing.
    var isTelling: Bool {
        switch self {
        case .bytes(let b): b.count >= 8 && Set(b).count >= 4
        case .text(let s): s.utf8.count >= 12
        case .uint(let n): n >= 1 << 32 && n != .max
        default: false
        }
    }
    /// Returns the value at the full path of a field, among the fields of a message; nil if the path belongs to another
    /// message.
    func at(_ full: String, of message: String) -> Value? {
        full.hasPrefix(message + ".") ? at(full.dropFirst(message.utf8.count + 1)) : nil
    }
    /// Returns the value at a path without indices, such as `response.salt`; nil if it is missing.
    func at(_ path: some StringProtocol) -> Value? {
        var value = self
        for name in path.split(separator: ".") {
            guard let next = value[String(name)] else { return nil }
            value = next
        }
        return value
    }
}
