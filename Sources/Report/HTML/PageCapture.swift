internal import Capture
internal import Node
internal import Scenario

/// What a case sent and received as a small pcapng file, to be taken from the page: packets as in the capture of its
/// evidence.
enum PageCapture {
    /// Bytes of messages; what does not fit any more is left out.
    static let limit = 128 << 10
    /// Entries of the trace, from its beginning.
    static let maximumEntries = 300

    /// The file, with a comment on the packet of the culprit; nil where nothing was sent or received. Without a
    /// definition it is TCP with a port that means nothing.
    static func bytes(_ r: CaseRecord, _ p: CaseRecord.Failure, _ definition: Definition?) -> [UInt8]? {
        guard p.trace.contains(where: { !$0.bytes.isEmpty }) else { return nil }
        let port = definition?.ports.first?.number ?? 9
        let image = WireImage(
            entries(p.trace.prefix(maximumEntries)), p.connections, definition?.transport ?? .tcp, port: port)
        let about = PageText.short(
            Printable.text("\(r.name): \(r.verdict.rawValue) \(r.rule): \(r.reason ?? "")"),
            StepText.limit)
        let culprit = p.culprit.flatMap { image.mainPackets[$0] }
        var out = PcapngWriter(application: "meshspec", comments: culprit == nil ? [about] : [])
        WireCapture.write(image, comments: culprit.map { [$0: [about]] } ?? [:], to: &out)
        return out.bytes
    }
    /// All entries stay, so that their indices do; those beyond the limit are empty.
    private static func entries(_ trace: ArraySlice<CaseRecord.Exchange>) -> [CaseRecord.Exchange] {
        var budget = limit
        return trace.map { e in
            var e = e
            if e.bytes.count > budget { e.bytes = [] }
            budget -= e.bytes.count
            return e
        }
    }
}
