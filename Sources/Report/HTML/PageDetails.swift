internal import Node
internal import Scenario

/// All that is known of a case that did not pass, as markup within a `<template>`: the rule, the place in the scenario,
/// expected and got by field, the bytes, the ladder, and how to see it again.
struct PageDetails {
    /// Characters of one text, rows of fields, and rows of 16 bytes that are shown.
    static let limits = (text: 2000, fields: 200, bytes: 256)
    /// Bytes that the details of one case can come to at most, a capture left aside.
    static let maximumBytes = 256 << 10
    /// Nothing is painted: marks that need no colour are made into markup.
    private static let style = Style(hasColour: false)

    let record: CaseRecord
    /// The rule that was not kept; nil when it is not known.
    let requirement: Requirement?
    /// Its protocol; nil when it is not known.
    let definition: Definition?
    /// Where the page stands.
    let page: String

    /// `<template id="dN">`, which is empty for a case without a failure.
    func write(_ number: Int, to out: inout [UInt8]) {
        out += "<template id=\"d\(number)\">".utf8
        if let p = record.failure { write(p, to: &out) }
        out += "</template>\n".utf8
    }
    private func write(_ p: CaseRecord.Failure, to out: inout [UInt8]) {
        tag("p", "reason", record.reason ?? "", to: &out)
        if p.path.isEmpty, !p.wanted.isEmpty || !p.had.isEmpty {
            out += "<dl class=\"facts\">".utf8
            fact("expected", p.wanted, to: &out)
            fact("got", p.had, to: &out)
            out += "</dl>".utf8
        }
        rule(to: &out)
        if let because = p.because { titled("Because", to: &out) { tag("p", "", because, to: &$0) } }
        place(p, to: &out)
        if let i = p.culprit, p.trace.indices.contains(i) { message(p, i, to: &out) }
        if !p.trace.isEmpty {
            let rest = record.leftOut.isNothing ? "" : " (\(record.leftOut.text) are not kept)"
            titled("What was sent and received" + rest, to: &out) {
                PageLadder.write(p.trace, culprit: p.culprit, to: &$0)
            }
        }
        again(p, to: &out)
    }
    private func rule(to out: inout [UInt8]) {
        guard let r = requirement else { return }
        titled("The rule: \(r.id) \(r.level.rawValue)", to: &out) { out in
            tag("p", "", r.text, to: &out)
            guard !r.quote.isEmpty || !r.source.isEmpty else { return }
            out += "<blockquote>".utf8
            if !r.quote.isEmpty { tag("p", "", r.quote, to: &out) }
            tag("cite", "", r.source, to: &out)
            out += "</blockquote>".utf8
        }
    }
    /// The line of the scenario with carets below it.
    private func place(_ p: CaseRecord.Failure, to out: inout [UInt8]) {
        let step = p.step > 0 ? ", step \(p.step) of \(p.steps)" : ""
        let branch = p.branch.map { ", branch \($0)" } ?? ""
        titled("In the scenario: \(p.file):\(p.line):\(p.column)\(step)\(branch)", to: &out) { out in
            let gutter = String(repeating: " ", count: String(p.line).count)
            out += "<pre class=\"scroll\" tabindex=\"0\">\(p.line) | ".utf8
            PageText.html(p.excerpt.text, to: &out)
            let carets = p.excerpt.carets.drop { $0 == " " }
            let indent = String(repeating: " ", count: p.excerpt.carets.count - carets.count)
            out += "\n\(gutter) | \(indent)<mark>".utf8
            PageText.html(carets + (p.label.isEmpty ? "" : " " + p.label), to: &out)
            out += "</mark></pre>".utf8
        }
    }
    /// The message that it is about: its fields and its bytes.
    private func message(_ p: CaseRecord.Failure, _ i: Int, to out: inout [UInt8]) {
        let e = p.trace[i]
        let way = e.direction == .sent ? "sent by \(e.ours) to \(e.theirs)" : "received by \(e.ours) from \(e.theirs)"
        let size = e.bytes.isEmpty ? "" : ", \(e.bytes.count) bytes"
        titled("#\(i + 1) \(e.what), \(way), +\(Ladder.seconds(e.at))\(size)", to: &out) { out in
            if let stopped = p.stopped { tag("p", "stopped", "Reading it stopped: \(stopped)", to: &out) }
            if let error = e.error { tag("p", "stopped", error, to: &out) }
            fields(p.fields, to: &out)
            bytes(e.bytes, p, to: &out)
        }
    }
    private func fields(_ table: FieldTable, to out: inout [UInt8]) {
        guard !table.rows.isEmpty else { return }
        out +=
            "<div class=\"scroll\" tabindex=\"0\"><table class=\"fields\"><thead><tr><th scope=\"col\">Field<th scope=\"col\">Got<th scope=\"col\">Expected<tbody>"
            .utf8
        // Fields that differ are shown in any case.
        var room = max(0, Self.limits.fields - table.rows.count { $0.wanted != nil })
        var wrong = Self.limits.fields
        var hidden = 0
        for row in table.rows {
            if row.wanted == nil { room -= 1 } else { wrong -= 1 }
            guard row.wanted == nil ? room >= 0 : wrong >= 0 else {
                hidden += row.count
                continue
            }
            out += row.wanted == nil ? "<tr>".utf8 : "<tr class=\"wrong\">".utf8
            tag("td", "", (row.wanted == nil ? "" : "✗ ") + row.path, to: &out)
            tag("td", "", row.value, to: &out)
            tag("td", "", row.wanted ?? "", to: &out)
        }
        out += "</table>".utf8
        if hidden > 0 { out += "<p>\(hidden) more field\(hidden == 1 ? "" : "s")</p>".utf8 }
        out += "</div>".utf8
    }
    /// The brackets around the wrong field's bytes become a mark as well.
    private func bytes(_ bytes: [UInt8], _ p: CaseRecord.Failure, to out: inout [UInt8]) {
        guard !bytes.isEmpty else { return }
        out += "<pre class=\"scroll hex\" tabindex=\"0\" aria-label=\"Bytes of the message\">".utf8
        for line in HexDump.lines(bytes, marking: p.marked, label: p.path, rows: Self.limits.bytes, Self.style) {
            // A row has its address, then 16 bytes of three columns, and the end of a mark.
            let address = line.prefix { $0.isHexDigit }.count
            let end = line.index(line.startIndex, offsetBy: address + 50, limitedBy: line.endIndex) ?? line.endIndex
            for c in line[..<end] {
                switch c {
                case "[": out += "<mark>[".utf8
                case "]": out += "]</mark>".utf8
                default: PageText.html(String(c), to: &out)
                }
            }
            PageText.html(String(line[end...]), to: &out)
            out += "\n".utf8
        }
        out += "</pre>".utf8
    }
    /// How to see it again, and what there is to take along.
    private func again(_ p: CaseRecord.Failure, to out: inout [UInt8]) {
        titled("Again", to: &out) { out in
            if !record.command.isEmpty {
                out += "<div class=\"command\">".utf8
                tag("code", "", record.command, limit: .max, to: &out)
                out += "<button type=\"button\" class=\"copy\">Copy</button></div>".utf8
            }
            out += "<dl class=\"facts\">".utf8
            fact("seed", "0x" + String(record.seed, radix: 16), to: &out)
            if !record.fingerprint.isEmpty { fact("fingerprint", record.fingerprint, to: &out) }
            if let folder = record.evidence {
                out += "<dt>evidence<dd>".utf8
                let way = RelativePath.from(folderOf: page, to: folder)
                func link(_ file: String, _ text: String) {
                    out += "<a href=\"".utf8
                    PageText.link((way.hasPrefix("/") ? way : "./" + way) + "/" + file, to: &out)
                    out += "\">".utf8
                    PageText.html(text, to: &out)
                    out += "</a>".utf8
                }
                link("", folder)
                for file in [EvidenceName.ladder, EvidenceName.trace, EvidenceName.wire] {
                    out += " ".utf8
                    link(file, file)
                }
            }
            if let capture = PageCapture.bytes(record, p, definition) {
                out += "<dt>capture<dd><a download=\"".utf8
                PageText.link(record.id.replacing("/", with: "_"), to: &out)
                out += ".pcapng\" href=\"data:application/octet-stream;base64,".utf8
                Base64.append(capture, to: &out)
                out += "\">pcapng</a>, \(capture.count) bytes".utf8
            }
            out += "</dl>".utf8
        }
    }

    private func titled(_ title: String, to out: inout [UInt8], _ body: (inout [UInt8]) -> Void) {
        out += "<section>".utf8
        tag("h3", "", title, to: &out)
        body(&out)
        out += "</section>".utf8
    }
    private func fact(_ name: StaticString, _ value: String, to out: inout [UInt8]) {
        out += "<dt>".utf8
        name.withUTF8Buffer { out += $0 }
        tag("dd", "", value, to: &out)
    }
    /// An element that holds a text.
    private func tag(
        _ name: StaticString, _ kind: StaticString, _ text: String, limit: Int = limits.text, to out: inout [UInt8]
    ) {
        out += "<".utf8
        name.withUTF8Buffer { out += $0 }
        if kind.utf8CodeUnitCount > 0 {
            out += " class=\"".utf8
            kind.withUTF8Buffer { out += $0 }
            out += "\"".utf8
        }
        out += ">".utf8
        PageText.html(PageText.short(text, limit), to: &out)
        out += "</".utf8
        name.withUTF8Buffer { out += $0 }
        out += ">".utf8
    }
}
