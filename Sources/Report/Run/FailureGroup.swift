internal import Scenario
internal import Text

/// A group of cases that did not pass for the same cause. The first case is reported in full, the others by name.
struct FailureGroup: Sendable {
    /// The first case.
    let block: FailureBlock
    /// The common cause.
    let cause: Cause
    /// The names of the other cases, in the order in which they ended.
    private(set) var others: [String] = []
    /// The capabilities that every case of the group requires.
    private(set) var capabilities: Set<String>

    /// The identity of a cause.
    struct Cause: Hashable, Sendable {
        var verdict: Verdict
        /// The text that identifies the cause: the explanation of the scenario, the reason, or the place and the kind
        /// of failure.
        var text: String

        init(_ r: CaseRecord, _ p: CaseRecord.Failure) {
            verdict = r.verdict
            // A problem of the environment, such as a node that nothing can connect to, affects all cases alike.
            let isSilent = r.verdict != .fail && p.trace.allSatisfy { $0.bytes.isEmpty }
            if r.verdict == .inconc {
                // A failed preparation affects requirements of all kinds.
                text = r.explanation ?? Fingerprint.kind(r.reason ?? "")
            } else if isSilent {
                text = r.reason ?? ""
            } else {
                text = "\(p.file):\(p.line):\(p.column) \(r.fingerprint)"
            }
        }
    }

    init(_ block: FailureBlock, _ cause: Cause, capabilities: [String]) {
        self.block = block
        self.cause = cause
        self.capabilities = Set(capabilities)
    }
    mutating func add(_ r: CaseRecord, capabilities: [String]) {
        others.append(r.name)
        self.capabilities.formIntersection(capabilities)
    }
    /// The maximum number of other names that are listed.
    static var maximumNames: Int { 60 }

    /// Returns the number of cases and the cause, a hint, the first case in full, and the names of the others. `shown`
    /// has the capabilities that the node is known to have, because cases that require them passed.
    func lines(_ style: Style, shown: Set<String>) -> [String] {
        let hint = hint(style, shown: shown)
        guard !others.isEmpty else { return block.lines(style) + hint }
        var out = hint
        if cause.verdict == .inconc || cause.verdict == .error {
            let why = block.record.explanation ?? block.record.reason ?? ""
            let head = "\(RunConsole.cases(others.count + 1)) could not be judged: \(style.safe(why))"
            out = style.wrap(head, "").map { style.paint($0, .strong) } + hint
        }
        let names = Self.folded(others.prefix(Self.maximumNames))
        let rest = others.count - Self.maximumNames
        let more = rest > 0 ? " and \(rest) more" : ""
        return out + block.lines(style)
            + style.wrap("the same in \(others.count) more: " + style.safe(names.joined(separator: " ")) + more, "  ")
    }
    /// Returns a hint about the declared capabilities that the node may lack.
    private func hint(_ style: Style, shown: Set<String>) -> [String] {
        let missing = capabilities.subtracting(shown).sorted()
        guard cause.verdict == .inconc, !missing.isEmpty else { return [] }
        let words = missing.map { "`\($0): false`" }.joined(separator: " or ")
        let what = "if the node has no \(missing.joined(separator: " or ")), declare \(words)"
        return style.wrap("hint: \(what) under `capabilities` of its target file, or in a file for --caps", "  ")
    }
    /// Returns the names of cases. The cases of one scenario are combined:
    /// `nano.header.invalid-types[after-13, after-1f]`.
    static func folded(_ names: some Sequence<String>) -> [String] {
        var out: [(scenario: Substring, vectors: [Substring])] = []
        for name in names {
            let scenario = name.prefix { $0 != "[" }
            let vector = name.dropFirst(scenario.count)
            // Text after the bracket means that the case was run in another way.
            guard vector.hasPrefix("["), vector.hasSuffix("]") else {
                out.append((name[...], []))
                continue
            }
            let one = vector.dropFirst().dropLast()
            if let i = out.firstIndex(where: { $0.scenario == scenario && !$0.vectors.isEmpty }) {
                out[i].vectors.append(one)
            } else {
                out.append((scenario, [one]))
            }
        }
        return out.map { one in
            one.vectors.isEmpty ? String(one.scenario) : "\(one.scenario)[\(one.vectors.joined(separator: ", "))]"
        }
    }
}
