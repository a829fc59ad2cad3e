public import Wire

/// The JSON Schema (draft 2020-12) of scenario files and the other files that people write, for editors. It is made
/// from the shapes that the loader reads by, and from the descriptions of messages.
///
/// It describes the file as an editor sees it, after YAML's core schema has typed the plain scalars. A number may
/// therefore be a JSON number, or the text that the loader would read as one. Only the loader detects undefined names,
/// expressions that do not parse, duplicate keys, the order of keys, quoted numbers that are out of range, and values
/// that depend on other files.
public enum JSONSchema {
    /// Returns the schema for a kind of file and the protocols of a library. The members are always in the same order.
    public static func document(_ library: Library, _ kind: DocumentKind = .scenario) -> Value {
        var writer = SchemaWriter()
        return writer.document(library, kind)
    }
    /// Returns the schema as text, with one member per line.
    public static func text(_ library: Library, _ kind: DocumentKind = .scenario) -> String {
        var out: [UInt8] = []
        write(document(library, kind), 0, to: &out)
        out.append(0x0a)
        return String(decoding: out, as: UTF8.self)
    }
    /// Writes a value, indented by two blanks per level. A value of at most 100 columns stays on one line.
    static func write(_ value: Value, _ depth: Int, to out: inout [UInt8]) {
        var line: [UInt8] = []
        ValueJSON.write(value, to: &line, .numbers)
        if line.count + 2 * depth <= 100 {
            out += line
            return
        }
        switch value {
        case .list(let items): write(items.map { (nil, $0) }, between: "[", "]", depth, to: &out)
        case .map(let members): write(members.map { ($0.key, $0.value) }, between: "{", "}", depth, to: &out)
        default: out += line
        }
    }
    private static func write(
        _ members: [(key: String?, value: Value)], between open: String, _ close: String, _ depth: Int,
        to out: inout [UInt8]
    ) {
        let indent = String(repeating: " ", count: 2 * depth)
        out += open.utf8
        for (i, m) in members.enumerated() {
            out += ((i > 0 ? ",\n  " : "\n  ") + indent).utf8
            if let key = m.key {
                ValueJSON.quote(key, to: &out)
                out += ": ".utf8
            }
            write(m.value, depth + 1, to: &out)
        }
        out += ("\n" + indent + close).utf8
    }
}
