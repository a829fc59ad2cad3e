import Node
import Testing

@testable import Network

/// Tests of lost, late and duplicated datagrams.
struct DatagramConditionsTests {
    let network = SimulatedNetwork(seed: 1)
    let log = Log()
    init() { log.now = { [network] in network.now } }

    /// Sends `count` datagrams on one link. Returns the first bytes of the received ones, in order of arrival.
    private func send(_ count: Int) throws -> [UInt8] {
        let (_, at) = try network.listen(.loopback(0), .udp)
        let ours = network.dial(at, .udp)
        for i in 0..<count { network.send([UInt8(i % 256), 1], on: ours) }
        log.run(network, until: .zero + .seconds(10))
        guard let theirs = log.accepted.first, let came = log.bytes[theirs] else { return [] }
        return stride(from: 0, to: came.count, by: 2).map { came[$0] }
    }
    @Test func loss() throws {
        network.conditions.loss = 0.25
        let came = try send(4000)
        #expect(came.count > 2850 && came.count < 3150)
    }
    @Test func nothingPasses() throws {
        network.conditions.loss = 1
        #expect(try send(100).isEmpty)
    }
    @Test func duplication() throws {
        network.conditions.duplication = 0.5
        let came = try send(200)
        #expect(Set(came).count == 200 && came.count > 260 && came.count < 340)
    }
    /// Each datagram arrives within the range of delays. If all have the same delay, none overtakes another.
    @Test func delay() throws {
        network.conditions.delay = .milliseconds(30) ... .milliseconds(80)
        var times: [Instant] = []
        log.onBytes = { [network] _, _ in times.append(network.now) }
        let came = try send(200)
        #expect(came.count == 200 && came != came.sorted())
        #expect(times.allSatisfy { $0 >= .zero + .milliseconds(30) && $0 < .zero + .milliseconds(80) })
        #expect(times.contains { $0 > .zero + .milliseconds(70) })
    }
    @Test func sameDelay() throws {
        network.conditions.delay = .milliseconds(30) ... .milliseconds(30)
        #expect(try send(200) == (0..<200).map { UInt8($0) })
        let backwards = DatagramConditions(delay: .milliseconds(-5) ... .milliseconds(-1))
        #expect(backwards.delay == .zero ... .zero)
    }
    /// An observer sees each sent datagram once, even if it is lost or duplicated.
    @Test func lookingOn() throws {
        network.conditions = DatagramConditions(loss: 0.5, duplication: 0.5)
        var seen: [UInt8] = []
        network.onDatagram = { _, to, bytes in
            seen.append(bytes.unsafeLoad(fromUncheckedByteOffset: 0, as: UInt8.self))
            #expect(to.port >= 32768)
        }
        let came = try send(100)
        #expect(seen == (0..<100).map { UInt8($0) } && Set(came).count < 100)
    }
    /// Conditions that are not set use no random numbers, so histories stay the same.
    @Test func noChance() throws {
        let before = try SimulatedDatagramTests.history(seed: 5)
        #expect(DatagramConditions() == network.conditions && !before.isEmpty)
        var random = Random(seed: 3)
        #expect(!random.hits(0) && random.hits(1))
        var (a, b) = (Random(seed: 4), Random(seed: 4))
        #expect(
            DatagramConditions().delay(&a) == .nanoseconds(50_000 + Int64(b.next() % 200_000)) && a.next() == b.next())
    }
}
