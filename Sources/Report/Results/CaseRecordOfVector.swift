public import Scenario

extension CaseRecord {
    /// Makes the record of a vector that a codec was tested with. `source` is the file of the vector.
    public init(
        id: String, title: String, protocolName: String, _ vector: WireVector, in source: SourceFile, verdict: Verdict,
        requirement: String, level: Level, duration: Duration, reason: String?, command: String = ""
    ) {
        self.init(
            id: id, title: title, protocolName: protocolName, verdict: verdict, requirement: requirement, level: level,
            covers: vector.requirements, duration: duration, file: source.name, content: Fingerprint.of(source.bytes),
            seed: 0, reason: reason, command: command)
    }
    /// Records how the answer of a codec differs from a vector, or why the codec gave no answer.
    ///
    /// - Parameters:
    ///   - message: the name of the message; empty if it has no name.
    ///   - bytes: the input of the codec if `isSent` is true, otherwise its output; nil if not about bytes.
    ///   - fields: the fields that differ.
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
