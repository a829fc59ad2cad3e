internal import Scenario
internal import Wire

/// Who sent what to whom, as arrows between two names.
enum Ladder {
    /// Columns that a name may take.
    static let width = 44

    /// The last `count` entries up to the culprit and one behind it; `note` stands beside the culprit.
    static func lines(_ trace: [CaseRecord.Exchange], culprit: Int?, last count: Int, _ note: String, _ style: Style)
        -> [String]
    {
        let end = culprit.map { min(trace.count, $0 + 2) } ?? trace.count
        let shown = trace[max(0, end - count)..<end]
        let names = shown.map { style.cut(style.safe(short($0)), width) }
        let ours = shown.map { style.safe($0.ours) }
        let theirs = shown.map { style.safe($0.theirs) }
        let column = names.map(\.count).max() ?? 0
        let left = ours.map(\.count).max() ?? 0
        let right = theirs.map(\.count).max() ?? 0
        let dash = style.hasUnicode ? "─" : "-"
        var out: [String] = []
        if shown.startIndex > 0 { out.append("(\(shown.startIndex) earlier)") }
        for (i, e) in shown.enumerated() {
            let line = String(repeating: dash, count: column - names[i].count + 1)
            let arrow =
                e.direction == .sent
                ? "\(dash) \(names[i]) \(line)\(style.hasUnicode ? "▶" : ">")"
                : "\(style.hasUnicode ? "◀" : "<")\(dash) \(names[i]) \(line)"
            let who = "\(Style.pad(ours[i], left)) \(arrow) \(Style.pad(theirs[i], right))"
            let link = e.link.isEmpty ? "" : "  \(style.safe(e.link))"
            let mark = shown.startIndex + i == culprit && !note.isEmpty ? "  " + style.paint(note, .bad) : ""
            out.append("\(who)  +\(seconds(e.at))\(link)\(mark)")
        }
        if end < trace.count { out.append("(\(trace.count - end) later)") }
        return out
    }
    /// What came or went, without the protocol's name.
    static func short(_ e: CaseRecord.Exchange) -> String {
        switch e.kind {
        case .message:
            let bare = e.name.firstIndex(of: ".").map { String(e.name[e.name.index(after: $0)...]) } ?? e.name
            return "\(bare) \(e.bytes.count) B"
        case .bytes: return e.error == nil ? e.what : "\(e.what), no message"
        case .opened: return "connected"
        case .closed: return e.name
        }
    }
    /// Seconds with milliseconds.
    static func seconds(_ d: Duration) -> String {
        let ms = Int((d / .milliseconds(1)).rounded())
        let rest = String(abs(ms) % 1000)
        return "\(ms < 0 ? "-" : "")\(abs(ms) / 1000).\(String(repeating: "0", count: max(0, 3 - rest.count)))\(rest) s"
    }
}
