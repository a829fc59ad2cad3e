import Node
import Testing

@testable import Network

struct SimulatedDatagramTests {
    let network = SimulatedNetwork(seed: 1)
    let log = Log()
    let second = Instant.zero + .seconds(1)

    init() { log.now = { [network] in network.now } }

    static func history(seed: UInt64) throws -> [String] {
        let network = SimulatedNetwork(seed: seed)
        let log = Log()
        log.now = { network.now }
        let (_, at) = try network.listen(.loopback(7075), .udp)
        log.onBytes = { link, bytes in if let n = bytes.first, n > 0 { network.send([n - 1], on: link) } }
        for i in 1...20 { network.send([UInt8(i)], on: network.dial(at, .udp)) }
        log.run(network, until: second)
        return log.lines
    }
    static let second = Instant.zero + .seconds(1)
    @Test func sameSeedSameHistory() throws {
        let first = try Self.history(seed: 5)
        #expect(first.count > 200)
        #expect(try Self.history(seed: 5) == first)
        #expect(try Self.history(seed: 6) != first)
    }
    /// All datagrams arrive, each with its own delay of 50 to 250 microseconds, so not in the order of sending.
    @Test func overtake() throws {
        let (_, at) = try network.listen(.loopback(0), .udp)
        let ours = network.dial(at, .udp)
        for i in 0..<200 { network.send([UInt8(i)], on: ours) }
        var times: [Instant] = []
        log.onBytes = { [network] _, _ in times.append(network.now) }
        log.run(network, until: second)
        let theirs = try #require(log.accepted.first)
        let came = try #require(log.bytes[theirs])
        #expect(log.accepted.count == 1)
        #expect(came.sorted() == (0..<200).map { UInt8($0) })
        #expect(came != came.sorted())
        #expect(times.allSatisfy { $0 >= .zero + .microseconds(50) && $0 <= .zero + .microseconds(250) })
        // Their times are spread over that range, not all at its end.
        #expect(times.count { $0 < .zero + .microseconds(150) } > 60)
    }
    /// A datagram without a receiver is lost silently, and the link stays open.
    @Test func toNobody() throws {
        let ours = network.dial(.loopback(9), .udp)
        network.send([1], on: ours)
        log.run(network, until: second)
        #expect(log.opened == [ours] && log.failures.isEmpty && log.endings.isEmpty)
        // Now there is a listener.
        _ = try network.listen(.loopback(9), .udp)
        network.send([2], on: ours)
        log.run(network, until: second + .seconds(1))
        #expect(log.accepted.count == 1 && log.bytes[log.accepted[0]] == [2])
    }
    /// A datagram in transit is lost if the receiver stops listening.
    @Test func receiverGone() throws {
        let (id, at) = try network.listen(.loopback(0), .udp)
        let ours = network.dial(at, .udp)
        network.send([1], on: ours)
        network.stopListening(id)
        log.run(network, until: second)
        #expect(log.accepted.isEmpty && network.datagramSockets.count == 1)
        let (_, again) = try network.listen(at, .udp)
        #expect(again == at)
        network.send([2], on: ours)
        log.run(network, until: second + .seconds(1))
        let theirs = try #require(log.accepted.first)
        // The dialing end closes its link while the answer is in transit.
        network.send([3], on: theirs)
        network.close(ours, reset: false)
        log.run(network, until: second + .seconds(2))
        #expect(log.bytes == [theirs: [2]])
        #expect(network.links.isEmpty && network.datagramLinks.count == 1)
    }
    /// Each dialed link has its own port of 32,768, which it returns when it is closed.
    @Test func portsRunOut() throws {
        let (_, at) = try network.listen(.loopback(7075), .udp)
        let links = (0..<32_768).map { _ in network.dial(at, .udp) }
        let none = network.dial(at, .udp)
        network.close(links[5], reset: false)
        let again = network.dial(at, .udp)
        log.run(network, until: .zero + .milliseconds(1))
        #expect(log.failures == [none: NetworkError("connect to", "127.0.0.1:7075", "no port is free")])
        #expect(log.opened.contains(again) && !log.opened.contains(links[5]))
    }
}
