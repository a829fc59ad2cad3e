/// A list of known and accepted failures. It cannot become stale unnoticed: an entry is reported if its case passes,
/// fails for another reason, or is past its expiry day.
public struct Baseline: Sendable {
    /// One accepted failure.
    public struct Entry: Sendable, Equatable {
        /// The id of the case.
        public var id: String
        /// The id of the requirement that is not kept.
        public var requirement: String
        /// The fingerprint of the reason.
        public var reason: String
        /// The reason why the failure is accepted.
        public var note: String
        /// The last day on which it is accepted, `YYYY-MM-DD`; nil for no end.
        public var expires: String?
        /// Creates an entry for the failure of a case, by its requirement and its fingerprint.
        public init(id: String, requirement: String, reason: String, note: String, expires: String? = nil) {
            self.id = id
            self.requirement = requirement
            self.reason = reason
            self.note = note
            self.expires = expires
        }
    }
    /// The entries, at most one per case.
    public let entries: [Entry]
    private let byID: [String: Entry]
    /// Creates a baseline of these entries. If two have the same id, the first counts.
    public init(_ entries: [Entry] = []) {
        self.entries = entries
        byID = Dictionary(entries.map { ($0.id, $0) }) { first, _ in first }
    }
    subscript(id: String) -> Entry? { byID[id] }

    /// Returns the result with the expectation of the baseline. `today` is `YYYY-MM-DD`.
    public func judge(_ r: CaseResult, today: String) -> CaseResult {
        guard let e = self[r.name], r.verdict != .skip, r.verdict != .notRun, r.verdict != .error else { return r }
        var out = r
        switch r.verdict {
        case .fail, .inconc, .warn:
            if e.requirement != r.requirement || e.reason != Fingerprint.of(r) {
                out.expectation = .changed(was: e.requirement + " " + e.reason)
            } else if let day = e.expires, day < today {
                out.expectation = .expired(day)
            } else {
                out.expectation = .failed(note: e.note)
            }
        default: out.expectation = .passed(note: e.note)
        }
        return out
    }
    /// Returns the entries of cases that are not among these ids.
    public func without(_ ids: Set<String>) -> [Entry] { entries.filter { !ids.contains($0.id) } }

    /// Returns a baseline that accepts the failures among these results. Entries that remain keep their notes and
    /// expiry days.
    public func updated(_ results: [CaseResult]) -> Baseline {
        var out: [Entry] = []
        // If a case failed in several rounds, the first failure is listed.
        var seen: Set<String> = []
        for r in results where r.verdict == .fail || r.verdict == .warn || r.verdict == .inconc {
            guard seen.insert(r.name).inserted else { continue }
            let old = self[r.name]
            out.append(
                Entry(
                    id: r.name, requirement: r.requirement, reason: Fingerprint.of(r),
                    note: old?.note ?? r.problem?.reason ?? "", expires: old?.expires))
        }
        return Baseline(out.sorted { $0.id < $1.id })
    }
    /// The baseline as the text of a file.
    public var text: String {
        var out = "meshspec-baseline: 1\nentries:\n"
        if entries.isEmpty { out = "meshspec-baseline: 1\nentries: []\n" }
        for e in entries {
            out +=
                "  - id: \(QuotedScalar.text(e.id))\n    requirement: \(QuotedScalar.text(e.requirement))\n    reason: \(QuotedScalar.text(e.reason))\n"
            out += "    note: \(QuotedScalar.text(e.note))\n"
            if let day = e.expires { out += "    expires: \(QuotedScalar.text(day))\n" }
        }
        return out
    }
}

extension Baseline {
    /// Loads a baseline file.
    public static func load(_ source: SourceFile) -> (baseline: Baseline?, diagnostics: [Diagnostic]) {
        // The limit allows a list of all cases of a suite with 100,000 cases.
        Loader.load(source, limits: .generated) { $0.baseline($1) }
    }
}

extension Loader {
    mutating func baseline(_ root: YAMLNode) -> Baseline? {
        version(root, "meshspec-baseline")
        guard let m = members(root, .baseline) else { return nil }
        var seen: Set<String> = []
        var out: [Baseline.Entry] = []
        for item in list(m["entries"], "entries") {
            guard let e = members(item, .baselineEntry), let id = text(e["id"], "id"),
                let requirement = text(e["requirement"], "requirement"), let reason = text(e["reason"], "reason")
            else { continue }
            if !seen.insert(id).inserted { report(.duplicateID, "two entries are about `\(id)`", item.span) }
            let expires = text(e["expires"], "expires")
            if let day = expires, !Self.isDay(day), let span = e["expires"]?.span {
                report(.badValue, "expires is a day such as 2027-01-31, this is `\(day)`", span)
            }
            out.append(
                Baseline.Entry(
                    id: id, requirement: requirement, reason: reason, note: text(e["note"], "note") ?? "",
                    expires: expires))
        }
        return Baseline(out)
    }
    static func isDay(_ s: String) -> Bool {
        let parts = s.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2],
            parts.allSatisfy({ $0.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } }),
            let month = Int(parts[1]), let day = Int(parts[2])
        else { return false }
        return (1...12).contains(month) && (1...31).contains(day)
    }
}
