import Node
import TestSamples
import TestThreads
import Testing
import Wire

@testable import meshspec

/// Tests `meshspec diff` on results of `run`.
@Suite(.waits) struct DiffTests: RunsInAFolder {
    let folder: Folder
    init() throws { folder = try Folder() }

    /// Faults that only show in other profiles.
    static let elsewhere = [
        "accepts-altered-capabilities", "block-type-ignored", "bulk-pull-without-end", "frontiers-without-end",
        "keepalive-slow", "pull-reserved-ignored", "v3-signed-as-v2",
    ]

    /// Compares a node with one fault to a node without faults. `diff` names the requirement of the fault and no
    /// unrelated requirement.
    @Test(arguments: ["nano", "rightmesh"]) func seededFaults(_ name: String) throws {
        let definition = try #require(Registry.definitions.first { $0.name == name })
        // The test takes the first fault of each requirement, and one in eight of these faults. `mutate --node` runs
        // every fault.
        let first = Dictionary(definition.reference.bugs.map { ($0.requirement, $0.name) }) { before, _ in before }
        let all = definition.reference.bugs.map { [$0.name, $0.requirement] }.filter {
            first[$0[1]] == $0[0] && !Self.elsewhere.contains($0[0])
        }
        try #require(all.count >= 29)
        let bugs = Sample.every(8, of: all)
        // The cases that the test compares below.
        let compared = name == "nano" ? "" : "-k '" + bugs.map { "req:\($0[1])" }.joined(separator: " || ") + "'"
        _ = try run("--seed 7 --protocol \(name) \(compared)", file: "good")
        for (i, bug) in bugs.enumerated() {
            // For RMPX, only the cases about the broken requirement run, because a fault in a message affects many
            // other cases. For Nano, all cases run for one fault in sixteen.
            let some = name == "nano" && i % (Sample.isWhole ? 4 : 16) == 0 ? "" : "-k req:\(bug[1])"
            _ = try run("--seed 7 --protocol \(name) --bug \(bug[0]) \(some)", file: "bad")
            let r = try shell("meshspec diff --json good bad")
            let events = r.lines.compactMap { JSON.parse(Array($0.utf8)) }
            let named = events.filter { $0["event"] == "requirement" && $0["broken"] == "b" }.compactMap { e in
                if case .text(let id)? = e["id"] { id } else { nil }
            }
            #expect(r.status == 1, "\(bug)")
            let broken = Set(try #require(definition.reference.bugs.first { $0.name == bug[0] }).requirements)
            #expect(named.contains(bug[1]) && (name != "nano" || broken.isSuperset(of: named)), "\(bug): \(named)")
            #expect(events.last?["broken-a"] == 0 && events.last?["failing"] != 0)
        }
    }
    @Test func statuses() throws {
        try takePartOfTheSuites()
        _ = try run("--seed 7 --protocol nano", file: "a")
        let same = try shell("meshspec diff a a")
        #expect(same.status == 0 && same.lines.last == "nothing differs")
        // Other random values are not a difference.
        _ = try run("--seed 8 --protocol nano", file: "b")
        #expect(try shell("meshspec diff a b").status == 0)
        #expect(try shell("meshspec diff a").status == 2)
        #expect(try shell("meshspec diff a a a").status == 2)
        let gone = try shell("meshspec diff a none")
        #expect(gone.failed(.noSuchFile, "none: "), "\(gone.err)")
        _ = try folder.write("text", "hello\n")
        let text = try shell("meshspec diff a text")
        #expect(text.failed(.invalidFile, "text:1: "), "\(text.err)")
        let cut = try shell("head -n 10 a >c; meshspec diff a c")
        #expect(cut.status == 4 && cut.reports(.invalidFile, "cut short"), "\(cut.err)")
        // The count omits the start line and the summary of `a`, and the nine cases in `c`.
        #expect(cut.out.contains("only in A (\(try shell("cat a").lines.count - 11))"))
        let full = try shell("meshspec diff a a >/dev/full")
        #expect(full.status == 4)
    }
}
