public import Wire

/// A datagram of a message that was cut: the header of the message and a part of its body.
public struct Fragment: Message {
    public static var name: StaticString { "rightmesh.fragment" }
    public static var summary: MessageSummary {
        [
            .value("type"), ", fragment ", .ordinal("frag_index"), "/", .number("frag_count"), " of message ",
            .number("msg_id"), " from ", .value("src"),
        ]
    }
    public var header: Header
    /// The `frag_len` bytes of the body in this fragment. Length and checksum in the header are for the whole body. For
    /// display, only the bytes that belong to no section.
    public var content = Bytes()
    // The following sections are for display, if the beginning of the fragment is known. They hold the parts in this
    // fragment.
    public var peers: SectionPart<Peer>?
    public var superpeers: SectionPart<Superpeer>?
    public var targets: SectionPart<Target>?
    /// The number of bytes of all these sections.
    private var shown = 0
    public init() {
        header = Header()
        header.fragCount = 2
    }

    /// Checksums are shown in hexadecimal.
    public static var meanings: [String: FieldMeaning] { Header.meanings }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        let (length, crc) = (header.bodyLen.value, header.bodyCRC.value)
        header.code(&c, as: nil, length: length, crc: crc, part: UInt16(clamping: content.count + shown))
        if C.reads, let hint = FragmentHint(c.hint) {
            codeSections(&c, hint)
        } else {
            c.bytes("content", &content, count: header.fragLen.count, by: "frag_len")
        }
    }
    private mutating func codeSections<C: Coder & ~Copyable & ~Escapable>(_ c: inout C, _ hint: FragmentHint) {
        let all = c.remaining
        Self.code(&c, "peers", &peers, as: .peers, hint: hint)
        Self.code(&c, "superpeers", &superpeers, as: .superpeers, hint: hint)
        Self.code(&c, "targets", &targets, as: .targets, hint: hint)
        shown = all - c.remaining
        if c.remaining > 0 { c.bytes("content", &content, count: c.remaining, by: "frag_len") }
    }
    private static func code<C: Coder & ~Copyable & ~Escapable, Record>(
        _ c: inout C, _ name: StaticString, _ part: inout SectionPart<Record>?, as kind: SectionKind,
        hint: FragmentHint
    ) {
        let length = SectionPart<Record>.byteCount(kind, hint, c)
        c.optional(
            name, &part, present: length != nil, like: SectionPart(kind, hint), length: length ?? 0, by: "frag_len")
    }
}
