public import Wire

/// The JSON Schema (draft 2020-12) of scenario files and the others that people write, for editors: made from the shapes that the loader reads by and
/// from the descriptions of messages.
///
/// It describes the file as an editor sees it, where YAML's core schema has given plain scalars a type, so that a
/// number may be a JSON number or the text that the loader would take for one. What only the loader sees: names that
/// nothing defines, expressions that do not parse, keys that stand twice, the order of keys, numbers in quotes that are
/// out of range, and values that depend on other files.
public enum JSONSchema {
    /// The schema of files of a kind, for the protocols of a library; members always come in the same order.
    public static func document(_ library: Library, _ kind: DocumentKind = .scenario) -> Value {
        var writer = SchemaWriter()
        return writer.document(library, kind)
    }
    /// The same as text, a member a line.
    public static func text(_ library: Library, _ kind: DocumentKind = .scenario) -> String {
        var out: [UInt8] = []
        write(document(library, kind), 0, to: &out)
        out.append(0x0a)
        return String(decoding: out, as: UTF8.self)
    }
    /// Writes a value indented by two blanks a level; lists and maps without others inside stay in a line when short.
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
