public import Node

/// The fields of messages that are random by description, such as cookies, nonces and masks, and the values that follow
/// from them.
public struct RandomFields: Sendable {
    /// The full paths of fields, without indices.
    private var paths: Set<String> = []
    /// The names of random elements in lower case, by the full path of their list.
    private var elements: [String: Set<String>] = [:]

    /// No fields.
    public init() {}
    /// The fields of these protocols.
    public init(_ definitions: [Definition]) {
        for rules in definitions.map(\.recording) {
            paths.formUnion((rules.fresh + rules.drawn).map(\.path) + rules.signatures.map(\.path) + rules.random)
            for element in rules.randomElements { add(element.name, in: element.list) }
            for element in rules.elements { add(element.name, in: element.list) }
        }
    }
    private mutating func add(_ name: String, in list: String) {
        elements[list, default: []].insert(name.lowercased())
    }
    /// The random fields of one message. They are looked up in the order of its fields, because the name of an element
    /// is before its value.
    struct Places {
        let message: String
        let fields: RandomFields
        /// The path of the last element, if its value is random.
        private var element: String?

        init(_ fields: RandomFields, in message: String) { (self.fields, self.message) = (fields, message) }
        /// Returns true if a field is random.
        mutating func isRandom(_ path: String, _ value: String) -> Bool {
            let full = "\(message).\(path.withoutIndices)"
            if fields.paths.contains(full) { return true }
            if path.hasSuffix(".name"), let names = fields.elements[String(full.dropLast(".name".count))] {
                element = names.contains(value.lowercased()) ? String(path.dropLast(".name".count)) : nil
            }
            return element.map { path == $0 + ".value" } ?? false
        }
    }
}

extension String {
    /// The path without the indices of elements: `peers.port` for `peers[0].port`.
    var withoutIndices: String {
        var out = ""
        var isIndex = false
        for c in self {
            if c == "[" { isIndex = true }
            if !isIndex { out.append(c) }
            if c == "]" { isIndex = false }
        }
        return out
    }
}
