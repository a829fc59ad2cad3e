internal import Node
internal import Scenario
internal import Text
internal import Wire

extension CaseRecord {
    /// Reads a line of a results file; nil if a member that every case has is missing.
    init?(_ v: Value) {
        guard let id = v.string("id"), let verdict = v.string("verdict").flatMap(Verdict.init(rawValue:)),
            let requirement = v.string("requirement"), let level = v.string("level").flatMap(Level.init(rawValue:))
        else { return nil }
        self.init(
            id: id, variant: v.string("variant") ?? "", title: v.string("title") ?? "",
            protocolName: v.string("protocol") ?? "", verdict: verdict, requirement: requirement, level: level,
            covers: v.strings("covers"),
            duration: v.duration ?? .zero, file: v.string("file") ?? "", content: v.string("content") ?? "",
            seed: v["seed"]?.integer ?? 0, round: max(1, v.count("round") ?? 1), retries: v.count("retries") ?? 0,
            fingerprint: v.string("fingerprint") ?? "",
            expectation: v.string("baseline").flatMap {
                CaseResult.Expectation(word: $0, note: v.string("note") ?? "")
            },
            reason: v.string("reason"), failure: Failure(v), command: v.string("command") ?? "",
            evidence: v.string("evidence"))
        leftOut = LeftOut(v["leftOut"])
        observed = v.string("observed")
        steps = v.items("plan").map { Step($0) }
    }
}

extension Value {
    /// Returns the texts of a list.
    func strings(_ key: String) -> [String] {
        items(key).compactMap { if case .text(let s) = $0 { s } else { nil } }
    }
    /// The duration from `microseconds`, or from the coarser `milliseconds`.
    var duration: Duration? {
        if let n = self["microseconds"]?.signedInteger { return .microseconds(n) }
        return self["milliseconds"]?.signedInteger.map { .milliseconds($0) }
    }
}

extension CaseRecord.Failure {
    /// Reads the failure of a case; nil if the case has none.
    init?(_ v: Value) {
        guard let line = v.count("line"), let column = v.count("column") else { return nil }
        self.init(
            file: v.string("place") ?? v.string("file") ?? "", line: line, column: column,
            endColumn: v.count("endColumn"),
            excerpt: Excerpt(text: v.string("excerpt") ?? "", carets: v.string("carets") ?? "^"),
            label: v.string("label") ?? "", step: v.count("step") ?? 0, steps: v.count("steps") ?? 0,
            branch: v.string("branch"), because: v.string("because"), path: v.string("path") ?? "",
            wanted: v.string("expected") ?? "", had: v.string("got") ?? "", trace: [])
        trace = v.items("trace").map { CaseRecord.Exchange($0) }
        connections = v.items("connections").map { c in
            CaseConnection(
                link: c.string("link") ?? "", ours: c.string("ours") ?? "", theirs: c.string("theirs") ?? "",
                local: c.string("local").flatMap { Endpoint($0) }, peer: c.string("peer").flatMap { Endpoint($0) })
        }
        facts = v.items("facts").map { ($0.string("name") ?? "", $0.string("text") ?? "") }
        culprit = v.count("culprit").flatMap { trace.indices.contains($0) ? $0 : nil }
        stopped = v.string("stopped")
        let ends = v.items("marked")
        if ends.count == 2, let from = ends[0].integer, let to = ends[1].integer, from <= to {
            marked = Int(clamping: from)..<Int(clamping: to)
        }
        let rows = v.items("fields").map {
            FieldTable.Row(
                path: $0.string("path") ?? "", value: $0.string("value") ?? "", wanted: $0.string("expected"),
                count: $0.count("count") ?? 1)
        }
        fields = FieldTable(rows: rows)
    }
}

extension CaseRecord.Exchange {
    init(_ v: Value) {
        let kind = v.string("kind").flatMap(Kind.init(rawValue:)) ?? .bytes
        self.init(
            at: v.duration ?? .zero, link: v.string("link") ?? "", ours: v.string("ours") ?? "",
            theirs: v.string("theirs") ?? "", connection: v.count("connection") ?? 0,
            direction: v.string("direction").flatMap(Direction.init(rawValue:)) ?? .received, kind: kind,
            name: kind == .message || kind == .closed ? v.string("what") ?? "" : "",
            bytes: v.string("bytes").flatMap { [UInt8](hex: $0) } ?? [], error: v.string("error"),
            notes: v.strings("notes"))
        full = v.count("size")
        summary = v.string("summary")
        carrier = v["rejoined"] == .bool(true) ? .datagrams : v["carried"] == .bool(true) ? .layers : nil
        leftOut = LeftOut(v["leftOut"])
    }
}
