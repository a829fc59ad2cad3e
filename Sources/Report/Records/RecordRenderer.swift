public import Capture
import Node
import Wire

/// Writes records as text, one after another.
public protocol RecordRenderer {
    /// Appends one record to `out`, with the newline at its end.
    mutating func render(_ record: borrowing Record, _ bytes: RawSpan, to out: inout [UInt8])
}

/// What a record says, taken apart: the one place where messages are dissected for display.
struct Opened {
    /// Fields with their places; nil for bytes that are no message.
    var dissection: Dissection?
    /// What reassembly, the description and the onlooker noticed, in that order of coming to know.
    var notes: [Finding]

    init(_ record: borrowing Record, _ bytes: RawSpan) {
        dissection = record.message?.dissect(bytes)
        notes = record.notes
        if let dissection { notes += dissection.notes.map(Self.finding) }
    }
    /// The fields as a tree; bytes that are no message have one field, `bytes`.
    func fields(_ bytes: RawSpan) -> Value {
        dissection?.fields(in: bytes)
            ?? (bytes.byteCount == 0
                ? .map([]) : .map([.init("bytes", .bytes(bytes.withUnsafeBytes { [UInt8]($0) }))]))
    }

    private static func finding(_ note: Note) -> Finding {
        let place = note.range.isEmpty ? "" : " (\(Places.text(note.range)))"
        switch note.kind {
        case .inconsistent:
            return Finding(.warning, path: note.path, "differs from what the rest of the message says\(place)")
        case .duplicate: return Finding(.warning, path: note.path, "stands here again\(place); the last one counts")
        case .unknown: return Finding(.info, path: note.path, "is no field that the message knows\(place)")
        case .skipped: return Finding(.info, path: note.path, "has bytes behind it that are skipped\(place)")
        case .null: return Finding(.info, path: note.path, "is null, read as absent\(place)")
        }
    }
}

/// Byte ranges for people.
enum Places {
    /// `byte 4` or `bytes 8..39`, both ends included.
    static func text(_ range: Range<Int>) -> String {
        range.count == 1 ? "byte \(range.lowerBound)" : "bytes \(short(range))"
    }
    /// `4`, `8..39`, or `-` for none.
    static func short(_ range: Range<Int>) -> String {
        switch range.count {
        case 0: "-"
        case 1: "\(range.lowerBound)"
        default: "\(range.lowerBound)..\(range.upperBound - 1)"
        }
    }
}

/// Colours of a terminal; without them the text stays as it is.
struct Palette {
    var isOn: Bool
    func dim(_ s: String) -> String { paint("2", s) }
    func bold(_ s: String) -> String { paint("1", s) }
    func severity(_ severity: Severity, _ s: String) -> String {
        switch severity {
        case .violation: paint("31", s)
        case .warning: paint("33", s)
        case .info: paint("2", s)
        }
    }
    private func paint(_ code: String, _ s: String) -> String { isOn ? "\u{1b}[\(code)m\(s)\u{1b}[0m" : s }
}

extension Finding {
    /// `violation NANO-18 response.signature: text`, harmless for a terminal.
    var line: String {
        let head = [severity.rawValue, requirement ?? "", path].filter { !$0.isEmpty }.joined(separator: " ")
        return Escape.line("\(head): \(text)")
    }
}
