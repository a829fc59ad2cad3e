/// The keys of the files that people write, as tables in Markdown. They are made from the shapes that the loader reads
/// by. The documents in `Spec` contain these tables.
public enum KeyTables {
    /// The names of all tables. The tables of a kind of file follow each other: first the file, then its parts.
    public static var names: [String] { all.map(\.name) }

    /// Returns the table of this name; nil if the table does not exist.
    public static func table(_ name: String) -> String? { all.first { $0.name == name }.map { text($0.keys) } }

    /// The tables in the order in which the shapes refer to each other.
    private static let all: [(name: String, keys: [Key])] = {
        var found: [(name: String, keys: [Key])] = []
        func add(_ name: String, _ keys: [Key]) {
            guard !found.contains(where: { $0.name == name }) else { return }
            found.append((name, keys))
            for key in keys { visit(key.wants) }
        }
        func visit(_ type: FieldType) {
            switch type {
            case .shape(let shape): add(SchemaWriter.slug(shape.name), shape.keys)
            case .list(let inner), .some(let inner), .map(let inner): visit(inner)
            case .either(let a, let b):
                visit(a)
                visit(b)
            case .steps:
                add("modifiers", Schema.modifiers)
                add("verbs", Schema.verbs)
            case .pattern: add("operators", Schema.operators)
            default: break
            }
        }
        let others = [Schema.requirement, .mutations, .wireVector, .functionVector]
        for shape in DocumentKind.allCases.map(\.schema) + others { visit(.shape(shape)) }
        return found
    }()

    private static func text(_ keys: [Key]) -> String {
        var out = "| key | value | |\n|---|---|---|\n"
        for key in keys {
            let name = "`\(key.name)`" + (key.isRequired ? ", required" : "")
            out +=
                "| "
                + [name, words(key.wants), key.summary].map { $0.replacing("|", with: "\\|") }
                .joined(separator: " | ") + " |\n"
        }
        return out
    }
    /// Returns the type of a value in a few words.
    private static func words(_ type: FieldType) -> String {
        switch type {
        case .text: "text"
        case .bytes: "bytes"
        case .natural: "number"
        case .protocol: "protocol"
        case .message(let orAny): orAny ? "message, or `any`" : "message"
        case .algorithm: "signature algorithm"
        case .ends: "`a -> b` or `a <-> b`"
        case .flag: "`true` or `false`"
        case .number(let range): "number from \(range.lowerBound) to \(range.upperBound)"
        case .time: "duration"
        case .window: "`a .. b`, two durations"
        case .value: "any value"
        case .expression: "`$(...)`"
        case .choice(let names): names.map { "`\($0)`" }.joined(separator: ", ")
        case .list(let inner): "list, each " + words(inner)
        case .some(let inner): words(inner)
        case .map(let inner): "map, each " + words(inner)
        case .shape(let shape): shape.name.contains(" ") ? shape.name : "map"
        case .either(let a, let b): words(a) + ", or " + words(b)
        case .fields: "fields of `msg`"
        case .pattern: "pattern of `msg`"
        case .here: "value"
        case .like: "pattern"
        case .element: "pattern of an element"
        case .length: "number, or pattern of a number"
        case .piece: "bytes or text"
        case .steps: "steps"
        }
    }
}
