import Glibc
import Network
import Node
import TestThreads
import Testing
import Wire

@testable import Scenario
@testable import meshspec

/// `run` notices that the node under test has died. The tests use sockets and processes.
@Suite(.waits) struct DeadNodeTests {
    /// A proxy for a node that dies when it receives a certain text of eight bytes.
    private final class FragileNode {
        let address: Endpoint
        private let node: NodeTests.Running
        private let process: Subprocess
        private let folder: Folder
        init() throws {
            folder = try Folder()
            node = try NodeTests.Running("")
            let port = try PreflightTests.deadPort(.tcp)
            address = .loopback(port)
            let script = """
                import os, socket, threading
                s = socket.create_server(("127.0.0.1", \(port)))
                open("up", "w")
                def pass_on(a, b):
                    while data := a.recv(65536):
                        if bytes.fromhex("deadbeefdeadbeef") in data: os._exit(9)
                        b.sendall(data)
                    b.shutdown(socket.SHUT_WR)
                while True:
                    a, _ = s.accept()
                    b = socket.create_connection("\(node.address)".split(":"))
                    for ends in (a, b), (b, a): threading.Thread(target=pass_on, args=ends, daemon=True).start()
                """
            let path = try folder.write("fragile.py", Array(script.utf8))
            process = try Subprocess("exec python3 '\(path)'", folder: folder.path)
            for _ in 0..<5000 where access(folder.path + "/up", F_OK) != 0 { usleep(2000) }
        }
    }
    /// `run` restarts a node that dies if the target file has a start command. Its end is an error despite --inconc.
    @Test func restartsNodeThatDies() throws {
        let folder = try Folder()
        let port = try PreflightTests.deadPort(.tcp)
        let script = """
            import os, socket, time
            s = socket.create_server(("127.0.0.1", \(port)))
            while True:
                a, _ = s.accept()
                # A probe may have reset its connection.
                try:
                    data = a.recv(65536)
                    if b"die" in data:
                        # The end of a connection may be seen some time before the end of the process.
                        a.shutdown(socket.SHUT_RDWR)
                        time.sleep(0.03)
                        os._exit(9)
                    if b"faint" in data: open("ill", "w").close()
                    a.sendall(b"HTTP/1.1 400 Bad Request\\r\\nContent-Length: 0\\r\\n\\r\\n")
                except OSError: pass
                a.close()
            """
        _ = try folder.write("fragile.py", Array(script.utf8))
        let target = try folder.write(
            "target.yaml",
            Array(
                """
                meshspec-target: 1
                protocol: websocket
                address: 127.0.0.1:\(port)
                control:
                  start: rm -f ill; exec python3 fragile.py
                  health: if test -e ill; then echo it is ill; exit 3; fi
                """.utf8))
        for (id, text) in [("a.lives", "x"), ("b.dies", "die"), ("c.later", "x"), ("d.ill", "faint"), ("e.last", "x")] {
            let scenario = """
                meshspec: 1
                id: \(id)
                title: Something is said
                protocol: websocket
                covers: [WS-01]
                actors:
                  peer: {role: ref}
                  node: {role: dut}
                steps:
                  - open: {from: peer, to: node, as: c}
                  - send: {via: c, raw: $(utf8('\(text)'))}
                  - expect: {via: c, event: closed, order: any, within: 5s}
                    req: WS-01

                """
            _ = try folder.write(id + ".yaml", Array(scenario.utf8))
        }
        for jobs in [1, 4] {
            let r = try Shell.run(
                "meshspec run -t '\(target)' --inconc skip -j \(jobs) --json --report 'junit=\(folder.path)/r.xml' "
                    + "'\(folder.path)'/*.*.yaml")
            let events = r.lines.compactMap { JSON.parse(Array($0.utf8)) }
            func of(_ id: String) -> Value? { events.first { $0["id"] == .text(id) && $0["verdict"] != nil } }
            #expect(r.status == 4, "\(r.out)\(r.err)")
            #expect(["a.lives", "c.later", "e.last"].allSatisfy { of($0)?["verdict"] == "pass" }, "\(r.out)")
            #expect(of("b.dies")?["verdict"] == "error" && of("d.ill")?["verdict"] == "error")
            func reason(_ id: String) -> String { if case .text(let s)? = of(id)?["reason"] { s } else { "" } }
            #expect(reason("b.dies").contains("now the node is gone (it ended with status 9"), "\(r.out)")
            #expect(reason("d.ill").contains("with output: it is ill"), "\(r.out)")
            #expect(r.out.contains("3 bytes on c: 0x646965"))
            #expect(events.last?["deaths"] != nil && events.last?["notrun"] == 0)
            #expect(folder.text("r.xml").contains("errors=\"2\""))
        }
    }
    /// Cases after the end of a node that dies during a run do not judge it.
    @Test(arguments: [1, 8]) func dies(jobs: Int) throws {
        let node = try FragileNode()
        let folder = try Folder()
        func write(_ id: String, _ bytes: String, _ expectation: String) throws {
            let text = """
                meshspec: 1
                id: \(id)
                title: Something is said
                protocol: nano
                covers: [NANO-16]
                actors:
                  peer: {role: ref}
                  node: {role: dut}
                steps:
                  - open: {from: peer, to: node, as: c}
                  - \(bytes)
                  - expect: {\(expectation), within: 2s}
                    req: NANO-16

                """
            _ = try folder.write(id + ".yaml", Array(text.utf8))
        }
        let query = "send: {via: c, msg: nano.node_id_handshake, fields: {version: 2, query: $(random(32))}}"
        let answer = "via: c, msg: nano.node_id_handshake"
        try write("a.lives", query, answer)
        try write("b.dies", "send: {via: c, raw: 0xdeadbeefdeadbeef}", answer)
        for n in 1...20 { try write("c.later-\(n)", query, answer) }
        let r = try Shell.run("meshspec run --target \(node.address) -j \(jobs) --json '\(folder.path)'")
        let results = r.lines.compactMap { JSON.parse(Array($0.utf8)) }.filter {
            $0["id"] != nil && $0["verdict"] != nil
        }
        func verdict(_ id: String) -> Value? { results.first { $0["id"] == .text(id) }?["verdict"] }
        #expect(results.count == 22 && verdict("c.later-20") == "notrun", "\(r.err)")
        #expect(results.count { $0["verdict"] == "notrun" } >= 20 - jobs)
        // Cases that began before the end was seen have no verdict. If cases run in parallel, one such case may have
        // ended the node.
        #expect(results.count { $0["verdict"] == "error" } == 1 && r.status == 4)
        if jobs == 1 { #expect(verdict("a.lives") == "pass" && verdict("b.dies") == "error") }
        #expect(r.err.contains("now the node is gone (no node is at \(node.address): Connection refused)"), "\(r.err)")
        #expect(r.err.contains("\nthe node is gone: no node is at \(node.address)"))
    }
}
