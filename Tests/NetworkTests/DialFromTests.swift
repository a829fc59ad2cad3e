import Node
import TestThreads
import Testing

@testable import Network

/// Tests that a link leaves from the requested address, over TCP and UDP, on real sockets and in simulation.
@Suite(.waits) struct DialFromTests {
    static let here = Endpoint(v4: 0x7f4d_0203, port: 0)

    func leaves<N: Network>(_ network: N, _ transport: Transport) throws {
        let log = Log()
        let (_, at) = try network.listen(.loopback(0), transport)
        let links = (0..<2).map { _ in network.dial(at, transport, from: [], at: Self.here) }
        for l in links { network.send([1], on: l) }
        try #require(log.wait(network) { log.opened.isSuperset(of: links) })
        for l in links { network.send([1], on: l) }
        try #require(log.wait(network) { log.accepted.count == 2 })
        let seen = log.lines.filter { $0.contains(" accepted ") }.compactMap { $0.split(separator: " ").last }
        #expect(seen.allSatisfy { $0.hasPrefix(Self.here.host + ":") } && Set(seen).count == 2)
    }
    @Test(arguments: [Transport.tcp, .udp]) func onSockets(_ transport: Transport) throws {
        try leaves(SocketNetwork(), transport)
    }
    @Test(arguments: [Transport.tcp, .udp]) func inSimulation(_ transport: Transport) throws {
        try leaves(SimulatedNetwork(seed: 3), transport)
    }
    /// A matching listener has priority over the requested address, because a UDP listener has one address.
    func listenerFirst<N: Network>(_ network: N) throws {
        let log = Log()
        let (_, at) = try network.listen(.loopback(0), .udp)
        let (own, from) = try network.listen(Endpoint(v4: 0x7f01_0102, port: 0), .udp)
        network.send([1], on: network.dial(at, .udp, from: [own], at: Self.here))
        try #require(log.wait(network) { log.accepted.count == 1 })
        #expect(log.lines.contains { $0.hasSuffix("accepted \(from)") })
    }
    @Test func listenerFirstOnSockets() throws { try listenerFirst(SocketNetwork()) }
    @Test func listenerFirstInSimulation() throws { try listenerFirst(SimulatedNetwork(seed: 3)) }

    /// An address that this machine does not have fails the link, with the address in the error.
    @Test(arguments: [Transport.tcp, .udp]) func notOurs(_ transport: Transport) throws {
        let network = try SocketNetwork()
        let log = Log()
        let (_, at) = try network.listen(.loopback(0), transport)
        let link = network.dial(at, transport, from: [], at: Endpoint("192.0.2.1:0"))
        try #require(log.wait(network) { !log.failures.isEmpty })
        #expect(log.failures[link]?.action == "connect from" && log.failures[link]?.endpoint == "192.0.2.1")
    }
    /// A requested port is used, or the link fails.
    @Test func port() throws {
        let network = SimulatedNetwork(seed: 3)
        let log = Log()
        let (_, at) = try network.listen(.loopback(0), .udp)
        let local = Endpoint(v4: 0x7f4d_0203, port: 77)
        network.send([1], on: network.dial(at, .udp, from: [], at: local))
        let second = network.dial(at, .udp, from: [], at: local)
        try #require(log.wait(network) { log.accepted.count == 1 && !log.failures.isEmpty })
        #expect(log.lines.contains { $0.hasSuffix("accepted \(local)") })
        #expect(log.failures[second]?.reason == "address in use")
    }
}
