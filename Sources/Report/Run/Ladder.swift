internal import Wire
internal import Scenario

/// Who sent what to whom, as arrows between two names.
enum Ladder {
    /// The last `count` entries up to and with the culprit.
    static func lines(_ trace: [TraceEntry], last count: Int, _ note: String, _ style: Style) -> [String] {
        let end = trace.lastIndex { $0.isCulprit }.map { min(trace.count, $0 + 2) } ?? trace.count
        let shown = trace[max(0, end - count)..<end]
        let names = shown.map(short)
        let width = min(44, names.map(\.count).max() ?? 0)
        let left = shown.map { $0.ours.count }.max() ?? 0
        let right = shown.map { $0.theirs.count }.max() ?? 0
        var out: [String] = []
        if shown.startIndex > 0 { out.append("(\(shown.startIndex) earlier)") }
        for (e, name) in zip(shown, names) {
            let line = String(repeating: style.hasUnicode ? "─" : "-", count: max(0, width - name.count) + 1)
            let dash = style.hasUnicode ? "─" : "-"
            let arrow =
                e.direction == .sent
                ? "\(dash) \(name) \(line)\(style.hasUnicode ? "▶" : ">")" : "\(style.hasUnicode ? "◀" : "<")\(dash) \(name) \(line)"
            let who = "\(Style.pad(e.ours, left)) \(arrow) \(Style.pad(e.theirs, right))"
            let link = e.link.isEmpty ? "" : "  \(e.link)"
            out.append(who + "  +\(seconds(e.at))\(link)" + (e.isCulprit ? "  " + style.paint(note, .bad) : ""))
        }
        return out
    }
    static func short(_ e: TraceEntry) -> String {
        switch e.content {
        case .message(let type, let bytes):
            let name = type.name.description
            let bare = name.firstIndex(of: ".").map { String(name[name.index(after: $0)...]) } ?? name
            return "\(bare) \(bytes.count) B"
        case .bytes(let b, let error): return error == nil ? "\(b.count) bytes" : "\(b.count) bytes, no message"
        case .opened: return "connected"
        case .closed(let how): return how
        }
    }
    /// Seconds with milliseconds.
    static func seconds(_ d: Duration) -> String {
        let ms = d / .milliseconds(1)
        let whole = Int(ms.rounded())
        let rest = String(whole % 1000)
        return "\(whole / 1000).\(String(repeating: "0", count: max(0, 3 - rest.count)))\(rest) s"
    }
}
