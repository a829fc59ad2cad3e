public import Node
public import Wire

/// What a record says, taken apart: the one place where messages are dissected for display and for filters.
public struct Opened: Sendable {
    /// Fields with their places; nil for bytes that are no message.
    public var dissection: Dissection?
    /// What reassembly, the description and the onlooker noticed, in that order of coming to know.
    public var notes: [Finding]

    /// Takes a record apart; `bytes` are the record's.
    public init(_ record: borrowing Record, _ bytes: RawSpan) {
        dissection = record.message?.dissect(bytes)
        notes = record.notes
        if let dissection { notes += dissection.notes.map(Self.finding) }
    }
    /// The fields as a tree; bytes that are no message have one field, `bytes`.
    public func fields(_ bytes: RawSpan) -> Value {
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
