import Network
import Testing
import Wire

@testable import MDNS
@testable import Node

/// Nodes that find each other through a driver.
@Suite struct NodeTests {
    /// Adds a node that listens at an address, with the members of its group.
    @discardableResult
    static func add(
        _ driver: Driver, _ seed: UInt64, _ listener: (id: ListenerID, bound: Endpoint), group: [Endpoint]
    ) throws -> NodeID {
        let options = NodeOptions(
            try Definition.mdns.settings(), random: Random(seed: seed, "node"), listening: listener.bound, peers: group)
        return driver.add(Definition.mdns.reference.node(options), listeners: [listener.id], transport: .udp)
    }
    /// Returns the addresses that a node has found.
    static func found(_ driver: Driver, _ node: NodeID) -> [Value] {
        guard case .list(let rows)? = driver.answer(node, "peers", []) else { return [] }
        return rows.compactMap { $0["addresses"] }
    }
    static func address(_ endpoint: Endpoint) -> Value { .list([.text("/ip4/\(endpoint.host)/tcp/4001")]) }

    @Test func findEachOtherInVirtualTime() throws {
        let driver = Driver(SimulatedNetwork(seed: 1))
        driver.tellsReports = true
        let (one, two) = (Endpoint(v4: 0x7f00_0001, port: 5353), Endpoint(v4: 0x7f00_0002, port: 5353))
        let (a, b) = (try driver.listen(one, .udp), try driver.listen(two, .udp))
        let first = try Self.add(driver, 1, a, group: [two])
        let second = try Self.add(driver, 2, b, group: [one])
        var events: [String] = []
        func run(_ seconds: Int64) {
            let end = driver.now + .seconds(seconds)
            while driver.now < end {
                if case .reported(_, let event)? = driver.next(until: end) { events.append(event.name) }
            }
        }
        run(3)
        #expect(Self.found(driver, first) == [Self.address(two)] && Self.found(driver, second) == [Self.address(one)])
        #expect(events == ["peer_found", "peer_found"])
        #expect(driver.control(second, "shutdown", []) == .bool(true))
        run(2)
        #expect(Self.found(driver, first) == [] && events.last == "peer_lost")
    }
    @Test func questionsAndCommands() throws {
        let driver = Driver(SimulatedNetwork(seed: 1))
        let node = try Self.add(driver, 1, try driver.listen(.loopback(5353), .udp), group: [])
        #expect(driver.answer(node, "status", [])?["service"] == .text("_p2p._udp.local"))
        #expect(driver.answer(node, "peers", []) == .list([]) && driver.answer(node, "query", []) == nil)
        #expect(driver.control(node, "query", []) == .bool(true) && driver.control(node, "unknown", []) == nil)
    }
}

/// The same over real sockets.
@Suite(.serialized) struct SocketTests {
    /// Runs until a condition holds, for at most 20 seconds.
    private func run(_ driver: Driver, until done: () -> Bool) -> Bool {
        let end = driver.now + .seconds(20)
        while !done(), driver.now < end { _ = driver.next(until: min(end, driver.now + .milliseconds(20))) }
        return done()
    }
    @Test func findEachOtherOnLoopback() throws {
        let driver = Driver(try SocketNetwork())
        let a = try driver.listen(Endpoint(v4: 0x7f00_0001, port: 0), .udp)
        let b = try driver.listen(Endpoint(v4: 0x7f00_0002, port: 0), .udp)
        let first = try NodeTests.add(driver, 1, a, group: [b.bound])
        let second = try NodeTests.add(driver, 2, b, group: [a.bound])
        #expect(run(driver) { NodeTests.found(driver, first) == [NodeTests.address(b.bound)] })
        #expect(run(driver) { NodeTests.found(driver, second) == [NodeTests.address(a.bound)] })
    }
    /// Both nodes join a group on the loopback interface, and share its port.
    @Test func findEachOtherThroughGroup() throws {
        let network = try SocketNetwork()
        let driver = Driver(network)
        // A port that nothing else uses.
        let free = try network.listen(Endpoint(v4: 0, port: 0), .udp)
        let group = Endpoint(v4: 0xeffe_0035, port: free.bound.port)
        network.stopListening(free.id)
        let a = try network.listen(joining: group, at: Endpoint(v4: 0x7f00_0001, port: group.port))
        let b = try network.listen(joining: group, at: Endpoint(v4: 0x7f00_0001, port: group.port))
        #expect(a.bound == Endpoint(v4: 0x7f00_0001, port: group.port))
        let first = try NodeTests.add(driver, 1, a, group: [group])
        let second = try NodeTests.add(driver, 2, b, group: [group])
        #expect(run(driver) { NodeTests.found(driver, first).count == 1 })
        #expect(run(driver) { NodeTests.found(driver, second).count == 1 })
    }
    @Test func refusesGroupOfAnotherFamily() throws {
        let network = try SocketNetwork()
        #expect(throws: NetworkError.self) {
            try network.listen(joining: Endpoint(v4: 0xe000_00fb, port: 0), at: Endpoint(high: 0, low: 1, port: 0))
        }
        #expect(throws: NetworkError.self) { try network.listen(joining: .loopback(5), at: .loopback(0)) }
    }
}
