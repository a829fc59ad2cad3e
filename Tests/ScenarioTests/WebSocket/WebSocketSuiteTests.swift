import Glibc
import Network
import Node
import Synchronization
import Testing
import WebSocket
import Wire

@testable import Scenario

/// Runs the WebSocket suite in virtual time against the reference node and its seeded faults.
@Suite struct WebSocketSuiteTests {
    static let requirements = RequirementList.load(
        SourceFile(
            name: "Spec/websocket/requirements.yaml", bytes: Specification.read("Spec/websocket/requirements.yaml"))
    ).list
    static let scenarios: [Scenario] = {
        let folder = "Spec/websocket/scenarios"
        let library = Library(definitions: [.webSocket], requirements: ["websocket": requirements]) { name, _ in
            // Scenarios name files of the folder above theirs, fragments name other fragments.
            let file = name.hasPrefix("../") ? String(name.dropFirst(3)) : "fragments/" + name
            let bytes = Specification.read("Spec/websocket/" + file)
            return bytes.isEmpty ? nil : SourceFile(name: name, bytes: bytes)
        }
        return Specification.names(in: folder).compactMap {
            Scenario.load(SourceFile(name: $0, bytes: Specification.read(folder + "/" + $0)), library).scenario
        }
    }()
    static func run(
        _ scenarios: [Scenario] = scenarios, _ parameters: [String: String] = [:], bug: String? = nil
    ) throws -> [CaseResult] {
        let settings = try Definition.webSocket.settings(parameters)
        let options = RunOptions(subject: .builtIn(bug: bug), settings: settings, seed: 7)
        var out: [CaseResult] = []
        Runner(.webSocket, requirements, options).simulate(Schedule(scenarios.flatMap(\.cases))) { out.append($0) }
        return out
    }

    @Test(arguments: ["on", "no_context_takeover", "off"]) func theReferenceNodePasses(deflate: String) throws {
        #expect(Self.scenarios.count == Specification.names(in: "Spec/websocket/scenarios").count)
        let results = try Self.run(Self.scenarios, ["deflate": deflate])
        for r in results where r.verdict != .pass && !(deflate == "off" && r.verdict == .skip) {
            Issue.record("\(r.id): \(r.told)")
        }
        #expect(results.count { $0.verdict == .pass } > 50)
    }
    /// Some case detects each fault of the reference node and names a requirement that the fault breaks.
    @Test(arguments: Definition.webSocket.reference.bugs.map(\.name)) func everyFaultIsFound(_ name: String) throws {
        let bug = try #require(Definition.webSocket.reference.bugs.first { $0.name == name })
        let cases = Self.scenarios.filter { $0.covers.contains { bug.requirements.contains($0) } }
        let results = try Self.run(cases, bug: name)
        let found = results.filter { r in
            (r.verdict == .fail || r.verdict == .warn) && bug.requirements.contains(r.requirement)
                && r.level == Self.requirements[r.requirement]?.level
        }
        #expect(!found.isEmpty, "\(results.filter { $0.verdict > .pass }.map { "\($0.id): \($0.told)" })")
        // The cause is never an error of the harness.
        for r in results { #expect(r.verdict != .error, "\(r.id): \(r.told)") }
        for broken in bug.requirements { #expect(Self.requirements[broken] != nil) }
        for r in found { #expect(r.verdict == r.level.verdict && r.problem?.reason.isEmpty == false) }
    }
    /// Requests have the resource of the node's URL, whether a step, the fragment, or raw bytes make them.
    @Test func resourceOfTheNode() throws {
        var settings = try Definition.webSocket.settings()
        settings.resource = Resource(target: "/chat?room=1", host: "b.example:81")
        let options = RunOptions(subject: .builtIn(bug: nil), settings: settings, seed: 7)
        var seen = 0
        Runner(.webSocket, Self.requirements, options).simulate(Schedule(Self.scenarios.flatMap(\.cases))) { r in
            #expect(r.verdict == .pass, "\(r.id): \(r.told)")
            let isAboutHeads = r.id.hasPrefix("websocket.handshake.")
            for entry in r.trace where entry.direction == .sent {
                let text = String(decoding: entry.bytes, as: UTF8.self)
                guard text.hasPrefix("GET ") else { continue }
                seen += 1
                let isOurs = text.hasPrefix("GET /chat?room=1 ") && text.contains("Host: b.example:81\r\n")
                #expect(isOurs || isAboutHeads, "\(r.id): \(text)")
            }
        }
        #expect(seen > 50)
    }
    /// A client answers a masked frame with a Close frame. It then ends its connection, or never does.
    @Test(arguments: [true, false]) func closesOnAMaskedFrame(ends: Bool) throws {
        let masked = try #require(
            Self.scenarios.first { $0.id == "websocket.client.wrong-accept" }?.cases.first { $0.id.contains("masked") })
        let request = "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        let key = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA==\r\n\r\n"
        // The client knows the bytes that it will receive, so it sends all its own bytes at once.
        let said = Array((request + key).utf8) + [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xea]
        let client = Mutex<Int32>(-1)
        var remote = Remote(
            address: nil, listen: .loopback(0),
            dial: { at in
                let fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
                var a = sockaddr_in()
                a.sin_family = sa_family_t(AF_INET)
                a.sin_port = at.port.bigEndian
                a.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
                let code = withUnsafePointer(to: &a) { p in
                    p.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        connect(fd, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                    }
                }
                client.withLock { $0 = fd }
                guard code == 0, RawPeer.send(said, on: fd) == said.count else { return "it cannot connect" }
                if ends { shutdown(fd, Int32(SHUT_WR)) }
                return nil
            })
        remote.kind = "client"
        defer { client.withLock { _ = Glibc.close($0) } }
        var options = RunOptions(
            subject: .remote(remote), settings: try Definition.webSocket.settings(), seed: 7, slack: .seconds(60))
        if !ends { options.timeScale = 0.1 }
        let r = try playInTime(Runner(.webSocket, Self.requirements, options), [masked])
        let wanted = ends ? "pass" : "fail WS-10 7: the connection was not closed within 1s after it was half-closed"
        #expect(r.told == wanted, "\(r.lines)")
    }
    @Test func everyTestableRequirementHasAFault() {
        let bugs = Definition.webSocket.reference.bugs
        #expect(bugs.count >= 60 && Set(bugs.map(\.name)).count == bugs.count)
        let covered = Set(Self.scenarios.flatMap(\.covers))
        // Mechanical mutants of the node break these.
        #expect(
            covered.subtracting(bugs.flatMap(\.requirements)).sorted() == [
                "WS-44", "WS-45", "WS-46", "WS-47", "WS-48", "WS-49", "WS-50", "WS-51", "WS-52", "WS-54",
                "WS-55",
            ])
    }
}
