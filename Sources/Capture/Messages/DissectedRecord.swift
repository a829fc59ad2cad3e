public import Node
public import Wire

/// What a record says, taken apart: the one place where messages are dissected for display and for filters.
public struct DissectedRecord: Sendable {
    /// Fields with their places; nil for bytes that are no message.
    public var dissection: Dissection?
    /// What reassembly, the description and the passive observer noticed, in that order of coming to know.
    public var notes: [Finding]

    /// Takes a record apart; `bytes` are the record's. Only where `isNeeded`, else there are the notes that it has
    /// anyway.
    public init(_ record: borrowing Record, _ bytes: RawSpan, isNeeded: Bool = true) {
        dissection = isNeeded ? record.message?.dissect(bytes, audits: record.isRemarkable, hint: record.hint) : nil
        notes = record.notes
        if let dissection { notes += dissection.notes.map(Self.finding) }
    }
    /// The fields as a tree; bytes that are no message have one field, `bytes`.
    public func fields(_ bytes: RawSpan) -> Value {
        dissection?.fields(in: bytes)
            ?? (bytes.byteCount == 0
                ? .map([]) : .map([.init("bytes", .bytes(bytes.withUnsafeBytes { [UInt8]($0) }))]))
    }

    /// A note of the description, as a finding.
    public static func finding(_ note: Note) -> Finding {
        let place = note.range.isEmpty ? "" : " (\(ByteRanges.text(note.range)))"
        let text =
            switch note.kind {
            case .inconsistent: "differs from what the rest of the message says\(place)"
            case .duplicate: "stands here again\(place); the last one counts"
            case .unknown: "is no field that the message knows\(place)"
            case .skipped: "has bytes behind it that are skipped\(place)"
            case .null: "is null, read as absent\(place)"
            case .wrongType: "is of another type than the message has there\(place), read as absent"
            case .loneSurrogate: "has half of a surrogate pair\(place)"
            case .nonMinimal: "is a longer varint than it needs to be\(place)"
            case .outOfOrder: "has a field behind one of a higher number\(place)"
            case .defaultValue: "is the default value, which canonical encoding leaves out\(place)"
            case .packing: "is packed where it is not described so, or the other way round\(place)"
            }
        return Finding(severity(note.kind), path: note.path, text)
    }
    /// How much a note of the description matters.
    public static func severity(_ kind: Note.Kind) -> Severity {
        switch kind {
        case .inconsistent, .duplicate, .wrongType, .loneSurrogate: .warning
        case .unknown, .skipped, .null, .nonMinimal, .outOfOrder, .defaultValue, .packing: .info
        }
    }
}
