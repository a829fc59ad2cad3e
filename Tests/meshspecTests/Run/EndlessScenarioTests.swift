import Glibc
import TestThreads
import Testing

@testable import meshspec

/// Scenarios that never wait end anyway, and their data has a limit.
@Suite(.waits) struct EndlessScenarioTests: RunsInAFolder {
    let folder: Folder
    init() throws { folder = try Folder() }

    static let loop =
        "repeat: {times: 100000, do: [{repeat: {times: 100000, do: [{let: {x: \"$(size(bytes(1000000, 1)))\"}}]}}]}"

    static let proof = "assert: $(1 == 1)\n    req: NANO-16"

    @Test(arguments: ["--simulate", ""]) func budget(_ how: String) throws {
        try scenario("loop", [Self.loop, Self.proof])
        let r = try shell("timeout 100 meshspec run \(how) loop.yaml --budget 1s --no-progress")
        #expect(r.status == 7, "\(r.status) \(r.err)")
        #expect(r.out.contains("the budget ran out"))
        // The budget ends the case while its steps run. Without the budget, the case would end as an error.
        #expect(!(r.out + r.err).contains("steps in one case"), "\(r.out)")
    }
    @Test(arguments: ["--simulate", ""]) func interrupted(_ how: String) throws {
        try scenario("loop", [Self.loop, Self.proof])
        let r = try shell(
            "meshspec run \(how) loop.yaml --json --no-progress >out & p=$!; "
                + "for i in $(seq 500); do grep -q start out && break; sleep 0.02; done; sleep 0.5; kill -INT $p; wait $p"
        )
        #expect(r.status == 130, "\(r.status) \(r.err)")
        #expect(folder.text("out").contains("\"exit\":130") && !folder.text("out").contains("steps in one case"))
    }
    @Test func bytes() throws {
        try scenario(
            "lists",
            [
                "let: {l: [1]}",
                "repeat: {times: 60000, do: [{let: {l: \"$(l + [bytes(10000000, 1)])\"}}]}",
                Self.proof,
            ])
        let lists = try run("lists.yaml --no-progress")
        #expect(lists.status == 4, "\(lists)")
        #expect(lists.cases.first?.reason.contains("the names of the case hold more than 256 MiB") == true, "\(lists)")
        // The case keeps all sent bytes, regardless of their division.
        try scenario(
            "sends", ["repeat: {times: 17, do: [{send: {via: c, raw: \"$(bytes(16000000, 1))\"}}]}", Self.proof])
        let sends = try shell("meshspec run --simulate sends.yaml --no-progress")
        #expect(
            sends.status == 4 && sends.out.contains("the case sends more than 256 MiB"), "\(sends.out.prefix(2000))")
        try scenario("pieces", ["send: {via: c, raw: \"$(bytes(16000000, 1))\", chop: 1}", Self.proof])
        let pieces = try run("pieces.yaml --no-progress")
        #expect(pieces.cases.first?.reason.contains("are more than 2097152 pieces") == true, "\(pieces)")
    }
}
