public import Scenario

extension CaseRecord {
    /// How a codec dealt with a vector. `source` is the file of the vector.
    public init(
        id: String, title: String, protocolName: String, _ vector: WireVector, in source: SourceFile, verdict: Verdict,
        requirement: String, level: Level, duration: Duration, reason: String?, command: String = ""
    ) {
        self.init(
            id: id, title: title, protocolName: protocolName, verdict: verdict, requirement: requirement, level: level,
            covers: vector.requirements, duration: duration, file: source.name, content: Fingerprint.of(source.bytes),
            seed: 0, reason: reason, command: command)
    }
    /// Tells what a codec said otherwise than a vector, or why it said nothing.
    ///
    /// - Parameters:
    ///   - message: name of the message; empty for none.
    ///   - bytes: what the codec was given or, where `isSent` is false, gave; nil where it is not about bytes.
    ///   - fields: those that differ.
    public mutating func fail(
        _ vector: WireVector, in source: SourceFile, path: String, wanted: String, had: String, message: String,
        bytes: [UInt8]?, isSent: Bool, marked: Range<Int>?, fields: [(path: String, value: String, wanted: String)]
    ) {
        let at = vector.span.start
        let line = source.line(at.line)
        let end = line.unicodeScalars.count + 1
        var trace: [Exchange] = []
        if let bytes {
            trace.append(
                Exchange(
                    at: .zero, link: "codec", ours: "meshspec", theirs: "codec", direction: isSent ? .sent : .received,
                    kind: message.isEmpty ? .bytes : .message, name: message, bytes: bytes))
        }
        var failure = Failure(
            file: source.name, line: at.line, column: at.column, endColumn: end,
            excerpt: Excerpt(line, from: at.column, to: end), label: "", step: 0, steps: 0, path: path, wanted: wanted,
            had: had, trace: trace, culprit: trace.isEmpty ? nil : 0)
        failure.fields = FieldTable(
            rows: fields.map { FieldTable.Row(path: $0.path, value: $0.value, wanted: $0.wanted) })
        failure.marked = marked
        self.failure = failure
        fingerprint = Fingerprint.of("\(verdict.rawValue)|\(requirement)|\(path)|\(id)".utf8)
    }
}
