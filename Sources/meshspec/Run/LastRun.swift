import Glibc
import Report
import Scenario
import Wire

/// How the cases of this folder came out the last time that each of them ran: for `--last-failed`, for `coverage`, and
/// for how long the next run will take.
///
/// A line for each run and protocol, `{"run":1,"protocol":"...","target":"...","at":"..."}`, and behind it a line for
/// each of its cases that no later run has run again.
struct LastRun {
    static let path = ".meshspec/last-run.jsonl"

    /// What is kept of a case.
    struct Entry {
        var id: String
        /// Of a run that goes on: later its group has it.
        var protocolName = ""
        var verdict: Verdict
        /// Requirement that the verdict is about.
        var requirement = ""
        /// Nil when it did not run.
        var duration: Duration?
        /// Times that it came out in this run.
        var times = 1

        /// Of several times in one run the worst counts; how long it takes, the last one tells.
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
        /// Empty when it is not known.
        var protocolName = ""
        var target: String
        /// When the run began, `2026-01-02T03:04:05Z`.
        var at: String
        var entries: [Entry] = []
    }
    /// The oldest first.
    var groups: [Group] = []

    /// Nil when nothing ran here yet.
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
    /// Names of the cases that did not pass, or did not come to run, when the target that was the last one for their
    /// protocol was last tested.
    var failed: Set<String> {
        var out: Set<String> = []
        for g in groups where g.target == groups.last(where: { $0.protocolName == g.protocolName })?.target {
            for e in g.entries { if e.isGood { out.remove(e.id) } else { out.insert(e.id) } }
        }
        return out
    }
    /// The last verdict of each case that ever ran, with the run that it is from.
    var latest: [String: (entry: Entry, group: Int)] {
        var out: [String: (entry: Entry, group: Int)] = [:]
        for (i, g) in groups.enumerated() {
            for e in g.entries where e.verdict != .notRun || out[e.id] == nil { out[e.id] = (e, i) }
        }
        return out
    }
    /// How long cases took.
    var durations: [String: Duration] { latest.compactMapValues(\.entry.duration) }

    /// Adds a run: what it ran again is forgotten of the others, and all of its protocol that `isWhole` could have run.
    /// A case that did not come to run keeps what is known of it.
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
    /// A folder that cannot be written to is not an error.
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
