internal import Scenario
internal import Text

/// A ladder diagram within the page: a vertical line for each actor, and an arrow for each entry. The colours are
/// defined in the style of the page, so the diagram follows its dark mode.
enum PageLadder {
    /// The maximum number of entries, around the culprit.
    static let limit = 60
    /// The maximum number of characters of each text.
    private static let length = (actor: 18, label: 30, about: 300)
    /// The sizes in pixels: column of the times, margin beside the outer actors, distance between actors, distance
    /// between entries, head. Two actors fit on a phone.
    private static let size = (times: 66, margin: 36, column: 230, row: 34, head: 34)

    /// Returns the drawing of a trace.
    static func markup(_ trace: [CaseRecord.Exchange], culprit: Int?) -> String {
        let end = min(trace.count, max(limit, (culprit ?? trace.count) + limit / 4))
        let shown = trace[max(0, end - limit)..<end]
        var actors: [String] = []
        for e in shown {
            for name in [e.ours, e.theirs] where !actors.contains(name) { actors.append(name) }
        }
        // If there are many actors, only the first ones have their own line; the others share the last line.
        let columns = min(actors.count, 8)
        func x(_ actor: String) -> Int {
            size.times + size.margin + min(actors.firstIndex(of: actor) ?? 0, columns - 1) * size.column
        }
        let width = size.times + 2 * size.margin + (columns - 1) * size.column
        let height = size.head + shown.count * size.row + 8
        var out = shown.startIndex > 0 ? "<p>\(shown.startIndex) earlier</p>" : ""
        out +=
            "<div class=\"scroll\" tabindex=\"0\"><svg class=\"ladder\" viewBox=\"0 0 \(width) \(height)\" width=\"\(width)\" height=\"\(height)\" role=\"img\" aria-label=\"Ladder of \(shown.count) entries between \(columns) actors\">"
        for name in actors.prefix(columns) {
            out += text(x(name), 18, as: "actor", Style(hasColour: false).cut(Printable.text(name), length.actor))
            out += "<path class=\"life\" d=\"M\(x(name)) 26V\(height)\"/>"
        }
        for (i, e) in shown.enumerated() {
            let isCulprit = shown.startIndex + i == culprit
            out += row(e, isCulprit: isCulprit, y: size.head + i * size.row + 24, ours: x(e.ours), theirs: x(e.theirs))
        }
        out += "</svg></div>"
        return out + (end < trace.count ? "<p>\(trace.count - end) later</p>" : "")
    }
    private static func row(_ e: CaseRecord.Exchange, isCulprit: Bool, y: Int, ours: Int, theirs: Int) -> String {
        let (from, to) = e.direction == .sent ? (ours, theirs) : (theirs, ours)
        let about = PageText.html(PageText.short(e.error ?? "\(e.what) over \(e.link)", length.about))
        // An actor that sends to itself, or two actors on the same line, have a short arrow.
        let stop = from == to ? from + 60 : to
        let tip = stop > from ? -8 : 8
        let label = (isCulprit ? "✗ " : "") + Ladder.short(e) + (e.error == nil || isCulprit ? "" : " !")
        let shown = Style(hasColour: false).cut(Printable.text(label), length.label)
        return "<g class=\"\(isCulprit ? "culprit" : e.kind.rawValue)\"><title>\(about)</title>"
            + text(size.times - 8, y, as: "time", "+" + Ladder.seconds(e.at))
            + "<path class=\"arrow\" d=\"M\(from) \(y)H\(stop)M\(stop + tip) \(y - 5)L\(stop) \(y)L\(stop + tip) \(y + 5)\"/>"
            + text((from + stop) / 2, y - 6, as: "label", shown) + "</g>"
    }
    private static func text(_ x: Int, _ y: Int, as kind: String, _ s: String) -> String {
        "<text x=\"\(x)\" y=\"\(y)\" class=\"\(kind)\">\(PageText.html(s))</text>"
    }
}
