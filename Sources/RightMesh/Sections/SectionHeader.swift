import Wire

/// The 8 bytes at the front of a section, for code that examines a body without reading its records.
struct SectionHeader {
    /// The number of bytes of a section header.
    static let size = 8
    var kind: SectionKind
    var flags: UInt8
    /// The number of bytes of each record.
    var recLen: Int
    /// The number of records.
    var count: Int
    /// The number of bytes of all records.
    var content: Int { recLen &* count }

    /// Reads the header of the section that begins at an offset of a body; nil if the body is too short.
    @inline(__always)
    init?(_ body: RawSpan, at: Int) {
        guard body.byteCount &- at >= Self.size else { return nil }
        kind = SectionKind.load(body, at, .big)
        flags = UInt8.load(body, at &+ 1, .big)
        recLen = Int(UInt16.load(body, at &+ 2, .big))
        count = Int(UInt32.load(body, at &+ 4, .big))
    }
    /// Reads the header of a section that lies ahead; nil if its bytes are missing.
    @inline(__always)
    init?<C: Coder & ~Copyable & ~Escapable>(_ c: borrowing C, ahead: Int = 0) {
        guard let kind = c.peek(SectionKind.self, ahead: ahead), let flags = c.peek(UInt8.self, ahead: ahead &+ 1),
            let recLen = c.peek(UInt16.self, ahead: ahead &+ 2), let count = c.peek(UInt32.self, ahead: ahead &+ 4)
        else { return nil }
        (self.kind, self.flags, self.recLen, self.count) = (kind, flags, Int(recLen), Int(count))
    }
}
