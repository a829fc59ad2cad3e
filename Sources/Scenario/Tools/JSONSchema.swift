public import Wire

/// The JSON Schema (draft 2020-12) of scenario files, for editors: made from the shapes that the loader reads by and
/// from the descriptions of messages.
///
/// It describes the file as an editor sees it, where YAML's core schema has given plain scalars a type, so that a
/// number may be a JSON number or the text that the loader would take for one. What only the loader sees: names that
/// nothing defines, expressions that do not parse, keys that stand twice, the order of keys, numbers in quotes that are
/// out of range, and values that depend on other files.
public enum JSONSchema {
    /// The schema of scenarios of the protocols of a library; members always come in the same order.
    public static func scenario(_ library: Library) -> Value {
        var writer = SchemaWriter()
        return writer.document(library)
    }
    /// The same as text, a member a line.
    public static func text(_ library: Library) -> String {
        var out: [UInt8] = []
        write(scenario(library), 0, to: &out)
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
        func begin(_ depth: Int, _ out: inout [UInt8]) {
            out.append(0x0a)
            out += [UInt8](repeating: 0x20, count: 2 * depth)
        }
        switch value {
        case .list(let items):
            out.append(0x5b)
            for (i, item) in items.enumerated() {
                if i > 0 { out.append(0x2c) }
                begin(depth + 1, &out)
                write(item, depth + 1, to: &out)
            }
            begin(depth, &out)
            out.append(0x5d)
        case .map(let members):
            out.append(0x7b)
            for (i, m) in members.enumerated() {
                if i > 0 { out.append(0x2c) }
                begin(depth + 1, &out)
                ValueJSON.quote(m.key, to: &out)
                out += ": ".utf8
                write(m.value, depth + 1, to: &out)
            }
            begin(depth, &out)
            out.append(0x7d)
        default: out += line
        }
    }
}
