import Nano
import Node
import Testing
import Wire

@testable import Report
@testable import Scenario
@testable import Text

/// The proofs of each requirement, and its last verdict.
struct CoverageTests {
    static let seen = Coverage.Seen(target: "t", at: "2026-01-02T03:04:05Z")

    func rules() -> [Requirement] {
        var all = Made.requirements.all
        for id in ["NANO-30", "NANO-31", "NANO-32", "NANO-33"] {
            all.append(Made.requirement(id, id == "NANO-33" ? .may : .must, "Rule \(id) | `x` <b>."))
        }
        all[3].kind = "codec"
        all[4].isPlanned = true
        all[5].untestable = "because"
        return all
    }
    func coverage(_ outcomes: [String: (Verdict, String)] = [:]) throws -> Coverage {
        let vectors = ["NANO-30", "NANO-31", "NANO-33"].map { id in
            WireVector(
                name: "v-\(id)", provenance: "made", requirements: [id], isAccepted: true, file: "v.yaml", span: .top)
        }
        var c = Coverage()
        c.add(
            "nano", requirements: RequirementList(rules()), scenarios: [try Made.scenario()], vectors: vectors,
            outcomes: outcomes.mapValues { Coverage.Outcome(verdict: $0.0, requirement: $0.1, seen: Self.seen) })
        return c
    }
    @Test func states() throws {
        let c = try coverage()
        #expect(
            c.entries.map(\.state) == [
                .cases, .uncovered, .uncovered, .vectors, .planned, .untestable,
                // Vectors do not prove the behaviour of a node.
                .uncovered,
            ])
        #expect(c.entries[5].requirement.untestable == "because")
        #expect(c.entries[0].cases == ["nano.made.case"] && c.entries[4].vectors == ["v-NANO-31"])
        #expect(c.uncovered.map(\.requirement.id) == ["NANO-18", "NANO-24", "NANO-33"])
        #expect(c.planned.map(\.requirement.id) == ["NANO-31"])
        #expect(c.entries.allSatisfy { $0.verdict == nil && $0.seen == nil })
        #expect(
            c.summary
                == "MUST 2/5 covered (1 by cases, 1 by vectors), 1 planned, 1 untestable, 1 UNCOVERED   SHOULD 0/1 covered, 1 UNCOVERED   MAY 0/1 covered, 1 UNCOVERED"
        )
    }
    @Test(
        arguments: [
            (.pass, "NANO-16", .pass), (.fail, "NANO-16", .fail), (.fail, "NANO-18", .inconc),
            (.warn, "NANO-18", .pass), (.skip, "NANO-16", .skip), (.error, "NANO-16", .error),
        ] as [(Verdict, String, Verdict)])
    func lastVerdict(_ v: Verdict, _ about: String, _ wanted: Verdict) throws {
        let e = try coverage(["nano.made.case": (v, about), "nano.other": (.fail, "NANO-16")]).entries[0]
        #expect(e.verdict == wanted && e.seen == Self.seen)
    }
    /// A case with another chop also counts for the case.
    @Test func variants() throws {
        let c = try coverage(["nano.made.case": (.pass, "NANO-16"), "nano.made.case chop:bytes": (.fail, "NANO-16")])
        #expect(c.entries[0].verdict == .fail)
    }
    @Test func text() throws {
        let lines = try coverage(["nano.made.case": (.pass, "NANO-16")]).lines(Style(hasColour: false))
        let i = try #require(lines.firstIndex(of: "  ✓ NANO-16  cases  pass 2026-01-02"))
        #expect(lines[0] == "MUST" && lines[i + 1] == "      A query is answered.")
        #expect(lines.contains("      cases: nano.made.case") && lines.contains("  ✗ NANO-18  UNCOVERED"))
        #expect(lines.contains("      vectors: v-NANO-30") && lines.contains("      untestable: because"))
        #expect(lines.last?.hasPrefix("MUST 2/5 covered") == true)
        #expect(try coverage().lines(Style(hasColour: false)).contains("    NANO-16  cases  never run"))
        let narrow = try coverage().lines(Style(hasColour: false, width: 20))
        #expect(narrow.allSatisfy { $0.count <= 20 || !$0.dropFirst(7).contains(" ") }, "\(narrow)")
    }
    @Test func mutants() throws {
        let report = try #require(
            JSON.parse(
                Array(
                    #"""
                    {"meshspec_mutations":1,"requirements":[{"id":"NANO-16","level":"MUST",
                     "wire":{"killed":8,"blamed":1,"survived":1},"node":{"killed":2,"blamed":0,"survived":0}}]}
                    """#.utf8)))
        let tallies = try #require(MutantTally.read(report))
        #expect(tallies["NANO-16"]?.text == "wire 8/10, node 2/2")
        var c = try coverage()
        #expect(!c.markdown().contains("mutants"))
        c.add(tallies)
        #expect(c.lines(Style(hasColour: false)).contains("      mutants killed: wire 8/10, node 2/2"))
        let rows = c.markdown().split(separator: "\n").filter { $0.hasPrefix("| NANO") }
        for row in rows { #expect(row.replacing("\\|", with: "").count { $0 == "|" } == 8, "\(row)") }
        #expect(rows.first?.contains("wire 8/10, node 2/2") == true)
        #expect(c.events(exit: 0).first?["mutants"]?["wire"]?["of"] == .uint(10))
        // Mutants of another kind, from another file, do not replace these.
        let code = try #require(
            JSON.parse(
                Array(
                    #"{"meshspec_mutations":1,"requirements":[{"id":"NANO-16","code":{"killed":3,"survived":1}}]}"#.utf8
                )))
        var both = try #require(tallies["NANO-16"])
        both.take(try #require(MutantTally.read(code)?["NANO-16"]))
        #expect(both.text == "wire 8/10, node 2/2, code 3/4")
        // Another version, and a file of another kind.
        #expect(MutantTally.read(["meshspec_mutations": 2, "requirements": []]) == nil)
        #expect(MutantTally.read(["event": "start"]) == nil)
    }
    /// Text in a cell cannot break the table.
    @Test func markdown() throws {
        let text = try coverage().markdown()
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("| NANO") }
        #expect(rows.count == 7)
        for row in rows { #expect(row.replacing("\\|", with: "").count { $0 == "|" } == 7, "\(row)") }
        #expect(text.contains("Rule NANO-31 \\| \\`x\\` &lt;b&gt;.") && !text.contains("<b>"))
    }
    /// The rules of passive observers for each requirement, or the reason why it has none.
    @Test func passiveObservers() throws {
        var rules = Made.requirements.all
        rules[2].unobservable = .absence
        var c = Coverage()
        c.add(
            "nano", requirements: RequirementList(rules), scenarios: [try Made.scenario()], vectors: [], outcomes: [:],
            observed: Definition.nano.judging.observed.filter { $0.id == "NANO-18" })
        let lines = c.lines(Style(hasColour: false))
        #expect(lines.contains("      monitor: violation at a signature of V2 or V3 that fits no query"))
        #expect(lines.contains { $0.hasPrefix("      monitor: none, for only a missing message breaks it") })
        #expect(lines.count { $0.hasPrefix("      monitor") } == 2, "of the first nothing is known")
        #expect(lines.contains("1 of 3 judged by the monitor"))
        let events = c.events(exit: 0)
        #expect(events[0]["observed"] == nil && events[0]["unobservable"] == nil)
        #expect(events[1]["observed"] == "violation" && events[2]["unobservable"] == "absence")
        #expect(c.markdown().contains("| none, for only a missing message breaks it"))
    }
    /// A requirement that most implementations break becomes a question to the specification.
    @Test func requirementThatMostBreakBecomesAQuestion() throws {
        var rules = Made.requirements.all
        rules[1].observations = [
            Observation(node: "a 1", date: "2026-11-27", keeps: false, does: "waits"),
            Observation(node: "b 2", date: "2026-11-27", keeps: false, does: "closes"),
            Observation(node: "c 3", date: "2026-11-27", keeps: true, does: ""),
        ]
        var c = Coverage()
        c.add(
            "nano", requirements: RequirementList(rules), scenarios: [try Made.scenario()], vectors: [], outcomes: [:])
        let id = rules[1].id
        let question =
            "question to the specification: 2 of 3 implementations break \(id): a 1 (2026-11-27: waits) and b 2 "
            + "(2026-11-27: closes) break \(id); c 3 keeps it"
        // Each further line of the question begins with a blank.
        let words = c.lines(Style(hasColour: false)).joined(separator: " ").split(separator: " ")
        #expect(words.joined(separator: " ").contains(question))
        #expect(c.lines(Style(hasColour: false)).contains("      observed: a 1 breaks it: waits (2026-11-27)"))
        let events = c.events(exit: 0)
        #expect(events[1]["question"] == .text(question) && events[0]["question"] == nil)
        #expect(events[1].items("implementations").first?["keeps"] == false)
        #expect(c.markdown().contains("## Questions to the specifications\n\n* question to"))
    }
    @Test func selection() throws {
        let s = try Made.scenario()
        #expect(try Selection("NANO-1*").takes("NANO-16", provedBy: [s]))
        #expect(try Selection("req:NANO-16 && nano.made.*").takes("NANO-16", provedBy: [s]))
        #expect(try !Selection("nano.made.*").takes("NANO-16", provedBy: []))
        #expect(try Selection("!tag:slow").takes("NANO-16", provedBy: []))
    }
}
