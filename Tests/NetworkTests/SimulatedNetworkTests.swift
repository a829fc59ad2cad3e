import Node
import Testing

@testable import Network

struct SimulatedNetworkTests {
    let network = SimulatedNetwork(seed: 1)
    let log = Log()
    let second = Instant.zero + .seconds(1)

    init() { log.now = { [network] in network.now } }

    /// Returns an established connection: the dialing end and the dialed end.
    func connect() throws -> (ours: LinkID, theirs: LinkID) {
        let (_, at) = try network.listen(.loopback(0))
        let ours = network.dial(at)
        log.run(network, until: network.now + .milliseconds(1))
        return (ours, try #require(log.accepted.last))
    }
    /// Returns the events of 20 connections that exchange data at the same time.
    static func history(seed: UInt64) throws -> [String] {
        let network = SimulatedNetwork(seed: seed)
        let log = Log()
        log.now = { network.now }
        let (_, at) = try network.listen(.loopback(7075))
        log.onBytes = { link, bytes in
            if let first = bytes.first, first > 0 { network.send([first - 1], on: link) }
            if bytes == [0] { network.close(link, reset: link.number % 3 == 0) }
        }
        for i in 1...20 {
            let link = network.dial(i % 7 == 0 ? .loopback(1) : at)
            network.send([UInt8(i)], on: link)
        }
        log.run(network, until: .zero + .seconds(1))
        return log.lines
    }

    @Test func sameSeedSameHistory() throws {
        let first = try Self.history(seed: 5)
        #expect(first.count > 200)
        #expect(first.contains { $0.hasSuffix("closed") } && first.contains { $0.hasSuffix("reset") })
        #expect(try Self.history(seed: 5) == first)
        #expect(try Self.history(seed: 6) != first)
    }
    @Test func delaysAreThoseThatAreDocumented() throws {
        let (ours, theirs) = try connect()
        for i in 0..<200 {
            let sent = network.now
            network.send([UInt8(i)], on: ours)
            while (log.bytes[theirs]?.count ?? 0) <= i { network.poll(until: .never, log) }
            let delay = network.now - sent
            #expect(delay >= .microseconds(50) && delay <= .microseconds(250))
        }
    }
    /// Data do not overtake each other although each piece has its own delay. The end does not overtake data either.
    @Test func orderIsKept() throws {
        let (ours, theirs) = try connect()
        for i in 0..<200 {
            network.send([UInt8(i)], on: ours)
            network.send([UInt8(255 - i)], on: theirs)
        }
        network.close(ours, reset: false)
        log.run(network, until: second)
        #expect(log.bytes[theirs] == (0..<200).map { UInt8($0) })
        #expect(log.endings[theirs] == .closed)
        // An end that closed the connection gets no events.
        #expect(log.bytes[ours] == nil && log.endings[ours] == nil)
    }
    @Test func reset() throws {
        let (ours, theirs) = try connect()
        network.close(theirs, reset: true)
        log.run(network, until: second)
        #expect(log.endings == [ours: .reset])
        // Both ends are gone, so sending and closing have no effect.
        network.send([1], on: ours)
        network.close(ours, reset: false)
        network.close(theirs, reset: false)
        log.run(network, until: second + .seconds(1))
        #expect(log.endings == [ours: .reset] && log.bytes.isEmpty)
    }
    @Test func refused() throws {
        let link = network.dial(.loopback(9))
        network.send([1], on: link)
        #expect(log.failures.isEmpty)
        log.run(network, until: second)
        #expect(log.failures == [link: NetworkError("connect to", "127.0.0.1:9", "nobody listens there")])
        #expect(log.opened.isEmpty && log.endings.isEmpty)
    }
    /// A link that was closed gets no event, not even a failure to connect.
    @Test func refusedButClosedBefore() {
        network.close(network.dial(.loopback(9)), reset: false)
        log.run(network, until: second)
        #expect(log.lines == [])
    }
    @Test func closedBeforeItStood() throws {
        let (_, at) = try network.listen(.loopback(0))
        let link = network.dial(at)
        network.close(link, reset: false)
        log.run(network, until: second)
        #expect(!log.opened.contains(link))
        // The other side gets an opened and a closed connection.
        let other = try #require(log.accepted.first)
        #expect(log.endings == [other: .closed])
    }
    @Test func listenerGoneWhileDialing() throws {
        let (id, at) = try network.listen(.loopback(0))
        let link = network.dial(at)
        network.stopListening(id)
        log.run(network, until: second)
        #expect(log.accepted.isEmpty)
        #expect(log.endings == [link: .reset])
    }
    @Test func addressInUseAndFreeAgain() throws {
        let (id, at) = try network.listen(.loopback(7075))
        #expect(at == .loopback(7075))
        #expect(throws: NetworkError("listen on", "127.0.0.1:7075", "address in use")) {
            try network.listen(.loopback(7075))
        }
        network.stopListening(id)
        network.stopListening(id)
        let again = try network.listen(.loopback(7075))
        #expect(again.id != id)
        // The old listener does not get connections of the new one.
        let link = network.dial(at)
        log.run(network, until: second)
        #expect(log.opened.contains(link) && log.accepted.count == 1)
    }
    /// All 32,768 ports can be used once. After that there is an error instead of an endless search.
    @Test func portsRunOut() throws {
        var seen: Set<UInt16> = []
        var first: ListenerID?
        for _ in 32768...65535 {
            let (id, at) = try network.listen(.loopback(0))
            first = first ?? id
            seen.insert(at.port)
        }
        #expect(seen.count == 32768)
        #expect(throws: NetworkError("listen on", "127.0.0.1:0", "no port is free")) {
            try network.listen(.loopback(0))
        }
        _ = network.dial(.loopback(40000))
        network.stopListening(try #require(first))
        #expect(try network.listen(.loopback(0)).bound.port == 32768)
    }
    /// Waiting takes no real time: the clock jumps to the next event, or to the deadline if that is earlier.
    @Test func timeJumps() throws {
        network.poll(until: .zero + .seconds(86400), log)
        #expect(network.now == .zero + .seconds(86400))
        let (_, at) = try network.listen(.loopback(0))
        _ = network.dial(at)
        network.poll(until: .never, log)
        #expect(network.now - (.zero + .seconds(86400)) <= .microseconds(250))
        // A deadline in the past does not turn the clock back.
        let before = network.now
        network.poll(until: .zero, log)
        #expect(network.now == before)
    }
    /// All events due at the deadline are reported before the time is up.
    @Test func dueAtTheDeadline() throws {
        let (ours, theirs) = try connect()
        network.send([7], on: ours)
        let at = try #require(network.events.first?.at)
        network.poll(until: at + .nanoseconds(-1), log)
        #expect(log.bytes[theirs] == nil)
        network.poll(until: at, log)
        #expect(log.bytes[theirs] == [7] && network.now == at)
    }
}
