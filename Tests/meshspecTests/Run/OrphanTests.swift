import Glibc
import Network
import Scenario
import TestThreads
import Testing

@testable import meshspec

/// The processes that a target file starts end with the harness, regardless of how it ends.
@Suite(.waits) struct OrphanTests {
    /// Commands that record the numbers of their processes, and the number of processes.
    @Test(arguments: [
        ("echo $$ >>pids; exec sleep 1000", 1), ("sleep 1000 & echo $! >>pids; wait", 1),
        ("sh -c 'sleep 1000 & echo $! >>pids; wait'", 1), ("setsid sh -c 'echo $$ >>pids; exec sleep 1000' & wait", 1),
        ("(setsid sh -c 'trap \"\" TERM; sleep 1000 & echo $! $$ >>pids; wait' &); sleep 1000", 2),
    ])
    func killed(_ start: String, _ count: Int) throws {
        let folder = try Folder()
        let target = try folder.write(
            "node.yaml",
            "meshspec-target: 1\nprotocol: nano\naddress: 127.0.0.1:{port}\n"
                + "control: {start: \(QuotedScalar.text(start))}\n")
        let harness = try Subprocess(
            "'\(Shell.products)/meshspec' run -t '\(target)' & echo $! >'\(folder.path)/pid'; wait",
            folder: Shell.package)
        func pids() -> [pid_t] { folder.text("pids").split { " \n".contains($0) }.compactMap { pid_t($0) } }
        for _ in 0..<6000 where pids().count < count && harness.exitStatus == nil { usleep(10_000) }
        let started = pids()
        #expect(started.count == count && started.allSatisfy { kill($0, 0) == 0 })
        let pid = try #require(pid_t(folder.text("pid").split(separator: "\n").first ?? ""))
        kill(pid, SIGKILL)
        for _ in 0..<6000 where started.contains(where: { kill($0, 0) == 0 }) { usleep(10_000) }
        #expect(started.allSatisfy { kill($0, 0) != 0 })
    }
}
