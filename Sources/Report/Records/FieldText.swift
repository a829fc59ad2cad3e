internal import Capture
internal import Wire

/// Values of fields for people, harmless for a terminal.
enum FieldText {
    /// Bytes shown of a value.
    static let valueLimit = 128

    /// A value in one line, cut where it is long; text in quotes.
    static func line(_ value: Value) -> String {
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
    /// A value whole, in one line; text without quotes, lists and groups as JSON.
    static func whole(_ value: Value) -> String {
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
