internal import Node
public import Wire

/// A name with its value at the end of a case.
public struct CaseVariable: Sendable, Equatable {
    /// The name as its file writes it. Two fragments can both have a variable of this name.
    public var name: String
    /// The last value. A value that no message can hold, such as a duration, is given as text. A secret is `(secret)`.
    public var value: Value
}

/// The names of a case at its end. They become values only on request.
struct CaseVariables {
    var names: [String: Term]
    var secrets: Set<String>

    /// The variables, sorted by name.
    var shown: [CaseVariable] {
        let hidden = secrets.sorted().compactMap { names[$0] }.map(Secret.init)
        return names.sorted { $0.key < $1.key }.compactMap { name, term in
            if case .function = term { return nil }
            let value = secrets.contains(name) ? .text("(secret)") : Self.clean(Self.value(term), hidden)
            return CaseVariable(name: Scope.shownName(name), value: value)
        }
    }
    private static func value(_ t: Term) -> Value {
        switch t {
        case .list(let items): .list(items.map(value))
        case .map(let members): .map(members.map { Value.Entry($0.name, value($0.value)) })
        default: t.value ?? .text(t.text)
        }
    }
    /// Returns a value without the secrets that it contains.
    private static func clean(_ v: Value, _ hidden: [Secret]) -> Value {
        guard !hidden.isEmpty else { return v }
        switch v {
        case .list(let items): return .list(items.map { clean($0, hidden) })
        case .map(let entries): return .map(entries.map { Value.Entry($0.key, clean($0.value, hidden)) })
        default:
            let text = if case .text(let s) = v { s } else { v.description }
            let masked = hidden.reduce(text) { $1.hidden(in: $0) }
            return masked == text ? v : .text(masked)
        }
    }
}
