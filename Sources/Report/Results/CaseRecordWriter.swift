internal import Node
internal import Scenario
internal import Text
internal import Wire

extension CaseRecord {
    /// Writes the line of a results file for this case. `CaseRecord(line:)` reads it. A line longer than `limit`, the
    /// longest that the reader accepts, is written without its trace and with shortened texts.
    func write(to out: inout [UInt8], limit: Int = ResultsReader.maximumLine) {
        let start = out.count
        JSONText.line(value, to: &out)
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
        JSONText.line(short.value, to: &out)
    }
    /// The maximum number of characters of a text in a shortened line.
    private static let shortText = 100_000
    private var value: Value {
        let expectation = expectation?.parts
        let members = Value.members([
            "event": "case", "id": .text(id), "variant": .text(unlessEmpty: variant), "title": .text(title),
            "protocol": .text(protocolName), "verdict": .text(verdict.rawValue), "requirement": .text(requirement),
            "level": .text(level.rawValue), "covers": .texts(covers),
            "milliseconds": Value(duration.nanoseconds / 1_000_000), "microseconds": .microseconds(duration),
            "file": .text(file), "seed": .text(seed.seedText), "round": round > 1 ? .number(round) : nil,
            "retries": retries > 0 ? .number(retries) : nil, "flaky": isFlaky ? true : nil,
            "fingerprint": .text(unlessEmpty: fingerprint),
            "baseline": expectation.map { .text($0.word) }, "note": expectation.map { .text($0.note) },
            "content": .text(content), "reason": reason.map { .text($0) }, "observed": observed.map { .text($0) },
            "evidence": evidence.map { .text($0) },
            "leftOut": leftOut.value, "plan": steps.isEmpty ? nil : .list(steps.map(\.value)),
            "command": failure == nil && steps.isEmpty ? nil : .text(command),
        ])
        return .map(members + (failure?.members ?? []))
    }
}

extension CaseResult.Expectation {
    /// The word for the expectation, and the note of the baseline.
    var parts: (word: String, note: String) {
        switch self {
        case .failed(let note): ("xfail", note)
        case .passed(let note): ("xpass", note)
        case .changed(let was): ("changed", was)
        case .expired(let day): ("expired", day)
        }
    }
    /// Makes the expectation from the same two texts.
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
    fileprivate var members: [Value.Entry] {
        let rows = fields.rows.map { row in
            Value.object([
                "path": .text(row.path), "value": .text(row.value), "expected": row.wanted.map { .text($0) },
                "count": row.count == 1 ? nil : .number(row.count),
            ])
        }
        // Only real addresses are written: the trace has all there is to know about the others.
        let hasAddresses = connections.contains { $0.local != nil && $0.peer != nil }
        let ends = connections.map { c in
            Value.object([
                "link": .text(c.link), "ours": .text(c.ours), "theirs": .text(c.theirs),
                "local": c.local.map { .text($0.description) }, "peer": c.peer.map { .text($0.description) },
            ])
        }
        let more = facts.map { Value.object(["name": .text($0.name), "text": .text($0.text)]) }
        return Value.members([
            // The place is in the file of the case unless `place` names another one.
            "place": .text(file), "line": .number(line), "column": .number(column),
            "endColumn": endColumn.map { .number($0) }, "excerpt": .text(excerpt.text), "carets": .text(excerpt.carets),
            "label": .text(unlessEmpty: label), "step": .number(step), "steps": .number(steps),
            "branch": branch.map { .text($0) }, "because": because.map { .text($0) }, "path": .text(path),
            "expected": .text(wanted), "got": .text(had), "facts": more.isEmpty ? nil : .list(more),
            "culprit": culprit.map { .number($0) },
            "marked": marked.map { [.number($0.lowerBound), .number($0.upperBound)] },
            "stopped": stopped.map { .text($0) }, "fields": rows.isEmpty ? nil : .list(rows),
            "connections": hasAddresses ? .list(ends) : nil, "trace": .list(trace.map(\.value)),
        ])
    }
}

extension CaseRecord.Exchange {
    /// The maximum number of bytes of one message in a line of results. Evidence keeps every byte.
    static let maximumBytes = 64 << 10
    fileprivate var value: Value {
        .object([
            "microseconds": .microseconds(at), "link": .text(link), "ours": .text(ours), "theirs": .text(theirs),
            "direction": .text(direction.rawValue), "kind": .text(kind.rawValue), "what": .text(what),
            "summary": summary.map { .text($0) },
            "bytes": .bytes(bytes.count > Self.maximumBytes ? Array(bytes.prefix(Self.maximumBytes)) : bytes),
            "size": size > Self.maximumBytes ? .number(size) : nil, "error": error.map { .text($0) },
            "rejoined": carrier == .datagrams ? true : nil,
            "carried": carrier == .layers ? true : nil,
            "connection": connection > 0 ? .number(connection) : nil, "notes": notes.isEmpty ? nil : .texts(notes),
            "leftOut": leftOut.value,
        ])
    }
}
