internal import Scenario

/// Cases that did not pass for one cause: the first of them is told in full, of the others the names.
struct FailureGroup: Sendable {
    /// The first case.
    let block: FailureBlock
    /// What they have in common.
    let cause: Cause
    /// The other cases, in the order in which they came out.
    private(set) var others: [String] = []
    /// Capabilities without which none of them can be run.
    private(set) var capabilities: Set<String>

    /// What makes causes equal.
    struct Cause: Hashable, Sendable {
        var verdict: Verdict
        /// What the cause is known by: the scenario's own word, the reason, or the place and the kind of failure.
        var text: String

        init(_ r: CaseRecord, _ p: CaseRecord.Failure) {
            verdict = r.verdict
            // Trouble of the environment comes to every case alike, such as a node that nobody can connect to.
            let isSilent = r.verdict != .fail && p.trace.allSatisfy { $0.bytes.isEmpty }
            if r.verdict == .inconc {
                // What could not be prepared comes to rules of all kinds.
                text = p.because ?? Fingerprint.kind(r.reason ?? "")
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
    /// Names of others that are told of.
    static var maximumNames: Int { 60 }

    /// How many there are and why, what to do about it, the first in full, the names of the others. `shown`: capabilities
    /// that the node has, since cases that need them passed.
    func lines(_ style: Style, shown: Set<String>) -> [String] {
        let hint = hint(style, shown: shown)
        guard !others.isEmpty else { return block.lines(style) + hint }
        var out = hint
        if cause.verdict == .inconc || cause.verdict == .error {
            let why = block.record.failure?.because ?? block.record.reason ?? ""
            let head = "\(RunConsole.cases(others.count + 1)) could not be judged: \(style.safe(why))"
            out = style.wrap(head, "").map { style.paint($0, .strong) } + hint
        }
        let names = Self.folded(others.prefix(Self.maximumNames))
        let rest = others.count - Self.maximumNames
        let more = rest > 0 ? " and \(rest) more" : ""
        return out + block.lines(style)
            + style.wrap("the same in \(others.count) more: " + style.safe(names.joined(separator: " ")) + more, "  ")
    }
    /// What the node may lack, of that which is claimed for it.
    private func hint(_ style: Style, shown: Set<String>) -> [String] {
        let missing = capabilities.subtracting(shown).sorted()
        guard cause.verdict == .inconc, !missing.isEmpty else { return [] }
        let words = missing.map { "`\($0): false`" }.joined(separator: " or ")
        let what = "if the node has no \(missing.joined(separator: " or ")), declare \(words)"
        return style.wrap("hint: \(what) under `capabilities` of its target file, or in a file for --caps", "  ")
    }
    /// Names of cases; those of one scenario are one word: `nano.header.invalid-types[after-13, after-1f]`.
    static func folded(_ names: some Sequence<String>) -> [String] {
        var out: [(scenario: Substring, vectors: [Substring])] = []
        for name in names {
            let scenario = name.prefix { $0 != "[" }
            let vector = name.dropFirst(scenario.count)
            // What stands behind the bracket is another way to run it.
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
