import Glibc
import Network
import Node
import TestThreads
import Testing

@testable import meshspec

/// A program that is not the node listens at the fixed address of a target file.
@Suite(.waits) struct OccupiedAddressTests {
    typealias Running = NodeTests.Running
    let folder: Folder
    init() throws { folder = try Folder() }

    func run(_ start: String, at address: String, within: String = "2s", more: String = "") throws -> Shell.Outcome {
        let target = """
            meshspec-target: 1
            name: other
            protocol: nano
            parameters: {network: dev}
            address: \(address)
            ready: {within: \(within)\(more)}
            control:
              start: \(start)

            """
        let path = try folder.write("target.yaml", Array(target.utf8))
        return try Shell.run("meshspec run -t '\(path)' nano.handshake.v2-query")
    }
    /// The node cannot listen and ends, or takes another port. The other program is not judged in its place.
    @Test(arguments: ["exec meshspec node nano --listen {address} >/dev/null", "exec sleep 30"])
    func doesNotJudgeOtherProgram(_ start: String) throws {
        let other = try Running("")
        let r = try run(start, at: other.address)
        #expect(r.failed(.addressInUse, "write {port} for the port"), "\(r.err)")
        #expect(!r.out.contains("✓") && !r.out.contains("✗"), "\(r.out)")
        #expect(r.failed(.addressInUse, "write `ready: {listener: kept}`"), "\(r.err)")
    }
    /// A program such as systemd listens at the address and hands its socket to the node at the start.
    @Test func acceptsSocketThatOtherProgramKeeps() throws {
        let other = try Running("")
        let r = try run("exec sleep 30", at: other.address, more: ", listener: kept")
        #expect(r.status == 0, "\(r.out)\(r.err)")
    }
    /// A program that leaves in time does no harm, nor one that the command ends itself.
    @Test func waitsForOtherProgramToLeave() throws {
        let node = "meshspec node nano --listen {address} >/dev/null"
        let leaving = try Running("--for 1s")
        let r = try run("exec \(node)", at: leaving.address, within: "20s")
        #expect(r.status == 0, "\(r.out)\(r.err)")
        let other = try Running("", before: "echo $$ >'\(folder.path)/pid'; ")
        // A node with a control socket removes it before it ends.
        let s = try run("kill $(cat pid); sleep 1; exec \(node)", at: other.address, within: "20s")
        #expect(s.status == 0, "\(s.out)\(s.err)")
    }
}
