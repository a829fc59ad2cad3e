import Wire

/// A datagram of a message that was cut: the header of the message and a part of its body.
struct Fragment: Message {
    static var name: StaticString { "rightmesh.fragment" }
    var header: Header
    /// `frag_len` bytes of the body, which the rest of the header tells of as a whole; for display, what of them is in
    /// none of the sections.
    var content = Bytes()
    // For display, where it is known what stands at the front: the sections, as far as they are in this fragment.
    var peers: SectionPart<Peers.Peer>?
    var superpeers: SectionPart<Superpeers.Superpeer>?
    var targets: SectionPart<Targets.Target>?
    /// Bytes of all of these.
    private var shown = 0
    init() {
        header = Header()
        header.fragCount = 2
    }

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        let (length, crc) = (header.bodyLen.value, header.bodyCRC.value)
        header.code(&c, nil, length, crc, UInt16(clamping: content.count + shown))
        if C.reads, let hint = FragmentHint(c.hint) {
            codeSections(&c, hint)
        } else {
            c.bytes("content", &content, count: header.fragLen.count, by: "frag_len")
        }
    }
    private mutating func codeSections<C: Coder & ~Copyable & ~Escapable>(_ c: inout C, _ hint: FragmentHint) {
        let all = c.remaining
        let first = SectionPart<Peers.Peer>.byteCount(.peers, hint, c)
        c.optional(
            "peers", &peers, present: first != nil, like: SectionPart(.peers, hint), length: first ?? 0, by: "frag_len")
        let second = SectionPart<Superpeers.Superpeer>.byteCount(.superpeers, hint, c)
        c.optional(
            "superpeers", &superpeers, present: second != nil, like: SectionPart(.superpeers, hint),
            length: second ?? 0, by: "frag_len")
        let third = SectionPart<Targets.Target>.byteCount(.targets, hint, c)
        c.optional(
            "targets", &targets, present: third != nil, like: SectionPart(.targets, hint), length: third ?? 0,
            by: "frag_len")
        shown = all - c.remaining
        if c.remaining > 0 { c.bytes("content", &content, count: c.remaining, by: "frag_len") }
    }
}
