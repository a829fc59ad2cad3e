import Node
import Wire

/// Determines which records a fragment holds from the earlier fragments of its message.
struct FragmentLayouts: Sendable {
    /// The most messages that are remembered.
    static let limit = 256

    private struct Layout: Sendable {
        /// The section at the front of the body.
        var kind: SectionKind
        var recLen: Int
        /// True if this section is the whole body.
        var isAlone: Bool
        /// The index of the fragment after the last one in order, and the hint for its content if it is known.
        var next: UInt16
        var hint: FragmentHint?
    }
    private var layouts = ExpiringLRU<MessageKey, Layout>()

    /// Returns the hint for the content of a fragment; nil if nothing is known.
    mutating func hint(
        _ h: Header, _ content: RawSpan, now: Instant, into findings: inout [Finding]
    ) -> FragmentHint? {
        let key = MessageKey(h)
        if h.fragIndex == 0 {
            let (next, isCut) = FragmentHint().after(content)
            if isCut { findings.append(Self.cut) }
            guard let section = SectionHeader(content, at: 0) else { return nil }
            let isAlone = section.recLen > 0 && SectionHeader.size + section.content == h.bodyLen.count
            layouts.set(
                key, Layout(kind: section.kind, recLen: section.recLen, isAlone: isAlone, next: 1, hint: next), at: now)
            layouts.trim(to: Self.limit)
            return FragmentHint()
        }
        guard let slot = layouts.slot(of: key) else { return guess(h, content, &findings) }
        let layout = layouts[at: slot]
        if h.fragIndex == layout.next, let hint = layout.hint {
            let (next, isCut) = hint.after(content)
            if isCut, h.fragIndex + 1 < h.fragCount { findings.append(Self.cut) }
            (layouts[at: slot].next, layouts[at: slot].hint) = (h.fragIndex + 1, next)
            return hint
        }
        // A sender cuts only before records.
        if layout.isAlone, content.byteCount % layout.recLen == 0 {
            return FragmentHint(layout.kind, recLen: layout.recLen, rest: content.byteCount)
        }
        findings.add(.info, path: "content", "which records these are is told by fragments before it")
        return nil
    }
    private func guess(_ h: Header, _ content: RawSpan, _ findings: inout [Finding]) -> FragmentHint? {
        guard content.byteCount % 24 == 0 else {
            findings.add(.info, path: "content", "which records these are is told by the first fragment")
            return nil
        }
        let kind = h.type == .find ? SectionKind.targets : .peers
        findings.add(
            .info, path: "content", "records of 24 bytes are a guess: the first fragment did not come before it")
        return FragmentHint(kind, recLen: 24, rest: content.byteCount)
    }
    private static let cut = Finding(
        .violation, .rm48, path: "content", "it is cut within a record or before the records")
}
