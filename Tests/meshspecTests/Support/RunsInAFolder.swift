import Glibc
import Testing
import Wire

@testable import meshspec

/// A case in the output of `meshspec run --json`.
struct RunEvent {
    var id: String
    var verdict: String
    var reason: String
}

/// The result of a run.
struct RunOutcome: CommandOutcome {
    var status: Int32
    var cases: [RunEvent] = []
    var summary: Value?
    var out: String
    var err: String
    func ids(_ verdict: String? = nil) -> [String] {
        cases.filter { verdict == nil || $0.verdict == verdict }.map(\.id)
    }
}

/// Tests that run their own scenarios in their own folder.
protocol RunsInAFolder {
    var folder: Folder { get }
}

extension RunsInAFolder {
    /// Uses a part of the built-in suites instead of the whole.
    func takePartOfTheSuites() throws {
        let part = try #require(PartOfTheSuites.folder)
        let linked = try Shell.run("ln -s '\(part)' '\(folder.path)/Spec'")
        try #require(linked.status == 0, "\(linked.err)")
    }
    var specifications: String {
        access(folder.path + "/Spec", F_OK) == 0 ? folder.path + "/Spec" : Shell.package + "/Spec"
    }
    /// Writes a scenario of one case with these steps.
    func scenario(_ name: String, _ steps: [String], head: String = "") throws {
        let text =
            """
            meshspec: 1
            id: own.\(name)
            title: One for the options
            protocol: nano
            covers: [NANO-16]
            \(head)
            actors:
              peer: {role: ref}
              node: {role: dut}
            steps:
              - open: {from: peer, to: node, as: c}

            """ + steps.map { "  - " + $0 + "\n" }.joined()
        _ = try folder.write(name + ".yaml", Array(text.utf8))
    }
    /// Runs scenarios in the folder, in virtual time.
    func run(_ arguments: String, file: String? = nil) throws -> RunOutcome {
        let keep = file.map { " | tee '\($0)'; exit ${PIPESTATUS[0]}" } ?? ""
        let line =
            "cd '\(folder.path)'; meshspec run --simulate --json --spec '\(specifications)' \(arguments)\(keep)"
        let r = try Shell.run("bash -c \"\(line.replacing("\"", with: "\\\"").replacing("$", with: "\\$"))\"")
        var result = RunOutcome(status: r.status, out: r.out, err: r.err)
        for event in r.lines.compactMap({ JSON.parse(Array($0.utf8)) }) {
            if event["event"] == "summary" { result.summary = event }
            guard event["event"] == "case" else { continue }
            guard case .text(let id)? = event["id"], case .text(let verdict)? = event["verdict"] else { continue }
            var name = id
            if case .text(let variant)? = event["variant"] { name += " " + variant }
            var reason = ""
            if case .text(let t)? = event["reason"] { reason = t }
            result.cases.append(RunEvent(id: name, verdict: verdict, reason: reason))
        }
        return result
    }
    /// Runs a command line in the folder, with the specifications of this package.
    func shell(_ line: String, variables: String = "LC_ALL=C.UTF-8") throws -> Shell.Outcome {
        try Shell.run("cd '\(folder.path)'; \(line)", variables: "\(variables) MESHSPEC_SPEC='\(specifications)'")
    }
    /// Writes a case that fails with about half of all seeds.
    func coin() throws {
        try scenario(
            "coin",
            [
                "let: {coin: $(random(1))}",
                "assert: $(coin < bytes(1, 128))\n    req: NANO-16\n    because: the coin shows heads",
            ])
    }
    /// Writes a case that always fails.
    func bad(_ name: String) throws {
        try scenario(name, ["assert: $(1 == 2)\n    req: NANO-16\n    because: one is two"])
    }
}
