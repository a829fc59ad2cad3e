public import Wire

/// The part of a section that a fragment holds: for display.
public struct SectionPart<Record: Extensible>: Message {
    public static var name: StaticString { "rightmesh.section_part" }
    public var section = SectionKind(rawValue: 0)
    public var flags = Record.Flags()
    public var recLen: UInt16 = 0
    public var count: UInt32 = 0
    /// The end of a record that began in the previous fragment.
    public var end = Bytes()
    /// The whole records.
    public var records: [Record] = []
    /// The beginning of a record that continues in the next fragment.
    public var beginning = Bytes()
    private var hint: FragmentHint?

    public init() {}
    /// Creates the part of a section that continues from the previous fragment, if the hint says so.
    init(_ kind: SectionKind, _ hint: FragmentHint) { self.hint = hint.isInside(kind) ? hint : nil }

    /// Returns the number of bytes of the section in the rest of the fragment; nil if it cannot be determined.
    static func byteCount<C: Coder & ~Copyable & ~Escapable>(
        _ kind: SectionKind, _ hint: FragmentHint, _ c: borrowing C
    ) -> Int? {
        if hint.isInside(kind) { return min(hint.rest, c.remaining) }
        guard hint.mayBegin(kind), let section = SectionHeader(c), section.kind == kind,
            section.recLen >= kind.leastRecord ?? 1
        else { return nil }
        return min(SectionHeader.size + section.content, c.remaining)
    }
    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        var length = hint?.recLen ?? 0
        if let hint {
            let cut = hint.rest % max(1, hint.recLen)
            if cut > 0 { c.bytes("end", &end, count: min(cut, c.remaining), by: "rec_len") }
        } else {
            c.field("section", &section)
            c.field("flags", &flags)
            c.field("rec_len", &recLen)
            c.field("count", &count)
            length = Int(recLen)
        }
        let n = C.reads ? c.remaining / max(1, length) : 0
        c.list("records", &records, count: n, stride: length, by: "frag_len")
        if C.reads, c.remaining > 0 { c.bytes("beginning", &beginning, count: c.remaining, by: "frag_len") }
    }
}

extension SectionKind {
    /// The number of bytes of a record that every sender sends; nil for unknown sections.
    var leastRecord: Int? {
        switch self {
        case .peers: Peer.least
        case .superpeers: Superpeer.least
        case .targets: Target.least
        case .signature: SignatureSection.Signature.least
        default: nil
        }
    }
}
