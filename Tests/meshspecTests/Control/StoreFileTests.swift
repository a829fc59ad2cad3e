import Glibc
import Network
import Node
import TestThreads
import Testing
import Wire

@testable import meshspec

/// `meshspec node nano --peers FILE`: the peers of a node outlive its process.
@Suite(.waits) struct StoreFileTests {
    /// A running node of the dev network with its own control socket.
    private struct Running {
        let folder: Folder
        let process: Subprocess
        let address: String
        private let name: String

        init(_ folder: Folder, _ name: String, _ options: String) throws {
            (self.folder, self.name) = (folder, name)
            process = try Subprocess(
                "echo $$ >'\(folder.path)/\(name).pid'; "
                    + "exec '\(Shell.products)/meshspec' node nano --control '\(folder.path)/\(name)' \(options) "
                    + ">'\(folder.path)/\(name).events' 2>'\(folder.path)/\(name).errors'",
                folder: Shell.package)
            for _ in 0..<5000 where !folder.text("\(name).events").contains("identity") && process.exitStatus == nil {
                usleep(2000)
            }
            let line = folder.text("\(name).events").split(separator: "\n").first.map { Array($0.utf8) } ?? []
            guard case .text(let at)? = JSON.parse(line)?["listening"] else {
                throw NetworkError("start", "meshspec node", folder.text("\(name).errors"))
            }
            address = at
        }
        var events: [Value] {
            folder.text("\(name).events").split(separator: "\n").compactMap { JSON.parse(Array($0.utf8)) }
        }
        /// Waits up to 20 s until the condition holds.
        func wait(until isGood: (Self) throws -> Bool) rethrows -> Bool {
            for _ in 0..<2000 {
                if try isGood(self) { return true }
                usleep(10_000)
            }
            return false
        }
        func ask(_ words: String) throws -> Shell.Outcome {
            try Shell.run("meshspec nano --control '\(folder.path)/\(name)' \(words)")
        }
        /// Kills the process, which has no time to write anything more.
        func end() throws {
            let pid = try #require(pid_t(folder.text("\(name).pid").split(separator: "\n").first ?? ""))
            kill(pid, SIGKILL)
            #expect(wait { $0.process.exitStatus != nil })
        }
    }

    /// A node that was killed contacts its peers again when it starts with the same file. The configured peer that was
    /// set in the meantime is contacted as well.
    @Test func peersOutliveTheProcess() throws {
        let folder = try Folder()
        let other = try Running(folder, "other", "--listen 127.0.0.1:0")
        let late = try Running(folder, "late", "--listen 127.0.0.1:0")
        let file = "--listen 127.0.0.1:0 --peers '\(folder.path)/peers.json'"
        let first = try Running(folder, "first", "\(file) --connect \(other.address)")
        #expect(first.wait { _ in folder.text("peers.json").contains("\"\(other.address)\"") })
        let peers = try first.ask("peers --json")
        #expect(peers.status == 0 && peers.out.contains("\"peering\":\"\(other.address)\""), "\(peers.err)")
        #expect(try first.ask("store").out.contains(other.address))
        #expect(try first.ask("stats --json").out.contains("\"handshake\":{\"ok\":1,"))
        #expect(try first.ask("configure \(late.address)").status == 0)
        #expect(try first.ask("configure nowhere").status == 2)
        #expect(first.wait { _ in folder.text("peers.json").contains("\"\(late.address)\"") })
        #expect(!first.events.contains { $0["event"] == "connected" && $0["peer"] == .text(late.address) })
        try first.end()

        let second = try Running(folder, "second", file)
        let dialed = [other.address, late.address].map { Value.text($0) }
        #expect(
            second.wait { node in
                dialed.allSatisfy { peer in
                    node.events.contains {
                        $0["event"] == "connected" && $0["peer"] == peer && $0["direction"] == "out"
                    }
                }
            })
    }
    /// The peers of `--preconfigured` are contacted only while the file has no peers.
    @Test func preconfiguredPeersWithoutStoredOnes() throws {
        let folder = try Folder()
        let other = try Running(folder, "other", "--listen 127.0.0.1:0")
        let idle = try Running(folder, "idle", "--listen 127.0.0.1:0")
        let file = "--listen 127.0.0.1:0 --peers '\(folder.path)/peers.json'"
        let first = try Running(folder, "first", "\(file) --preconfigured \(other.address)")
        #expect(first.wait { _ in folder.text("peers.json").contains("\"\(other.address)\"") })
        try first.end()
        let second = try Running(folder, "second", "\(file) --preconfigured \(idle.address)")
        #expect(second.wait { $0.events.contains { $0["event"] == "handshake_done" } })
        #expect(!second.events.contains { $0["peer"] == .text(idle.address) })
        #expect(!idle.events.contains { $0["event"] == "connected" })
    }
    /// A file that is not of such a node is refused and stays as it is.
    @Test(arguments: [
        ("x", "not a file that"), ("{\"format\":\"meshspec-node-state\"}", "not a file that"),
        ("{\"format\":\"meshspec-node-state\",\"version\":2,\"protocol\":\"nano\",\"state\":{}}", "another version"),
        ("{\"format\":\"meshspec-node-state\",\"version\":1,\"protocol\":\"dxos\",\"state\":{}}", "another protocol"),
        (
            "{\"format\":\"meshspec-node-state\",\"version\":1,\"protocol\":\"nano\",\"state\":{\"network\":\"live\"}}",
            "network=live"
        ),
    ]) func foreignFile(text: String, why: String) throws {
        let folder = try Folder()
        let file = try folder.write("peers.json", text)
        let r = try Shell.run("meshspec node nano --listen 127.0.0.1:0 --for 2s --control none --peers '\(file)'")
        #expect(r.status != 0 && r.err.contains(why), "\(r.err)")
        #expect(folder.text("peers.json") == text)
    }
    @Test func refusedOptions() throws {
        let folder = try Folder()
        let other = try Shell.run("meshspec node websocket --listen 127.0.0.1:0 --peers '\(folder.path)/x' --for 1s")
        #expect(other.failed(.notApplicable, "stores no peers"), "\(other.err)")
        let none = try Shell.run("meshspec node nano --preconfigured default --for 1s")
        #expect(none.failed(.notApplicable, "no default peers"), "\(none.err)")
        let missing = try Shell.run(
            "meshspec node nano --listen 127.0.0.1:0 --control none --peers '\(folder.path)/no/peers' --for 3s")
        #expect(missing.status == 0 && access(folder.path + "/no/peers", F_OK) == 0, "\(missing.err)")
        let unwritable = try Shell.run(
            "meshspec node nano --listen 127.0.0.1:0 --control none --peers /proc/peers --for 5s")
        #expect(unwritable.status == 4, "\(unwritable.err)")
    }
}
