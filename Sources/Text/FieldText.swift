package import Wire

/// A formatter of field values for people, safe for a terminal.
package enum FieldText {
    /// The maximum number of bytes of a value.
    static let valueLimit = 128

    /// Returns a value in one line, cut if it is long. Text is in quotes.
    package static func line(_ value: Value) -> String {
        switch value {
        case .bytes(let b) where b.count > valueLimit: return Array(b.prefix(valueLimit)).hex + ".. (\(b.count) bytes)"
        case .bytes(let b): return b.hex
        case .text(let s):
            return "\"" + Escape.line(String(s.prefix(4 * valueLimit))) + (s.count > 4 * valueLimit ? "\".." : "\"")
        default:
            var out: [UInt8] = []
            ValueJSON.write(value, to: &out, .numbers)
            return Escape.line(String(decoding: out.prefix(4 * valueLimit), as: UTF8.self))
        }
    }
    /// Returns the whole value in one line. Text has no quotes, and lists and groups are JSON.
    package static func whole(_ value: Value) -> String {
        switch value {
        case .null: return ""
        case .text(let s): return Escape.line(s)
        case .bytes(let b): return b.hex
        default:
            var out: [UInt8] = []
            JSONText.write(value, to: &out)
            return String(decoding: out, as: UTF8.self)
        }
    }
}
