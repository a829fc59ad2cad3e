import Wire

/// The knowledge about the content of a fragment before it is read: the section that continues at its front, and the
/// length of its rest.
struct FragmentHint: Equatable {
    /// The kind of the section that continues; 0 if a section begins.
    var kind = SectionKind(rawValue: 0)
    /// The number of bytes of each record of the section.
    var recLen = 0
    /// The number of bytes of the section that remain.
    var rest = 0

    init() {}
    init(_ kind: SectionKind, recLen: Int, rest: Int) { (self.kind, self.recLen, self.rest) = (kind, recLen, rest) }

    /// The value for `Coder.hint`; never 0.
    var number: UInt64 {
        1 << 63 | UInt64(kind.rawValue) | UInt64(truncatingIfNeeded: recLen & 0xffff) << 8
            | UInt64(truncatingIfNeeded: rest & 0xffff_ffff) << 24
    }
    /// Reads the value of `number`; nil for 0.
    init?(_ number: UInt64) {
        guard number != 0 else { return nil }
        kind = SectionKind(rawValue: UInt8(truncatingIfNeeded: number))
        recLen = Int(truncatingIfNeeded: number >> 8 & 0xffff)
        rest = Int(truncatingIfNeeded: number >> 24 & 0xffff_ffff)
    }
    /// Returns true if a section of this kind continues.
    func isInside(_ kind: SectionKind) -> Bool { rest > 0 && self.kind == kind }
    /// Returns true if a section of this kind may begin.
    func mayBegin(_ kind: SectionKind) -> Bool { rest == 0 || self.kind.rawValue < kind.rawValue }

    /// Returns the hint for the next fragment, or nil if it cannot be determined. `isCut` is true if this fragment ends
    /// within a record, or before the records of a section begin.
    func after(_ content: RawSpan) -> (next: FragmentHint?, isCut: Bool) {
        var at = min(rest, content.byteCount)
        var state = self
        state.rest -= at
        while at < content.byteCount {
            guard let section = SectionHeader(content, at: at) else { return (nil, true) }
            (state.kind, state.recLen) = (section.kind, section.recLen)
            let size = section.content
            guard size <= Limits.body else { return (nil, false) }
            at += SectionHeader.size
            state.rest = size - min(size, content.byteCount - at)
            at += size - state.rest
        }
        return (state, state.rest > 0 && state.rest % max(1, state.recLen) != 0)
    }
}
