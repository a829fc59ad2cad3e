import Node
import TestThreads
import Testing

@testable import Network

@Suite(.waits) struct DriverTests {
    let network: SimulatedNetwork
    let driver: Driver
    let second = Instant.zero + .seconds(1)

    init() {
        network = SimulatedNetwork(seed: 2)
        driver = Driver(network)
        driver.tellsReports = true
    }

    func texts(until end: Instant) -> [String] { driver.networkEvents(until: end).map { $0.text() } }

    /// The driver carries out the actions of a node in order, each before the next.
    @Test func actionsInOrder() throws {
        let (listener, at) = try driver.listen(.loopback(0))
        var toy = Toy(peers: [at])
        toy.opening = [1]
        toy.atStart = [.report(Event("first")), .report(Event("second"))]
        driver.add(toy)
        #expect(network.events.first != nil)
        let link = try #require(driver.owners.keys.first)
        #expect(
            texts(until: second).prefix(4) == [
                "node 1 start", "node 1 first", "node 1 second", "2 opened from outside",
            ])
        // Send, send, close: all three arrive in order.
        driver.send([3], on: LinkID(2))
        let seen = texts(until: second + .seconds(1))
        #expect(seen == ["node 1 received 3", "2 received [2]"])
        driver.send([0, 7], on: LinkID(2))
        // The node closes the link at the 0. Later actions on the link have no effect.
        #expect(texts(until: second + .seconds(2)) == ["node 1 received 0", "node 1 received 7", "2 closed"])
        #expect(driver.owners[link] == nil && network.links.isEmpty)
        driver.stopListening(listener)
    }
    /// A node can act only on its own links.
    @Test func linksOfOthers() throws {
        let (_, at) = try driver.listen(.loopback(0))
        let mine = driver.dial(at)
        _ = driver.networkEvents(until: second)
        var toy = Toy()
        toy.atStart = [.send(mine, [1]), .close(mine), .close(LinkID(99)), .send(LinkID(99), [1])]
        driver.add(toy)
        #expect(texts(until: second + .seconds(1)) == ["node 1 start"])
        #expect(network.links[mine] != nil)
    }
    @Test func reportsAreDroppedUnlessWanted() {
        driver.tellsReports = false
        driver.add(Toy(deadline: .zero + .milliseconds(5)))
        #expect(texts(until: second).isEmpty)
    }
    /// The caller gets the events of its own links only, not of links between nodes.
    @Test func ownLinksOnly() throws {
        driver.tellsReports = false
        let (l, at) = try driver.listen(.loopback(0))
        driver.add(Toy(), listeners: [l])
        driver.add(Toy(peers: [at, .loopback(9)], opening: [5]))
        let (_, own) = try driver.listen(.loopback(0))
        let mine = driver.dial(own)
        let refused = driver.dial(.loopback(9))
        let seen = driver.networkEvents(until: second).map { $0.text() }
        #expect(seen.count == 3)
        #expect(seen.contains("\(mine.number) opened"))
        #expect(seen.contains { $0.hasSuffix(" opened from outside") })
        #expect(seen.contains("\(refused.number) cannot connect to 127.0.0.1:9: nobody listens there"))
    }
    @Test func unreachable() {
        driver.add(Toy(peers: [.loopback(9)]))
        #expect(texts(until: second) == ["node 1 start", "node 1 unreachable 127.0.0.1:9"])
        #expect(driver.dialed.isEmpty && driver.owners.isEmpty)
    }

    // Timers

    @Test func timersFireOnceAndInOrder() {
        driver.add(Toy(deadline: .zero + .milliseconds(20)))
        driver.add(Toy(deadline: .zero + .milliseconds(10)))
        driver.add(Toy(deadline: second + .nanoseconds(1)))
        #expect(
            texts(until: second) == ["node 1 start", "node 2 start", "node 3 start", "node 2 wake 1", "node 1 wake 1"])
        #expect(driver.now == second)
        #expect(texts(until: second + .seconds(1)) == ["node 3 wake 1"])
    }
    /// A node is woken exactly at its deadline, to the nanosecond of virtual time.
    @Test func timersRepeat() {
        driver.add(Toy(deadline: .zero + .milliseconds(100), period: .milliseconds(100)))
        for i in 1...9 {
            let before = driver.networkEvents(until: .zero + .milliseconds(100 * i) + .nanoseconds(-1)).count
            #expect(before == (i == 1 ? 1 : 0))
            #expect(texts(until: .zero + .milliseconds(100 * i)) == ["node 1 wake \(i)"])
        }
    }
    /// A node cancels a timer by returning no deadline, and moves it by returning another one.
    @Test func timersAreCancelled() throws {
        let (listener, at) = try driver.listen(.loopback(0))
        var toy = Mover()
        toy.deadline = .zero + .milliseconds(500)
        driver.add(toy, listeners: [listener])
        let link = driver.dial(at)
        _ = driver.networkEvents(until: .zero + .milliseconds(10))
        // 255 means no timer; any other value is a number of tenths of a second.
        driver.send([255], on: link)
        #expect(texts(until: second) == [])
        driver.send([15], on: link)
        _ = driver.networkEvents(until: second + .milliseconds(100))
        driver.send([12], on: link)
        driver.send([13], on: link)
        #expect(texts(until: .zero + .milliseconds(1299)) == [])
        #expect(texts(until: .zero + .milliseconds(1300)) == ["node 1 wake"])
        #expect(texts(until: second + .seconds(3)) == [])
        // Moved timers are not kept until their old time.
        for i in 0..<10_000 { driver.send([UInt8(100 + i % 100)], on: link) }
        _ = driver.networkEvents(until: second + .seconds(3) + .milliseconds(500))
        #expect(driver.timers.count <= 1026)
    }
    /// A node that sets its timer to the received value.
    struct Mover: Node {
        var deadline: Instant?
        mutating func start(now: Instant, _ out: inout [Action]) {}
        mutating func opened(_ link: LinkID, peer: Endpoint, by: Opener, now: Instant, _ out: inout [Action]) {}
        mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {
            let n = bytes.unsafeLoad(fromByteOffset: bytes.byteCount - 1, as: UInt8.self)
            deadline = n == 255 ? nil : .zero + .milliseconds(100 * Int(n))
        }
        mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) {}
        mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) {}
        mutating func wake(now: Instant, _ out: inout [Action]) {
            out.append(.report(Event("wake")))
            deadline = nil
        }
    }
    /// A node whose deadline is always in the past is woken once a millisecond, and other nodes get their turn.
    @Test func wokenInThePast() {
        driver.add(Toy(deadline: .zero, period: .zero))
        driver.add(Toy(deadline: .zero + .milliseconds(50)))
        let seen = texts(until: .zero + .milliseconds(100))
        let spinning = seen.count { $0.hasPrefix("node 1 wake") }
        #expect(spinning >= 90 && spinning <= 110)
        #expect(seen.contains("node 2 wake 1"))
    }

    // The end of a node

    @Test func remove() throws {
        let (listener, at) = try driver.listen(.loopback(0))
        let id = driver.add(Toy(deadline: second), listeners: [listener])
        let (_, own) = try driver.listen(.loopback(0))
        let dialing = driver.add(Toy(peers: [own, .loopback(9)]))
        let mine = driver.dial(at)
        let before = driver.networkEvents(until: .zero + .milliseconds(10))
        let accepted = try #require(
            before.map { $0.text() }.first { $0.hasSuffix("from outside") }?.split(separator: " ")[0])
        let late = driver.dial(at)
        driver.remove(id)
        driver.remove(dialing)
        let seen = texts(until: second + .seconds(1))
        #expect(
            Set(seen) == ["\(mine.number) reset", "\(accepted) reset", "\(late.number) opened", "\(late.number) reset"])
        #expect(driver.owners.isEmpty && driver.dialed.isEmpty && driver.listeners.isEmpty && driver.nodes.isEmpty)
        // The port is free again.
        #expect(try whenFree { try driver.listen(at) }.bound == at)
        driver.remove(id)
    }
    /// Dials of a removed node, and data sent to it, have no effect.
    @Test func removedWhileDialing() throws {
        let id = driver.add(Toy(peers: [.loopback(9), .loopback(10)]))
        driver.remove(id)
        #expect(texts(until: second) == ["node 1 start"])
    }
    /// The links of a removed node end in their own order, not in the order of a hash table, which differs between
    /// runs. Each end draws a delay from the seed.
    @Test func removeIsDeterministic() throws {
        let (listener, at) = try driver.listen(.loopback(0))
        let id = driver.add(Toy(), listeners: [listener])
        for _ in 0..<50 { _ = driver.dial(at) }
        _ = driver.networkEvents(until: .zero + .milliseconds(1))
        driver.remove(id)
        var events: [SimulatedNetwork.Event] = []
        while let e = network.events.removeFirst() { events.append(e) }
        let links = events.sorted { $0.sequence < $1.sequence }.map { e in
            if case .end(let link, .reset) = e.what { link.number } else { UInt64(0) }
        }
        #expect(links.count == 50)
        #expect(links == links.sorted())
    }
    /// The driver polls the network once before it reports that the deadline has passed.
    @Test func deadlineInThePast() throws {
        let driver = Driver(try SocketNetwork())
        let (_, at) = try driver.listen(.loopback(0))
        _ = driver.dial(at)
        // Loopback connects while it is dialed.
        #expect(driver.next(until: .zero) != nil)
        #expect(driver.next(until: .zero) != nil)
        #expect(driver.next(until: .zero) == nil)
    }
}
