import Wire

/// The 8 bytes at the front of a section, for those who look at a body without reading its records.
struct SectionHeader {
    /// Bytes of it.
    static let size = 8
    var kind: SectionKind
    var flags: UInt8
    /// Bytes of each record.
    var recLen: Int
    /// Records.
    var count: Int
    /// Bytes of all records.
    var content: Int { recLen &* count }

    /// That of the section that begins at an offset of a body; nil when the body ends before.
    @inline(__always)
    init?(_ body: RawSpan, at: Int) {
        guard body.byteCount &- at >= Self.size else { return nil }
        kind = SectionKind.load(body, at, .big)
        flags = UInt8.load(body, at &+ 1, .big)
        recLen = Int(UInt16.load(body, at &+ 2, .big))
        count = Int(UInt32.load(body, at &+ 4, .big))
    }
    /// That of a section which is not read yet; nil when its bytes are not there.
    @inline(__always)
    init?<C: Coder & ~Copyable & ~Escapable>(_ c: borrowing C, ahead: Int = 0) {
        guard let kind = c.peek(SectionKind.self, ahead: ahead), let flags = c.peek(UInt8.self, ahead: ahead &+ 1),
            let recLen = c.peek(UInt16.self, ahead: ahead &+ 2), let count = c.peek(UInt32.self, ahead: ahead &+ 4)
        else { return nil }
        (self.kind, self.flags, self.recLen, self.count) = (kind, flags, Int(recLen), Int(count))
    }
}
