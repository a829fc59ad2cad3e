import Testing
import Wire

@testable import Report

/// The facts of a CI job, and that a results file preserves them.
struct RunEnvironmentTests {
    func made(_ variables: [String: String]) -> RunEnvironment {
        var e = RunEnvironment(command: "meshspec run")
        e.add { variables[$0] }
        return e
    }
    @Test func gitHub() {
        let e = made([
            "GITHUB_SERVER_URL": "https://git.example", "GITHUB_REPOSITORY": "a/b", "GITHUB_RUN_ID": "17",
            "GITHUB_SHA": "0123",
        ])
        #expect(e.revision == "0123" && e.links.map(\.name) == ["workflow run", "commit"])
        #expect(
            e.links.map(\.url) == ["https://git.example/a/b/actions/runs/17", "https://git.example/a/b/commit/0123"])
    }
    @Test func gitLab() {
        let e = made([
            "CI_PROJECT_URL": "https://lab.example/a/b", "CI_JOB_URL": "https://lab.example/a/b/-/jobs/1",
            "CI_PIPELINE_URL": "", "CI_COMMIT_SHA": "0123",
        ])
        #expect(e.revision == "0123" && e.links.map(\.name) == ["job", "commit"])
        #expect(e.links.last?.url == "https://lab.example/a/b/-/commit/0123")
    }
    @Test func elsewhere() {
        let e = made(["CI": "true", "GITHUB_SHA": "0123"])
        #expect(e == RunEnvironment(command: "meshspec run"))
    }
    @Test func roundTrip() throws {
        var head = RunHead(program: "1", target: "t", seed: 1, cases: 1)
        func read() throws -> RunEnvironment? {
            var reader = ResultsReader()
            let line = RunEvents.line(RunEvents.start(head)).dropLast()
            guard case .start(let h) = try reader.read(Array(line)) else { return nil }
            return h.environment
        }
        #expect(try read() == nil)
        var e = made([
            "CI_PROJECT_URL": "https://lab.example/a/b", "CI_JOB_URL": "https://j/\u{202e}", "CI_COMMIT_SHA": "01",
        ])
        head.environment = e
        #expect(try read() == e)
        e.host = "h"
        e.system = "s"
        head.environment = e
        #expect(try read() == e)
    }
}
