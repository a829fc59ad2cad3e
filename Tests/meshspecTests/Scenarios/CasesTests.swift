import TestThreads
import Testing

@testable import meshspec

/// Which files of a suite a command reads.
@Suite(.waits) struct CasesTests {
    /// A suite with a good scenario of WebSocket and a bad one of DXOS.
    let folder: Folder
    init() throws {
        folder = try Folder()
        try #require(
            try Shell.run("mkdir -p '\(folder.path)'/Spec/websocket/scenarios '\(folder.path)'/Spec/dxos/scenarios")
                .status == 0)
        try add("websocket/scenarios/websocket.good.yaml", "websocket.good", "websocket")
        _ = try folder.write("Spec/dxos/scenarios/dxos.bad.yaml", "meshspec: 1\nid: dxos.bad\nsteps: 5\n")
    }
    private func add(_ file: String, _ id: String, _ protocolName: String) throws {
        let text = """
            meshspec: 1
            id: \(id)
            title: A case
            protocol: \(protocolName)
            covers: [X-01]
            actors: {node: {role: dut}}
            steps:
              - {assert: $(1 == 1), req: X-01}
            """
        _ = try folder.write("Spec/" + file, text)
    }
    private func run(_ line: String) throws -> Shell.Outcome {
        try Shell.run("meshspec \(line) --spec '\(folder.path)/Spec'")
    }
    @Test(arguments: ["websocket.good", "-k websocket.good", "-k 'websocket.* && X-01'", "--protocol websocket"])
    func readsNoFileThatCannotHaveTheCase(_ selection: String) throws {
        let r = try run("list \(selection)")
        #expect(r.status == 0 && r.lines.count == 1 && r.out.contains("websocket.good"), "\(r.out)\(r.err)")
    }
    /// All files are needed for a tag or requirement, and for a word without a case.
    @Test(arguments: [
        "", "-k X-01", "-k '!slow'", "-k 'websocket.good || X-01'", "-k websocket.no", "-k 'websocket.* || dxos.*'",
    ])
    func readsEveryFileThatCanHaveTheCase(_ selection: String) throws {
        let r = try run("list \(selection)")
        #expect(r.status == 3 && r.err.contains("dxos.bad.yaml"), "\(r.out)\(r.err)")
    }
    /// A target file names the protocol.
    @Test(arguments: [("websocket", 0), ("dxos", 3)]) func readsFilesOfTheTarget(_ name: String, _ status: Int32) throws
    {
        let file = try folder.write(
            "t.yaml", "meshspec-target: 1\nname: t\nprotocol: \(name)\naddress: 127.0.0.1:1\n")
        let r = try run("run -t '\(file)' --dry-run")
        #expect(r.status == status, "\(r.out)\(r.err)")
    }
    @Test func checkFindsFileOfAnotherName() throws {
        try add("dxos/scenarios/dxos.bad.yaml", "dxos.better", "dxos")
        let r = try run("check")
        #expect(r.status == 3 && r.err.contains("the file of `dxos.better` is not `dxos.better.yaml`"), "\(r.err)")
        #expect(!r.err.contains("`websocket.good` is not"))
    }
}
