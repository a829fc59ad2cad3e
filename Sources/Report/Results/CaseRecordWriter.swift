internal import Node
internal import Scenario
internal import Wire

extension CaseRecord {
    /// The line of a results file for this case. `CaseRecord(line:)` reads it. One that would be longer than what is
    /// read has no trace, and no more than the beginning of its texts.
    func write(to out: inout [UInt8], limit: Int = ResultsReader.maximumLine) {
        let start = out.count
        writeWhole(to: &out)
        guard out.count - start > limit, var failure else { return }
        out.removeLast(out.count - start)
        var short = self
        let style = Style(hasColour: false)
        for e in failure.trace { short.leftOut.add(e) }
        (failure.trace, failure.culprit, failure.fields) = ([], nil, FieldTable(rows: []))
        failure.wanted = style.cut(failure.wanted, Self.shortText)
        failure.had = style.cut(failure.had, Self.shortText)
        short.reason = reason.map { style.cut($0, Self.shortText) }
        short.failure = failure
        short.writeWhole(to: &out)
    }
    /// Characters of a text in a line that was too long.
    private static let shortText = 100_000
    private func writeWhole(to out: inout [UInt8]) {
        out += "{\"event\":\"case\"".utf8
        JSONMember.text("id", id, to: &out)
        if !variant.isEmpty { JSONMember.text("variant", variant, to: &out) }
        JSONMember.text("title", title, to: &out)
        JSONMember.text("protocol", protocolName, to: &out)
        JSONMember.text("verdict", verdict.rawValue, to: &out)
        JSONMember.text("requirement", requirement, to: &out)
        JSONMember.text("level", level.rawValue, to: &out)
        JSONMember.texts("covers", covers, to: &out)
        JSONMember.number("milliseconds", Int(clamping: duration.nanoseconds / 1_000_000), to: &out)
        JSONMember.number("microseconds", Int(clamping: duration.nanoseconds / 1000), to: &out)
        JSONMember.text("file", file, to: &out)
        JSONMember.text("seed", "0x" + String(seed, radix: 16), to: &out)
        if round > 1 { JSONMember.number("round", round, to: &out) }
        if retries > 0 { JSONMember.number("retries", retries, to: &out) }
        if !fingerprint.isEmpty { JSONMember.text("fingerprint", fingerprint, to: &out) }
        if let expectation {
            let (word, note) = expectation.parts
            JSONMember.text("baseline", word, to: &out)
            JSONMember.text("note", note, to: &out)
        }
        JSONMember.text("content", content, to: &out)
        if let reason { JSONMember.text("reason", reason, to: &out) }
        if let evidence { JSONMember.text("evidence", evidence, to: &out) }
        if !leftOut.isNothing { leftOut.write(to: &out) }
        if let failure {
            JSONMember.text("command", command, to: &out)
            failure.write(to: &out)
        }
        out += "}\n".utf8
    }
}

extension CaseResult.Expectation {
    /// The word for it, and what the baseline says with it.
    var parts: (word: String, note: String) {
        switch self {
        case .failed(let note): ("xfail", note)
        case .passed(let note): ("xpass", note)
        case .changed(let was): ("changed", was)
        case .expired(let day): ("expired", day)
        }
    }
    /// From the same two.
    init?(word: String, note: String) {
        switch word {
        case "xfail": self = .failed(note: note)
        case "xpass": self = .passed(note: note)
        case "changed": self = .changed(was: note)
        case "expired": self = .expired(note)
        default: return nil
        }
    }
}

extension CaseRecord.Failure {
    func write(to out: inout [UInt8]) {
        // The place is in the file of the case unless it says otherwise.
        JSONMember.text("place", file, to: &out)
        JSONMember.number("line", line, to: &out)
        JSONMember.number("column", column, to: &out)
        if let endColumn { JSONMember.number("endColumn", endColumn, to: &out) }
        JSONMember.text("excerpt", excerpt.text, to: &out)
        JSONMember.text("carets", excerpt.carets, to: &out)
        if !label.isEmpty { JSONMember.text("label", label, to: &out) }
        JSONMember.number("step", step, to: &out)
        JSONMember.number("steps", steps, to: &out)
        if let branch { JSONMember.text("branch", branch, to: &out) }
        if let because { JSONMember.text("because", because, to: &out) }
        JSONMember.text("path", path, to: &out)
        JSONMember.text("expected", wanted, to: &out)
        JSONMember.text("got", had, to: &out)
        if let culprit { JSONMember.number("culprit", culprit, to: &out) }
        if let marked {
            JSONMember.name("marked", to: &out)
            out += "[\(marked.lowerBound),\(marked.upperBound)]".utf8
        }
        if let stopped { JSONMember.text("stopped", stopped, to: &out) }
        if !fields.rows.isEmpty {
            JSONMember.name("fields", to: &out)
            out.append(0x5b)
            for (i, row) in fields.rows.enumerated() {
                if i > 0 { out.append(0x2c) }
                out.append(0x7b)
                JSONMember.text("path", row.path, to: &out)
                JSONMember.text("value", row.value, to: &out)
                if let wanted = row.wanted { JSONMember.text("expected", wanted, to: &out) }
                if row.count != 1 { JSONMember.number("count", row.count, to: &out) }
                out.append(0x7d)
            }
            out.append(0x5d)
        }
        // Real addresses only: of the others the trace says all.
        if connections.contains(where: { $0.local != nil && $0.peer != nil }) {
            JSONMember.name("connections", to: &out)
            out.append(0x5b)
            for (i, c) in connections.enumerated() {
                if i > 0 { out.append(0x2c) }
                out.append(0x7b)
                JSONMember.text("link", c.link, to: &out)
                JSONMember.text("ours", c.ours, to: &out)
                JSONMember.text("theirs", c.theirs, to: &out)
                if let local = c.local { JSONMember.text("local", local.description, to: &out) }
                if let peer = c.peer { JSONMember.text("peer", peer.description, to: &out) }
                out.append(0x7d)
            }
            out.append(0x5d)
        }
        JSONMember.name("trace", to: &out)
        out.append(0x5b)
        for (i, e) in trace.enumerated() {
            if i > 0 { out.append(0x2c) }
            e.write(to: &out)
        }
        out.append(0x5d)
    }
}

extension CaseRecord.Exchange {
    func write(to out: inout [UInt8]) {
        out.append(0x7b)
        JSONMember.number("microseconds", Int(clamping: at.nanoseconds / 1000), to: &out)
        JSONMember.text("link", link, to: &out)
        JSONMember.text("ours", ours, to: &out)
        JSONMember.text("theirs", theirs, to: &out)
        JSONMember.text("direction", direction.rawValue, to: &out)
        JSONMember.text("kind", kind.rawValue, to: &out)
        JSONMember.text("what", what, to: &out)
        JSONMember.name("bytes", to: &out)
        out.append(0x22)
        bytes.hex(to: &out)
        out.append(0x22)
        if let error { JSONMember.text("error", error, to: &out) }
        if isReassembled {
            JSONMember.name("rejoined", to: &out)
            out += "true".utf8
        }
        if connection > 0 { JSONMember.number("connection", connection, to: &out) }
        if !notes.isEmpty { JSONMember.texts("notes", notes, to: &out) }
        if !leftOut.isNothing { leftOut.write(to: &out) }
        out.append(0x7d)
    }
}
