internal import Text

extension RecordStatistics {
    /// Appends a row for each part of each type of message. `all`: for all parts.
    func partTable(_ style: Style, all: Bool, to out: inout [UInt8]) {
        let rows = sortedParts.flatMap { type, parts in parts.sorted.map { (type, $0.name, $0.count) } }
        guard !rows.isEmpty else { return }
        let shown = rows.prefix(all ? .max : PartCounts.shown)
        let width = shown.map { Escape.line("\($0.0) \($0.1)").count }.max() ?? 0
        out +=
            "\n\(style.padded("part", width, .strong)) \(Style.padLeft("elements", 9)) \(Style.padLeft("messages", 9))\n"
            .utf8
        for (type, name, count) in shown {
            out += Style.pad(Escape.line("\(type) \(name)"), width).utf8
            out +=
                " \(Style.padLeft("\(count.elements)", 9)) \(Style.padLeft("\(count.messages)", 9))\n".utf8
        }
        if rows.count > shown.count { out += "\(rows.count - shown.count) more, with --all\n".utf8 }
    }
}
