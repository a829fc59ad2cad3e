import Glibc
import Report
import Scenario
import Wire

/// The last result of each case that ran in this folder. `--last-failed` and `coverage` use the verdicts, and the
/// estimate of the next run uses the durations.
///
/// The file has a line for each run and protocol, `{"run":1,"protocol":"...","target":"...","at":"..."}`. A line for
/// each of its cases follows, except for cases that a later run has run again.
struct LastRun {
    static let path = ".meshspec/last-run.jsonl"

    /// The stored result of a case.
    struct Entry {
        var id: String
        /// The protocol of the case during the run. The file stores it in the group.
        var protocolName = ""
        var verdict: Verdict
        /// The requirement that the verdict is about.
        var requirement = ""
        /// The duration of the case; nil if it did not run.
        var duration: Duration?
        /// The number of results of this case in the run.
        var times = 1

        /// Merges another result of the case from the same run. The worst verdict and the last duration count.
        mutating func add(_ e: Entry) {
            times += 1
            duration = e.duration ?? duration
            guard e.verdict > verdict else { return }
            verdict = e.verdict
            requirement = e.requirement
        }
        var isGood: Bool { verdict == .pass || verdict == .skip }
    }
    struct Group {
        /// The name of the protocol; empty if it is unknown.
        var protocolName = ""
        var target: String
        /// The start of the run, as `2026-01-02T03:04:05Z`.
        var at: String
        var entries: [Entry] = []
    }
    /// The groups, from the oldest to the newest.
    var groups: [Group] = []

    /// Reads the file in this folder; nil if no run has written it.
    static func read() -> LastRun? {
        guard let bytes = try? Files.read(path) else { return nil }
        var out = LastRun()
        for line in bytes.split(separator: 0x0a) {
            guard let v = JSON.parse(Array(line)) else { continue }
            if v["run"] != nil {
                out.groups.append(Group(protocolName: v.text("protocol"), target: v.text("target"), at: v.text("at")))
            } else if let verdict = Verdict(rawValue: v.text("verdict")), case .text(let id)? = v["id"] {
                if out.groups.isEmpty { out.groups.append(Group(target: "", at: "")) }
                let us = v["microseconds"]?.integer.map { Duration.microseconds(Int64(clamping: min($0, 1 << 50))) }
                out.groups[out.groups.count - 1].entries.append(
                    Entry(id: id, verdict: verdict, requirement: v.text("requirement"), duration: us))
            }
        }
        return out
    }
    /// The names of the cases that did not pass, or did not run. For each protocol, only the target that was tested
    /// last counts.
    var failed: Set<String> {
        var out: Set<String> = []
        for g in groups where g.target == groups.last(where: { $0.protocolName == g.protocolName })?.target {
            for e in g.entries { if e.isGood { out.remove(e.id) } else { out.insert(e.id) } }
        }
        return out
    }
    /// The last verdict of each case, with the index of its group.
    var latest: [String: (entry: Entry, group: Int)] {
        var out: [String: (entry: Entry, group: Int)] = [:]
        for (i, g) in groups.enumerated() {
            for e in g.entries where e.verdict != .notRun || out[e.id] == nil { out[e.id] = (e, i) }
        }
        return out
    }
    /// The last known duration of each case.
    var durations: [String: Duration] { latest.compactMapValues(\.entry.duration) }

    /// Adds a run. The results of its cases replace older ones. If `isWhole`, the older results of its protocol are
    /// removed as well. A case that should have run but did not keeps its older result.
    mutating func add(_ run: Group, isWhole: Bool) {
        var ran: Set<String> = []
        var waits: Set<String> = []
        for e in run.entries { if e.verdict == .notRun { waits.insert(e.id) } else { ran.insert(e.id) } }
        for i in groups.indices {
            let isOther = groups[i].protocolName != run.protocolName && !groups[i].protocolName.isEmpty
            groups[i].entries.removeAll {
                ran.contains($0.id) || !isOther && ($0.verdict == .notRun || isWhole && !waits.contains($0.id))
            }
        }
        groups.removeAll(where: \.entries.isEmpty)
        groups.append(run)
    }
    /// Writes the file. It is no error if the folder is not writable.
    func write() {
        var out: [UInt8] = []
        for g in groups {
            out += RunEvents.line([
                "run": 1, "protocol": .text(g.protocolName), "target": .text(g.target), "at": .text(g.at),
            ])
            for e in g.entries {
                var members: [Value.Entry] = [.init("id", .text(e.id)), .init("verdict", .text(e.verdict.rawValue))]
                if !e.requirement.isEmpty { members.append(.init("requirement", .text(e.requirement))) }
                if let d = e.duration {
                    members.append(.init("microseconds", .uint(UInt64(clamping: Int64(d / .microseconds(1))))))
                }
                out += RunEvents.line(.map(members))
            }
        }
        _ = Files.write(out, to: Self.path)
    }
}

extension Value {
    fileprivate func text(_ key: String) -> String {
        if case .text(let s)? = self[key] { s } else { "" }
    }
}
