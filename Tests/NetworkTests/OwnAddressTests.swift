import Node
import TestThreads
import Testing

@testable import Network

/// Tests that a UDP listener also sends from its address: on real sockets and in simulation, on several addresses of
/// this machine, and over IPv6.
@Suite(.waits) struct OwnAddressTests {
    /// The addresses of two ends: on one machine, on two loopback addresses, over IPv6.
    static let places: [(Endpoint, Endpoint)] = [
        (.loopback(0), .loopback(0)), (.loopback(0), Endpoint(v4: 0x7f00_0102, port: 0)),
        (Endpoint(high: 0, low: 1, port: 0), Endpoint(high: 0, low: 1, port: 0)),
    ]

    func speaks<N: Network>(_ network: N, _ log: Log, _ places: (Endpoint, Endpoint)) throws {
        let (a, atA) = try network.listen(places.0, .udp)
        let (b, atB) = try network.listen(places.1, .udp)
        let out = network.dial(atB, .udp, from: [a])
        network.send([1], on: out)
        try #require(log.wait(network) { log.accepted.count == 1 && log.bytes[log.accepted[0]] == [1] })
        // The datagram has the listening address as its source. Both directions use the same link.
        #expect(log.lines.contains { $0.hasSuffix("accepted \(atA)") })
        let back = network.dial(atA, .udp, from: [b])
        #expect(back == log.accepted[0])
        network.send([2], on: back)
        try #require(log.wait(network) { log.bytes[out] == [2] })
        #expect(log.accepted.count == 1)
        // Dialing returns the same link while it exists, and another one after that.
        #expect(network.dial(atB, .udp, from: [a]) == out)
        network.close(out, reset: false)
        let again = network.dial(atB, .udp, from: [a])
        #expect(again != out)
        network.send([3], on: again)
        try #require(log.wait(network) { log.bytes[back] == [1, 3] })
        #expect(log.accepted.count == 1)
    }
    @Test(arguments: places) func onSockets(_ a: Endpoint, _ b: Endpoint) throws {
        try speaks(SocketNetwork(), Log(), (a, b))
    }
    @Test(arguments: places) func inSimulation(_ a: Endpoint, _ b: Endpoint) throws {
        try speaks(SimulatedNetwork(seed: 5), Log(), (a, b))
    }

    /// A listener of the other address family is not used for sending.
    func families<N: Network>(_ network: N) throws {
        let log = Log()
        let (v6, _) = try network.listen(Endpoint(high: 0, low: 1, port: 0), .udp)
        let (v4, at4) = try network.listen(.loopback(0), .udp)
        let (_, to) = try network.listen(.loopback(0), .udp)
        network.send([1], on: network.dial(to, .udp, from: [v6, v4]))
        try #require(log.wait(network) { log.lines.contains { $0.hasSuffix("accepted \(at4)") } })
        network.send([2], on: network.dial(to, .udp, from: [v6]))
        try #require(log.wait(network) { log.accepted.count == 2 })
    }
    @Test func otherFamilyOnSockets() throws { try families(SocketNetwork()) }
    @Test func otherFamilyInSimulation() throws { try families(SimulatedNetwork(seed: 5)) }

    /// A node dials from its listening address. Two nodes that dial each other have one link. Each node is notified
    /// once, or twice if it also dialed.
    func nodes(_ driver: Driver) throws {
        driver.tellsReports = true
        let (one, atOne) = try driver.listen(.loopback(0), .udp)
        let (two, atTwo) = try driver.listen(.loopback(0), .udp)
        driver.add(Toy(peers: [atTwo], opening: [2]), listeners: [one], transport: .udp)
        driver.add(Toy(), listeners: [two], transport: .udp)
        var said = driver.networkEvents(until: driver.now + .seconds(20)) { $0.text().hasSuffix("received 0") }
        driver.add(Toy(peers: [atOne], opening: [1]), listeners: [], transport: .udp)
        said += driver.networkEvents(until: driver.now + .seconds(20)) { $0.text().hasSuffix("received 0") }
        #expect(
            said.map { $0.text() } == [
                "node 1 start", "node 2 start", "node 1 opened us", "node 2 opened them", "node 2 received 2",
                "node 1 received 1", "node 2 received 0", "node 3 start", "node 3 opened us", "node 1 opened them",
                "node 1 received 1", "node 3 received 0",
            ])
    }
    @Test func nodesOnSockets() throws { try nodes(Driver(SocketNetwork())) }
    @Test func nodesInSimulation() throws { try nodes(Driver(SimulatedNetwork(seed: 5))) }

    /// Dialed links are remembered like received ones. The link that was silent longest is evicted, and `poll` reports
    /// it.
    func limit<N: Network>(_ network: N, _ limit: (Int) -> Void) throws {
        let log = Log()
        limit(2)
        let (own, _) = try network.listen(.loopback(0), .udp)
        let links = (1...3).map { network.dial(.loopback(UInt16($0)), .udp, from: [own]) }
        #expect(log.endings.isEmpty)
        try #require(log.wait(network) { log.endings == [links[0]: .closed] && log.opened.contains(links[2]) })
        // A link that was closed before the report is not reported.
        let fourth = network.dial(.loopback(4), .udp, from: [own])
        network.close(links[1], reset: false)
        try #require(log.wait(network) { log.opened.contains(fourth) })
        for _ in 0..<5 { network.poll(until: network.now + .milliseconds(2), log) }
        #expect(log.endings == [links[0]: .closed])
    }
    @Test func limitOnSockets() throws {
        let network = try SocketNetwork()
        try limit(network) { network.maximumPeers = $0 }
    }
    @Test func limitInSimulation() throws {
        let network = SimulatedNetwork(seed: 5)
        try limit(network) { network.maximumPeers = $0 }
    }

    /// A port is not reused soon, because data for its last owner must not reach the next one.
    @Test func portsDoNotComeAgain() throws {
        let network = try SocketNetwork()
        var seen: Set<UInt16> = []
        for _ in 0..<1000 {
            let (id, at) = try network.listen(.loopback(0), .udp)
            #expect(seen.insert(at.port).inserted)
            network.stopListening(id)
        }
    }
}
