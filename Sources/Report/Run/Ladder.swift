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
        var out: [String] = []
        if shown.startIndex > 0 { out.append("(\(shown.startIndex) earlier)") }
        out += draw(
            shown.enumerated().map { i, e in
                let mark = shown.startIndex + i == culprit && !note.isEmpty ? style.paint(note, .bad) : ""
                return Row(
                    left: e.ours, right: e.theirs, isToRight: e.direction == .sent, name: short(e), at: seconds(e.at),
                    link: e.link, mark: mark)
            }, style)
        if end < trace.count { out.append("(\(trace.count - end) later)") }
        return out
    }
    /// An arrow between two names.
    struct Row {
        var left: String
        var right: String
        var isToRight: Bool
        var name: String
        var at: String
        /// Which connection it was, where there are several.
        var link = ""
        /// Stands behind it, made fit for a terminal and with its colour.
        var mark = ""
    }
    /// The rows with their arrows below each other.
    static func draw(_ rows: [Row], _ style: Style) -> [String] {
        let names = rows.map { style.cut(style.safe($0.name), width) }
        let lefts = rows.map { style.safe($0.left) }
        let rights = rows.map { style.safe($0.right) }
        let column = names.map(\.count).max() ?? 0
        let left = lefts.map(\.count).max() ?? 0
        let right = rights.map(\.count).max() ?? 0
        let dash = style.hasUnicode ? "─" : "-"
        return rows.enumerated().map { i, row in
            let line = String(repeating: dash, count: column - names[i].count + 1)
            let arrow =
                row.isToRight
                ? "\(dash) \(names[i]) \(line)\(style.hasUnicode ? "▶" : ">")"
                : "\(style.hasUnicode ? "◀" : "<")\(dash) \(names[i]) \(line)"
            let who = "\(Style.pad(lefts[i], left)) \(arrow) \(Style.pad(rights[i], right))"
            let link = row.link.isEmpty ? "" : "  \(style.safe(row.link))"
            return "\(who)  +\(row.at)\(link)\(row.mark.isEmpty ? "" : "  " + row.mark)"
        }
    }
    /// What came or went, without the protocol's name.
    static func short(_ e: CaseRecord.Exchange) -> String {
        switch e.kind {
        case .message:
            let bare = e.name.firstIndex(of: ".").map { String(e.name[e.name.index(after: $0)...]) } ?? e.name
            let how = e.carrier.map { $0 == .datagrams ? " in several datagrams" : " in layers" }
            return "\(bare) \(e.bytes.count) B\(how ?? "")"
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
