public import Node
public import Wire

/// A dissected record. This is the only place that dissects messages for display and for filters.
public struct DissectedRecord: Sendable {
    /// The fields with their positions; nil for bytes that are not a message.
    public var dissection: Dissection?
    /// The findings of the record, from reassembly, its description and the passive observer; then the findings of the
    /// dissection.
    public var notes: [Finding]

    /// Dissects a record with these bytes. Unless `isNeeded`, it takes only the findings that the record has.
    public init(_ record: borrowing Record, _ bytes: RawSpan, isNeeded: Bool = true) {
        dissection = isNeeded ? record.message?.dissect(bytes, audits: record.isRemarkable, hint: record.hint) : nil
        notes = record.notes
        if let dissection { notes += dissection.notes.map(Self.finding) }
    }
    /// Returns the fields as a tree. Bytes that are not a message have one field, `bytes`.
    public func fields(_ bytes: RawSpan) -> Value {
        dissection?.fields(in: bytes)
            ?? (bytes.byteCount == 0
                ? .map([]) : .map([.init("bytes", .bytes(bytes.withUnsafeBytes { [UInt8]($0) }))]))
    }

    /// Returns a note of the description as a finding.
    public static func finding(_ note: Note) -> Finding {
        let place = note.range.isEmpty ? "" : " (\(ByteRanges.text(note.range)))"
        let text =
            switch note.kind {
            case .inconsistent: "contradicts the rest of the message\(place)"
            case .duplicate: "is repeated\(place); the last one counts"
            case .unknown: "is not a field of the message\(place)"
            case .skipped: "is followed by bytes that are skipped\(place)"
            case .null: "is null, read as absent\(place)"
            case .wrongType: "has the wrong type\(place), read as absent"
            case .loneSurrogate: "has half of a surrogate pair\(place)"
            case .notUTF8: "is not UTF-8\(place)"
            case .nonMinimal: "is a longer varint than necessary\(place)"
            case .outOfOrder: "has a field after a field with a higher number\(place)"
            case .defaultValue: "is the default value, which canonical encoding leaves out\(place)"
            case .packing: "is packed but must not be, or must be packed but is not\(place)"
            }
        return Finding(severity(note.kind), path: note.path, text)
    }
    /// Returns the severity of a note of the description.
    public static func severity(_ kind: Note.Kind) -> Severity {
        switch kind {
        // A string must contain UTF-8 (language guide of Protocol Buffers, "Scalar Value Types").
        case .notUTF8: .violation
        case .inconsistent, .duplicate, .wrongType, .loneSurrogate: .warning
        case .unknown, .skipped, .null, .nonMinimal, .outOfOrder, .defaultValue, .packing: .info
        }
    }
}
