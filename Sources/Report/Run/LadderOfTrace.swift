internal import Scenario
internal import Text
internal import Wire

extension Ladder {
    /// Returns the last `count` entries up to the culprit, and one after it. `note` is shown beside the culprit. A unit
    /// of a layer has no line of its own if it carried the message of the next line and needs no remark.
    static func lines(_ trace: [CaseRecord.Exchange], culprit: Int?, last count: Int, _ note: String, _ style: Style)
        -> [String]
    {
        var entries: [(index: Int, unit: String?)] = []
        var unit: String?
        for i in trace.indices {
            if i != culprit, i + 1 < trace.count, trace[i].isUnit(of: trace[i + 1]) {
                unit = bare(trace[i].name)
            } else {
                entries.append((i, unit))
                unit = nil
            }
        }
        let end = culprit.flatMap { c in entries.firstIndex { $0.index == c } }.map { min(entries.count, $0 + 2) }
        let shown = entries[max(0, (end ?? entries.count) - count)..<(end ?? entries.count)]
        var out: [String] = []
        if shown.startIndex > 0 { out.append("(\(shown.startIndex) earlier)") }
        out += draw(
            shown.map { i, unit in
                let e = trace[i]
                return Row(
                    left: e.ours, right: e.theirs, isToRight: e.direction == .sent, name: short(e, in: unit),
                    at: seconds(e.at), link: e.link, mark: i == culprit && !note.isEmpty ? style.paint(note, .bad) : "")
            }, style)
        if shown.endIndex < entries.count { out.append("(\(entries.count - shown.endIndex) later)") }
        return out
    }
    /// Returns a name without the name of the protocol.
    private static func bare(_ name: String) -> String {
        name.firstIndex(of: ".").map { String(name[name.index(after: $0)...]) } ?? name
    }
    /// Returns a short text for an entry: the summary of its message, or the name without that of the protocol. `unit`
    /// is the name of the unit that carried it, if the unit has no line of its own.
    static func short(_ e: CaseRecord.Exchange, in unit: String? = nil) -> String {
        switch e.kind {
        case .message:
            let how = e.carrier.map { $0 == .datagrams ? " in several datagrams" : " in \(unit ?? "layers")" }
            return (e.summary ?? "\(bare(e.name)) \(e.bytes.count) B") + (how ?? "")
        case .bytes: return e.error == nil ? e.what : "\(e.what), no message"
        case .opened: return "connected"
        case .closed: return e.name
        }
    }
    /// Returns seconds with three decimals.
    static func seconds(_ d: Duration) -> String {
        let ms = Int((d / .milliseconds(1)).rounded())
        let rest = String(abs(ms) % 1000)
        return "\(ms < 0 ? "-" : "")\(abs(ms) / 1000).\(String(repeating: "0", count: max(0, 3 - rest.count)))\(rest) s"
    }
}

extension CaseRecord.Exchange {
    /// Returns whether this entry is a unit of a layer that carried the whole of `message`, the next entry.
    fileprivate func isUnit(of message: Self) -> Bool {
        kind == .message && message.kind == .message && error == nil && message.carrier == .layers
            && direction == message.direction && at == message.at && ours == message.ours && theirs == message.theirs
            && name != message.name && bytes.count >= message.bytes.count
    }
}
