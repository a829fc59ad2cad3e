import Nano
import Network
import Node
import TestThreads
import Testing
import Wire

/// Tests that hold for real sockets and for the simulation.
@Suite(.waits) struct BothNetworksTests {
    /// Returns a conversation of two toys, and of the caller with each, as text.
    func transcript(_ driver: Driver) throws -> [String] {
        driver.tellsReports = true
        let (listener, at) = try driver.listen(.loopback(0))
        let first = driver.add(Toy(), listeners: [listener])
        driver.add(Toy(peers: [at], opening: [6]))
        let end = driver.now + .seconds(20)
        var seen = driver.networkEvents(until: end) { $0.text() == "node 2 closed" || $0.text() == "node 1 closed" }
        let link = driver.dial(at)
        seen += driver.networkEvents(until: end) { $0.text().hasSuffix(" opened") }
        driver.send([2], on: link)
        seen += driver.networkEvents(until: end) { $0.text().contains("received [1]") }
        driver.send([0], on: link)
        seen += driver.networkEvents(until: end) { $0.text().hasSuffix(" closed") && !$0.text().hasPrefix("node") }
        driver.remove(first)
        driver.stopListening(try whenFree { try driver.listen(at) }.0)
        let gone = driver.dial(at)
        seen += driver.networkEvents(until: end) { $0.text().contains("\(gone.number) cannot connect") }
        // Each network numbers links in its own way.
        return seen.map { h in
            h.text { $0 == link ? "caller" : "gone" }.replacing("127.0.0.1:\(at.port)", with: "there")
                .split(separator: ": ").first.map(String.init) ?? ""
        }
    }
    @Test func sameTranscript() throws {
        let simulated = try transcript(Driver(SimulatedNetwork(seed: 8)))
        let real = try transcript(Driver(SocketNetwork()))
        #expect(simulated.count > 15)
        // On both networks it is random which end of a connection learns first that it is established.
        #expect(simulated.sorted() == real.sorted())
        func of(_ all: [String], _ who: String) -> [String] { all.filter { $0.hasPrefix(who) } }
        for who in ["node 1", "node 2", "caller", "gone"] { #expect(of(simulated, who) == of(real, who)) }
    }

    /// After our side ends its direction, the data of the other side and its end still arrive. Later data of our side
    /// are ignored.
    func endsSending(_ driver: Driver) throws -> [String] {
        driver.tellsReports = true
        let (listener, at) = try driver.listen(.loopback(0))
        driver.add(Toy(), listeners: [listener])
        let link = driver.dial(at)
        driver.send([2], on: link)
        driver.endSending(on: link)
        driver.endSending(on: link)
        driver.send([7], on: link)
        var left = 2
        return driver.networkEvents(until: driver.now + .seconds(20)) { e in
            left -= e.text().hasSuffix(" closed") ? 1 : 0
            return left == 0
        }.map { $0.text { _ in "caller" } }
    }
    @Test func endingSending() throws {
        for driver in [Driver(SimulatedNetwork(seed: 8)), Driver(try SocketNetwork())] {
            let seen = try endsSending(driver)
            #expect(
                seen.filter { $0.hasPrefix("caller") } == [
                    "caller opened", "caller received [1]", "caller closed",
                ])
            #expect(seen.filter { $0.hasPrefix("node 1 received") } == ["node 1 received 2"])
            #expect(seen.contains("node 1 closed"))
        }
    }

    /// Returns the events of two reference nodes until each has proved its id. One node dials the other.
    func handshake(_ driver: Driver, profile: String) throws -> [String] {
        driver.tellsReports = true
        let nano = Definition.nano
        let settings = try nano.settings(profile: profile)
        let (listener, at) = try driver.listen(.loopback(0))
        driver.add(
            nano.reference.node(NodeOptions(settings, random: Random(seed: 1, "a"), listening: at)),
            listeners: [listener])
        driver.add(nano.reference.node(NodeOptions(settings, random: Random(seed: 1, "b"), peers: [at])))
        var done = 0
        return driver.networkEvents(until: driver.now + .seconds(20)) { h in
            if case .reported(_, let e) = h, e.name == "handshake_done" { done += 1 }
            return done == 2
        }.map { h in
            guard case .reported(let node, let e) = h else { return h.text() }
            let details = e.details.filter { $0.key != "peer" }.map { "\($0.key) \($0.value)" }.joined(separator: " ")
            return "node \(node.number) \(e.name) \(details)"
        }
    }
    @Test(arguments: ["v28", "legacy", "v23", "v24", "v29dev"]) func nanoHandshake(_ profile: String) throws {
        let simulated = try handshake(Driver(SimulatedNetwork(seed: 8)), profile: profile)
        let real = try handshake(Driver(SocketNetwork()), profile: profile)
        #expect(simulated.count { $0.contains("handshake_done") } == 2)
        #expect(simulated.sorted() == real.sorted())
    }
}
