import Wire

/// What is known of the content of a fragment before it is looked at: which section goes on at its front, and for how
/// long.
struct FragmentHint: Equatable {
    /// Of the section that goes on; 0: a section begins.
    var kind = SectionKind(rawValue: 0)
    /// Bytes of each of its records.
    var recLen = 0
    /// Bytes of it that are left.
    var rest = 0

    init() {}
    init(_ kind: SectionKind, recLen: Int, rest: Int) { (self.kind, self.recLen, self.rest) = (kind, recLen, rest) }

    /// As `Coder.hint`: never 0.
    var number: UInt64 {
        1 << 63 | UInt64(kind.rawValue) | UInt64(truncatingIfNeeded: recLen & 0xffff) << 8
            | UInt64(truncatingIfNeeded: rest & 0xffff_ffff) << 24
    }
    /// Nil for 0.
    init?(_ number: UInt64) {
        guard number != 0 else { return nil }
        kind = SectionKind(rawValue: UInt8(truncatingIfNeeded: number))
        recLen = Int(truncatingIfNeeded: number >> 8 & 0xffff)
        rest = Int(truncatingIfNeeded: number >> 24 & 0xffff_ffff)
    }
    /// Whether a section of this kind goes on.
    func isInside(_ kind: SectionKind) -> Bool { rest > 0 && self.kind == kind }
    /// Whether a section of this kind may begin.
    func mayBegin(_ kind: SectionKind) -> Bool { rest == 0 || self.kind.rawValue < kind.rawValue }

    /// The same behind a fragment; nil when that cannot be told. `isCut`: it ends within a record or what stands before
    /// the records of a section.
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
