internal import Capture
internal import Crypto
internal import Node
internal import Scenario
internal import Text

/// The details of a case that did not pass, as markup within a `<template>`: the requirement, the place in the
/// scenario, expected and actual fields, the bytes, the ladder, and the command that repeats it.
struct PageDetails {
    /// The maximum number of characters of a text, of rows of fields, and of rows of 16 bytes.
    static let limits = (text: 2000, fields: 200, bytes: 256)
    /// The maximum number of bytes of the details of one case, without the capture.
    static let maximumBytes = 256 << 10
    /// A style without colours: plain marks are converted to markup.
    private static let style = Style(hasColour: false)

    let record: CaseRecord
    /// The broken requirement; nil if it is unknown.
    let requirement: Requirement?
    /// The protocol of the case; nil if it is unknown.
    let definition: Definition?
    /// The path of the page.
    let page: String

    /// Returns `<template id="dN">`, which is empty for a case without a failure.
    func markup(_ number: Int) -> String {
        "<template id=\"d\(number)\">\(record.failure.map(sections) ?? "")</template>\n"
    }
    private func sections(_ p: CaseRecord.Failure) -> String {
        var out = tag("p", record.reason ?? "", kind: "reason")
        if !p.facts.isEmpty {
            out += "<dl class=\"facts\">\(p.facts.map { fact($0.name, $0.text) }.joined())</dl>"
        } else if p.path.isEmpty, !p.wanted.isEmpty || !p.had.isEmpty {
            out += "<dl class=\"facts\">\(fact("expected", p.wanted))\(fact("got", p.had))</dl>"
        }
        // The script inserts the steps here, because it has the steps of all cases.
        out += "<div class=\"steps\"></div>"
        if let r = requirement { out += section("The rule: \(r.id) \(r.level.rawValue)", rule(r)) }
        if let observed = record.observed { out += section("Other implementations", tag("p", observed)) }
        if let because = record.explanation { out += section("Because", tag("p", because)) }
        out += source(p)
        if let i = p.culprit, p.trace.indices.contains(i) { out += message(p, i) }
        if !p.trace.isEmpty {
            let rest = record.leftOut.isNothing ? "" : " (\(record.leftOut.text) are not kept)"
            out += section("What was sent and received" + rest, PageLadder.markup(p.trace, culprit: p.culprit))
        }
        return out + section("Again", again(p))
    }
    private func rule(_ r: Requirement) -> String {
        guard !r.quote.isEmpty || !r.source.isEmpty else { return tag("p", r.text) }
        let quote = r.quote.isEmpty ? "" : tag("p", r.quote)
        return "\(tag("p", r.text))<blockquote>\(quote)\(tag("cite", r.source))</blockquote>"
    }
    /// Returns the line of the scenario with carets below it.
    private func source(_ p: CaseRecord.Failure) -> String {
        let step = p.step > 0 ? ", step \(p.step) of \(p.steps)" : ""
        let branch = p.branch.map { ", branch \($0)" } ?? ""
        let gutter = String(repeating: " ", count: String(p.line).count)
        let carets = p.excerpt.carets.drop { $0 == " " }
        let indent = String(repeating: " ", count: p.excerpt.carets.count - carets.count)
        let label = PageText.html(carets + (p.label.isEmpty ? "" : " " + p.label))
        return section(
            "In the scenario: \(p.file):\(p.line):\(p.column)\(step)\(branch)",
            "<pre class=\"scroll\" tabindex=\"0\">\(p.line) | \(PageText.html(p.excerpt.text))"
                + "\n\(gutter) | \(indent)<mark>\(label)</mark></pre>")
    }
    /// Returns the fields and the bytes of the message that the failure is about.
    private func message(_ p: CaseRecord.Failure, _ i: Int) -> String {
        let e = p.trace[i]
        let way = e.direction == .sent ? "sent by \(e.ours) to \(e.theirs)" : "received by \(e.ours) from \(e.theirs)"
        let size = e.bytes.isEmpty ? "" : ", \(e.bytes.count) bytes"
        let stopped = p.stopped.map { tag("p", "Decoding stopped: \($0)", kind: "stopped") } ?? ""
        let error = e.error.map { tag("p", $0, kind: "stopped") } ?? ""
        return section(
            "#\(i + 1) \(e.what), \(way), +\(Ladder.seconds(e.at))\(size)",
            stopped + error + fields(p.fields) + bytes(e.bytes, p))
    }
    private func fields(_ table: FieldTable) -> String {
        guard !table.rows.isEmpty else { return "" }
        var out =
            "<div class=\"scroll\" tabindex=\"0\"><table class=\"fields\"><thead><tr><th scope=\"col\">Field<th scope=\"col\">Got<th scope=\"col\">Expected<tbody>"
        var hidden = 0
        for (row, isShown) in zip(table.rows, table.shown(limit: Self.limits.fields)) {
            guard isShown else {
                hidden += row.count
                continue
            }
            let name = PageText.breakable(PageText.short(row.path, Self.limits.text))
            let path = "<td>\(row.wanted == nil ? "" : "✗ ")\(name)</td>"
            out += row.wanted == nil ? "<tr>" : "<tr class=\"wrong\">"
            out += path + tag("td", row.value) + tag("td", row.wanted ?? "")
        }
        out += "</table>"
        if hidden > 0 { out += "<p>\(hidden) more field\(hidden == 1 ? "" : "s")</p>" }
        return out + "</div>"
    }
    /// Returns the bytes. The brackets around the wrong field become a `<mark>`.
    private func bytes(_ bytes: [UInt8], _ p: CaseRecord.Failure) -> String {
        guard !bytes.isEmpty else { return "" }
        var out = "<pre class=\"scroll hex\" tabindex=\"0\" aria-label=\"Bytes of the message\">"
        for line in HexDump.lines(bytes, marking: p.marked, label: p.path, rows: Self.limits.bytes, Self.style) {
            // A row has its address, then 16 bytes of three columns, and the end of a mark.
            let address = line.prefix { $0.isHexDigit }.count
            let digits = PageText.html(String(line.prefix(address + 50)))
            out += digits.replacing("[", with: "<mark>[").replacing("]", with: "]</mark>")
            out += PageText.html(String(line.dropFirst(address + 50))) + "\n"
        }
        return out + "</pre>"
    }
    /// Returns the command that repeats the case, and the files to save.
    private func again(_ p: CaseRecord.Failure) -> String {
        var out = ""
        if !record.command.isEmpty {
            out += "<div class=\"command\">\(tag("code", record.command, limit: .max))"
            out += "<button type=\"button\" class=\"copy\">Copy</button></div>"
        }
        out += "<dl class=\"facts\">" + fact("seed", record.seed.seedText)
        if !record.fingerprint.isEmpty { out += fact("fingerprint", record.fingerprint) }
        if let folder = record.evidence {
            let base = PageText.folder(folder, from: page)
            out += "<dt>evidence<dd><a href=\"\(base)\">\(PageText.html(folder))</a>"
            for file in [EvidenceName.ladder, EvidenceName.trace, EvidenceName.wire] {
                out += " <a href=\"\(base)\(file)\">\(file)</a>"
            }
        }
        if let capture = PageCapture.bytes(record, p, definition) {
            out += "<dt>capture<dd><a download=\"\(PageText.link(record.id.replacing("/", with: "_"))).pcapng\""
            out += " href=\"data:application/octet-stream;base64,\(Base64.encode(capture))\">pcapng</a>"
            out += ", \(capture.count) bytes"
        }
        return out + "</dl>"
    }

    private func section(_ title: String, _ body: String) -> String {
        "<section>\(tag("h3", title))\(body)</section>"
    }
    private func fact(_ name: String, _ value: String) -> String { "\(tag("dt", name))\(tag("dd", value))" }
    /// Returns an element that contains a text.
    private func tag(_ name: String, _ text: String, kind: String = "", limit: Int = limits.text) -> String {
        let attribute = kind.isEmpty ? "" : " class=\"\(kind)\""
        return "<\(name)\(attribute)>\(PageText.html(PageText.short(text, limit)))</\(name)>"
    }
}

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
