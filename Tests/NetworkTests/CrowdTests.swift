import Nano
import Network
import Node
import Testing

/// Tests of a thousand Nano nodes in one process. Each one dials its neighbour, and all prove their ids to each other.
struct CrowdTests {
    static let count = 1000

    /// Returns every event with its time, up to the end of all handshakes.
    func run(seed: UInt64) throws -> (events: [String], done: Int, end: Instant) {
        let driver = Driver(SimulatedNetwork(seed: seed))
        driver.tellsReports = true
        let nano = Definition.nano
        let settings = try nano.settings()
        let places = try (0..<Self.count).map { _ in try driver.listen(.loopback(0)) }
        for i in places.indices {
            let next = places[(i + 1) % Self.count].bound
            let options = NodeOptions(
                settings, random: Random(seed: seed, "node \(i)"), listening: places[i].bound, peers: [next])
            driver.add(nano.reference.node(options), listeners: [places[i].id])
        }
        var out: [String] = []
        var done = 0
        while let h = driver.next(until: .zero + .seconds(5)) {
            guard case .reported(let node, let event) = h else { continue }
            out.append("\(driver.now.nanoseconds) \(node.number) \(event.name) \(event.details)")
            if event.name == "handshake_done" { done += 1 }
            if done == 2 * Self.count { break }
        }
        return (out, done, driver.now)
    }
    @Test func allHandshakesAlikeTwice() throws {
        let first = try run(seed: 11)
        #expect(first.done == 2 * Self.count)
        // A connection, two messages and a third take less than ten milliseconds of virtual time.
        #expect(first.end < .zero + .milliseconds(10))
        #expect(try run(seed: 11).events == first.events)
    }
}
