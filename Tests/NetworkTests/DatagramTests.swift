import Node
import TestThreads
import Testing

@testable import Network

/// Tests of UDP, on real sockets and in simulation. Loopback neither loses nor reorders datagrams, so a test waits for
/// one before it sends the next if the order matters.
@Suite(.waits) struct DatagramTests {
    /// Returns the events of a toy over UDP that counts down with another toy and with the caller, as text.
    func transcript(_ driver: Driver, _ at: Endpoint) throws -> [String] {
        driver.tellsReports = true
        let (listener, bound) = try driver.listen(at, .udp)
        let first = driver.add(Toy(), listeners: [listener], transport: .udp)
        let end = driver.now + .seconds(20)
        driver.add(Toy(peers: [bound], opening: [5]), transport: .udp)
        var seen = driver.networkEvents(until: end) { $0.text().hasSuffix(" received 0") }
        let link = driver.dial(bound, .udp)
        seen += driver.networkEvents(until: end) { $0.text().hasSuffix(" opened") }
        driver.send([], on: link)
        for n: UInt8 in [3, 2] {
            driver.send([n], on: link)
            seen += driver.networkEvents(until: end) { $0.text().hasSuffix("received [\(n - 1)]") }
        }
        // The node closes the link. The caller gets no event, and its next datagram opens a new link.
        driver.send([0], on: link)
        seen += driver.networkEvents(until: end) { $0.text().hasSuffix(" received 0") }
        driver.send([9], on: link)
        seen += driver.networkEvents(until: end) { $0.text().hasSuffix("received [8]") }
        driver.close(link)
        driver.remove(first)
        #expect(try whenFree { try driver.listen(bound, .udp) }.bound == bound)
        return seen.map { $0.text { _ in "caller" } }
    }
    @Test(arguments: [Endpoint.loopback(0), Endpoint(high: 0, low: 1, port: 0)])
    func sameTranscript(_ at: Endpoint) throws {
        let simulated = try transcript(Driver(SimulatedNetwork(seed: 8)), at)
        let real = try transcript(Driver(SocketNetwork()), at)
        #expect(simulated == real)
        #expect(
            real == [
                "node 1 start", "node 2 start", "node 2 opened us", "node 1 opened them", "node 1 received 5",
                "node 2 received 4", "node 1 received 3", "node 2 received 2", "node 1 received 1", "node 2 received 0",
                "caller opened", "node 1 opened them", "node 1 received 3", "caller received [2]", "node 1 received 2",
                "caller received [1]", "node 1 received 0", "node 1 opened them", "node 1 received 9",
                "caller received [8]",
            ])
    }

    /// A sender is identified by its address. Each datagram is one call, even if it is empty. Answers leave from the
    /// listening port.
    func links<N: Network>(_ network: N, _ log: Log) throws {
        let (listener, at) = try network.listen(.loopback(0), .udp)
        #expect(at.port > 0)
        let (a, b) = (network.dial(at, .udp), network.dial(at, .udp))
        #expect(log.lines.isEmpty)
        try #require(log.wait(network) { log.opened == [a, b] })
        // No datagram has arrived yet.
        #expect(log.accepted.isEmpty)
        for (i, (link, bytes)) in [(a, [UInt8](arrayLiteral: 1)), (b, [2, 2]), (a, []), (a, [3])].enumerated() {
            network.send(bytes, on: link)
            try #require(log.wait(network) { log.lines.count { $0.contains("received") } == i + 1 })
        }
        let (theirA, theirB) = (log.accepted[0], log.accepted[1])
        #expect(log.accepted.count == 2)
        let what = log.lines.filter { $0.contains("received") }.map { $0.split(separator: " ", maxSplits: 1)[1] }
        let (x, y) = (theirA.number, theirB.number)
        #expect(what == ["\(x) received [1]", "\(y) received [2, 2]", "\(x) received []", "\(x) received [3]"])
        for link in [theirA, theirB] { network.send([UInt8(link.number)], on: link) }
        // A connected socket receives only from its peer, so the answers left from the right port.
        try #require(log.wait(network) { log.bytes[a] != nil && log.bytes[b] != nil })
        #expect(log.bytes[a] == [UInt8(theirA.number)] && log.bytes[b] == [UInt8(theirB.number)])

        // Datagrams of others to its port are not received.
        let place = try #require(log.lines.first { $0.contains("\(x) accepted") }?.split(separator: " ").last)
        network.send([66], on: network.dial(try #require(Endpoint(place)), .udp))
        for _ in 0..<5 { network.poll(until: network.now + .milliseconds(2), log) }
        #expect(log.bytes[a]?.count == 1)
        log.endings = [:]

        // One end closes the link. The other end gets no event, and its next datagram opens another link.
        network.close(theirA, reset: false)
        network.send([7], on: theirA)
        network.send([4], on: a)
        try #require(log.wait(network) { log.accepted.count == 3 && log.bytes[log.accepted[2]] == [4] })
        #expect(log.accepted[2] != theirA && log.endings.isEmpty)
        #expect(log.bytes[a]?.count == 1)

        // After the end of listening, known links continue, and new senders are not received.
        network.stopListening(listener)
        let late = network.dial(at, .udp)
        network.send([8], on: late)
        network.send([5], on: b)
        try #require(log.wait(network) { log.bytes[theirB] == [2, 2, 5] })
        for _ in 0..<5 { network.poll(until: network.now + .milliseconds(2), log) }
        #expect(log.accepted.count == 3)
        #expect(throws: NetworkError.self) { try network.listen(at, .udp) }
        network.close(theirB, reset: false)
        network.close(log.accepted[2], reset: true)
        #expect(try whenFree { try network.listen(at, .udp) }.bound == at)
    }
    @Test func linksOnSockets() throws {
        let network = try SocketNetwork()
        let log = Log()
        try links(network, log)
        #expect(network.datagramSockets.values.count { $0.peer == nil } == 1)
    }
    @Test func linksInSimulation() throws { try links(SimulatedNetwork(seed: 3), Log()) }

    /// Many sender addresses evict the link that was silent longest, and its end is reported.
    func limit<N: Network>(_ network: N, _ log: Log) throws {
        let (_, at) = try network.listen(.loopback(0), .udp)
        var ours: [LinkID] = []
        for i in 0..<3 {
            ours.append(network.dial(at, .udp))
            network.send([UInt8(i)], on: ours[i])
            try #require(log.wait(network) { log.accepted.count == i + 1 })
        }
        // The first link is sent to and the second one sends, so the third one was silent longest.
        network.send([9], on: log.accepted[0])
        network.send([9], on: ours[1])
        try #require(log.wait(network) { log.bytes[log.accepted[1]]?.count == 2 })
        ours.append(network.dial(at, .udp))
        network.send([3], on: ours[3])
        try #require(log.wait(network) { log.accepted.count == 4 })
        #expect(log.endings == [log.accepted[2]: .closed])
        // The evicted sender returns as a new link. Data sent on the old link are dropped.
        network.send([1], on: log.accepted[2])
        network.send([4], on: ours[2])
        try #require(log.wait(network) { log.accepted.count == 5 && log.bytes[log.accepted[4]] == [4] })
        #expect(log.endings == [log.accepted[2]: .closed, log.accepted[0]: .closed])
        #expect(log.bytes[ours[2]] == nil)
    }
    @Test func limitOnSockets() throws {
        let network = try SocketNetwork()
        network.maximumPeers = 3
        try limit(network, Log())
        #expect(network.datagramLinks.count == 7)
    }
    @Test func limitInSimulation() throws {
        let network = SimulatedNetwork(seed: 3)
        network.maximumPeers = 3
        try limit(network, Log())
        #expect(network.datagramLinks.count == 7)
    }

    /// The largest datagram arrives complete. A larger one is refused and ends only its link.
    func size<N: Network>(_ network: N, _ log: Log) throws {
        let (_, at) = try network.listen(.loopback(0), .udp)
        let ours = network.dial(at, .udp)
        var random = Random(seed: 1)
        let most = random.bytes(Datagram.maximumBytes)
        network.send(most, on: ours)
        try #require(log.wait(network) { log.accepted.count == 1 && !log.bytes.isEmpty })
        #expect(log.bytes[log.accepted[0]] == most)
        network.send(most + [0], on: ours)
        #expect(log.failures.isEmpty)
        network.send([1], on: ours)
        network.send(most + [0], on: log.accepted[0])
        try #require(log.wait(network) { log.failures.count == 2 })
        #expect(
            log.failures[ours]
                == NetworkError("send to", "\(at)", "a datagram holds 65507 bytes, this one has 65508"))
        #expect(log.failures[log.accepted[0]]?.action == "send to")
        // The failure is not reported if the link was closed before.
        let other = network.dial(at, .udp)
        network.send(most + [0], on: other)
        network.close(other, reset: false)
        let third = network.dial(at, .udp)
        network.send([2], on: third)
        try #require(log.wait(network) { log.accepted.count == 2 })
        #expect(log.failures.count == 2 && log.endings.isEmpty)
        #expect(log.bytes.map(\.value.count).sorted() == [1, Datagram.maximumBytes])
        #expect(log.bytes[log.accepted[1]] == [2])
        #expect(!log.opened.contains(other))
    }
    @Test func sizeOnSockets() throws { try size(SocketNetwork(), Log()) }
    @Test func sizeInSimulation() throws { try size(SimulatedNetwork(seed: 3), Log()) }

    /// TCP and UDP have separate ports, and only one listener can use a UDP port.
    func ports<N: Network>(_ network: N, _ log: Log) throws {
        var (_, at) = try network.listen(.loopback(0), .udp)
        // Another program of this machine may use the TCP port.
        var stream = try? network.listen(at, .tcp).bound
        for _ in 0..<50 where stream == nil {
            (_, at) = try network.listen(.loopback(0), .udp)
            stream = try? network.listen(at, .tcp).bound
        }
        #expect(stream == at)
        let error = #expect(throws: NetworkError.self) { try network.listen(at, .udp) }
        #expect(error?.action == "listen on" && error?.reason.lowercased().hasSuffix("in use") == true)
        let dialled = network.dial(at)
        let datagrams = network.dial(at, .udp)
        network.send([1], on: dialled)
        network.send([2], on: datagrams)
        try #require(log.wait(network) { log.accepted.count == 2 && log.bytes.count == 2 })
        #expect(Set(log.bytes.values) == [[1], [2]])
    }
    @Test func portsOnSockets() throws { try ports(SocketNetwork(), Log()) }
    @Test func portsInSimulation() throws { try ports(SimulatedNetwork(seed: 3), Log()) }
}
