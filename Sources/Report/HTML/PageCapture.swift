internal import Capture
internal import Node
internal import Scenario
internal import Text

/// The traffic of a case as a small pcapng file that can be saved from the page. The packets are the same as in the
/// capture of its evidence.
enum PageCapture {
    /// The maximum number of message bytes; messages beyond it are left out.
    static let limit = 128 << 10
    /// The maximum number of trace entries, counted from the beginning.
    static let maximumEntries = 300

    /// Returns the file, with a comment on the packet of the culprit; nil if there was no traffic. Without a definition
    /// the transport is TCP with a meaningless port.
    static func bytes(_ r: CaseRecord, _ p: CaseRecord.Failure, _ definition: Definition?) -> [UInt8]? {
        guard p.trace.contains(where: { !$0.bytes.isEmpty }) else { return nil }
        let port = definition?.configuration.ports.first?.number ?? 9
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
    /// Returns the entries with unchanged indices. Entries beyond the limit have no bytes.
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
