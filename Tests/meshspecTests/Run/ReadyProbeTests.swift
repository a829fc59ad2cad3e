import Network
import Node
import Scenario
import TestThreads
import Testing

@testable import meshspec

/// The probe checks by the address of a started node if it is ready.
@Suite(.waits) struct ReadyProbeTests {
    /// Returns a protocol over UDP.
    static func udp() throws -> Definition {
        var d = try #require(Registry.definitions.first)
        d.transport = .udp
        return d
    }
    func probe(_ d: Definition, _ at: Endpoint?, within: Duration = .seconds(20)) throws -> ReadyProbe {
        try ReadyProbe(d, at: at, within: within, command: nil)
    }
    /// Asks until the probe is ready, or until the time is over.
    func ask(_ p: ReadyProbe, for lasting: Duration, _ meanwhile: () -> Void = {}) throws -> Bool {
        let driver = Driver(try SocketNetwork())
        let end = driver.now + lasting
        while driver.now < end {
            if try p.isReady() { return true }
            meanwhile()
            _ = driver.next(until: driver.now + .milliseconds(2))
        }
        return false
    }
    /// The probe quotes the line of a long trace that names the problem, and the end of the trace.
    @Test func quotesProblemAndEndOfLongTrace() {
        #expect(ReadyProbe.said("a\n  b\n") == ", with output: a | b" && ReadyProbe.said(" \n") == ", without output")
        let long = "starting\npanic: assignment to nil map\n" + String(repeating: "goroutine 1\n", count: 100) + "end"
        let said = ReadyProbe.said(long)
        #expect(
            said.hasPrefix(", with output: panic: assignment to nil map ... ") && said.hasSuffix("goroutine 1 | end"))
    }
    /// Returns a free port.
    func free() throws -> Endpoint { try SocketNetwork().listen(.loopback(0), .udp).bound }

    /// If the system refuses datagrams, there is no node. If it accepts them, there is one, even if it does not answer.
    @Test(arguments: [Endpoint.loopback(0), Endpoint(high: 0, low: 1, port: 0)])
    func refused(_ place: Endpoint) throws {
        let at = try SocketNetwork().listen(place, .udp).bound
        let p = try probe(Self.udp(), at)
        #expect(try !ask(p, for: .milliseconds(600)))
        let network = try SocketNetwork()
        _ = try network.listen(at, .udp)
        #expect(try ask(p, for: .seconds(20)))
    }
    /// An answer is sufficient, even before the probe can know that datagrams are accepted.
    @Test func answered() throws {
        let driver = Driver(try SocketNetwork())
        let (_, at) = try driver.listen(.loopback(0), .udp)
        let p = try probe(Self.udp(), at)
        var heard: [[UInt8]] = []
        let isReady = try ask(p, for: .seconds(20)) {
            while let h = driver.next(until: driver.now) {
                guard case .received(let link, let bytes) = h else { continue }
                heard.append(bytes)
                driver.send([1], on: link)
            }
        }
        #expect(isReady && heard == [[]])
    }
    /// A node receives one empty datagram and no other bytes.
    @Test func saysNothingElse() throws {
        let driver = Driver(try SocketNetwork())
        let (_, at) = try driver.listen(.loopback(0), .udp)
        let p = try probe(Self.udp(), at)
        #expect(try ask(p, for: .seconds(20)))
        var heard: [[UInt8]] = []
        while let h = driver.next(until: driver.now + .milliseconds(20)) {
            if case .received(_, let bytes) = h { heard.append(bytes) }
        }
        #expect(heard == [[]])
    }
    @Test func overTCP() throws {
        let d = try #require(Registry.definitions.first { $0.transport == .tcp })
        let at = try SocketNetwork().listen(.loopback(0)).bound
        let p = try probe(d, at)
        #expect(try !ask(p, for: .milliseconds(200)))
        let network = try SocketNetwork()
        _ = try network.listen(at)
        #expect(try ask(p, for: .seconds(20)))
    }
    /// The probe repeats a command until it succeeds. The time of the probe is limited.
    @Test func command() throws {
        let folder = try Folder()
        let d = try Self.udp()
        let p = try ReadyProbe(d, at: free(), within: .milliseconds(1)) { () throws(NetworkError) in
            try Subprocess("echo . >>tries; test -e ready", folder: folder.path)
        }
        func tries() -> Int { folder.text("tries").split(separator: "\n").count }
        for _ in 0..<60 where tries() < 2 { #expect(try !ask(p, for: .milliseconds(300))) }
        #expect(p.isOver && tries() > 1)
        _ = try folder.write("ready", "")
        #expect(try ask(p, for: .seconds(20)))
        // Without any information, the probe does not wait.
        #expect(try probe(d, nil).isReady())
    }
}
