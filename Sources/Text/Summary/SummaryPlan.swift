package import Wire

/// The summary of a message type with its paths looked up in the description of the type.
///
/// It is a class because it is used for each message that is shown, and it never changes.
package final class SummaryPlan: Sendable {
    /// A field that a part names.
    package struct Place: Sendable {
        /// The names of the groups around the field and of the field itself. Empty for an element of a list.
        package internal(set) var names: [[UInt8]] = []
        /// The names inside the JSON value that the field is.
        package internal(set) var members: [String] = []
        package internal(set) var meaning: FieldMeaning?
        /// The kind of the field; nil for a group.
        package internal(set) var kind: Kind?
        package internal(set) var isList = false

        /// Adds what a description says of the field.
        fileprivate mutating func add(_ field: FieldInfo?) {
            (meaning, kind, isList) = (field?.meaning, field?.kind, field?.isList ?? false)
        }
    }
    /// A part of the summary.
    package indirect enum Step: Sendable {
        case text([UInt8])
        case value(Place)
        case name(Place)
        case number(Place, plus: UInt64)
        case clock(Place)
        case lastWord(Place)
        case between(Place, String, String)
        case count(Place, one: [UInt8], many: [UInt8], isSet: Bool)
        case size(Place)
        case when(Place, isSet: Bool, [Step])
        case equal(Place, Value, [Step])
        case optional([Step])
        case first([[Step]])
        case joined([[Step]], [UInt8])
        case inside(Place, [Step])
        case each(Place, [Step])
        case found(Place, key: Place, word: String, [Step])
    }
    package let steps: [Step]
    /// The number of elements of each list that must be kept.
    package let elements: Int
    /// The fields of the message itself that the summary does not need.
    package let unused: [String]
    /// The paths that the description of the message does not have.
    package let unknownPaths: [String]

    /// Creates the plan of a message type; nil if the type has no summary.
    package init?(_ type: any Message.Type) {
        let summary = type.summary
        guard !summary.parts.isEmpty else { return nil }
        let fields = type.describe()
        var compiler = Compiler(fields)
        steps = compiler.steps(summary.parts)
        elements = summary.elements
        unused = fields.map(\.name).filter { !compiler.used.contains($0) }
        unknownPaths = compiler.unknown
    }

    /// A translator of parts to steps.
    private struct Compiler {
        /// The fields that paths begin with, and the list or group that has them.
        private var fields: [FieldInfo]
        private var around: FieldInfo?
        private(set) var used: Set<String> = []
        private(set) var unknown: [String] = []

        init(_ fields: [FieldInfo]) { self.fields = fields }

        mutating func steps(_ parts: [MessageSummary.Part]) -> [Step] { parts.map { step($0) } }
        private mutating func step(_ part: MessageSummary.Part) -> Step {
            switch part {
            case .text(let text): return .text(Array(text.utf8))
            case .value(let path, let meaning):
                var place = place(path).place
                if let meaning { place.meaning = meaning }
                return .value(place)
            case .name(let path): return .name(place(path).place)
            case .number(let path): return .number(place(path).place, plus: 0)
            case .ordinal(let path): return .number(place(path).place, plus: 1)
            case .clock(let path): return .clock(place(path).place)
            case .lastWord(let path): return .lastWord(place(path).place)
            case .between(let path, let before, let after): return .between(place(path).place, before, after)
            case .count(let path, let noun):
                return .count(
                    place(path).place, one: Array(noun.utf8), many: Array(Self.plural(noun).utf8), isSet: false)
            case .countSet(let path, let noun):
                return .count(
                    place(path).place, one: Array(noun.utf8), many: Array(Self.plural(noun).utf8), isSet: true)
            case .size(let path): return .size(place(path).place)
            case .when(let path, let parts): return .when(place(path).place, isSet: true, steps(parts))
            case .unless(let path, let parts): return .when(place(path).place, isSet: false, steps(parts))
            case .equal(let path, let value, let parts): return .equal(place(path).place, value, steps(parts))
            case .optional(let parts): return .optional(steps(parts))
            case .first(let all): return .first(all.map { steps($0) })
            case .joined(let all, let between): return .joined(all.map { steps($0) }, Array(between.utf8))
            case .inside(let path, let parts): return within(path, parts) { .inside($0, $1) }
            case .each(let path, let parts): return within(path, parts) { .each($0, $1) }
            case .found(let path, let key, let word, let parts):
                let (list, field) = place(path)
                return inner(field) { compiler in
                    .found(list, key: compiler.place(key).place, word: word.lowercased(), compiler.steps(parts))
                }
            }
        }
        private mutating func within(
            _ path: String, _ parts: [MessageSummary.Part], _ make: (Place, [Step]) -> Step
        ) -> Step {
            let (place, field) = place(path)
            return inner(field) { make(place, $0.steps(parts)) }
        }
        /// Translates parts whose paths begin in a field.
        private mutating func inner(_ field: FieldInfo?, _ body: (inout Self) -> Step) -> Step {
            let outer = (fields, around)
            (fields, around) = (field?.fields ?? [], field)
            defer { (fields, around) = outer }
            return body(&self)
        }
        /// Looks up a path.
        private mutating func place(_ path: String) -> (place: Place, field: FieldInfo?) {
            var place = Place()
            guard !path.isEmpty else {
                place.add(around)
                return (place, around)
            }
            let names = path.split(separator: ".").map(String.init)
            if around == nil, let first = names.first { used.insert(first) }
            var (inner, found): ([FieldInfo], FieldInfo?) = (fields, nil)
            for (i, name) in names.enumerated() {
                if let leaf = found, leaf.kind == .json {
                    place.members = Array(names[i...])
                    place.kind = .json
                    return (place, nil)
                }
                // If two forms of a message have the same name, the one with fields of its own has the rest.
                found = inner.last { $0.name == name && (i == names.count - 1 || $0.kind == nil || $0.kind == .json) }
                guard let field = found else {
                    unknown.append(path)
                    return (place, nil)
                }
                place.names.append(Array(name.utf8))
                inner = field.fields
            }
            place.add(found)
            return (place, found)
        }
        private static func plural(_ noun: String) -> String {
            noun.hasSuffix("y") && !noun.hasSuffix("ey") ? noun.dropLast() + "ies" : noun + "s"
        }
    }
}
