import Node
import Testing

@testable import Capture

/// Tests of the analysis of segments: retransmissions, reordering, losses, unseen data, probes, and round-trip times.
struct TCPAnalysisTests {
    let wire = Wire2()

    /// A sink that keeps the summaries of connections.
    struct Sums: RecordSink {
        var summaries: [TCPSummary] = []
        var wantsTransport: Bool { true }
        mutating func record(_ record: borrowing Record, _ bytes: RawSpan) {}
        mutating func transport(_ summary: TCPSummary) { summaries.append(summary) }
    }
    /// Analyses segments with their capture times in milliseconds.
    func sums(_ segments: [(Int64, Tap)], limits: CaptureLimits = CaptureLimits()) -> [TCPSummary] {
        var table = FlowTable([.toy], ReadingOptions(limits: limits))
        var sums = Sums()
        for (i, (time, tap)) in segments.enumerated() {
            let bytes = Wrapping.ethernet.packet(tap)
            let packet = Packet(
                number: i + 1, time: Timestamp(nanoseconds: time * 1_000_000), length: bytes.count, link: .ethernet,
                bytes: bytes.span.bytes)
            table.receive(packet, &sums)
        }
        table.finish(&sums)
        return sums.summaries
    }
    /// Analyses segments after a handshake of 40 ms, captured at the client.
    func sum(_ segments: [(Int64, Tap)]) throws -> TCPSummary {
        let all = sums([(0, wire.opening[0]), (40, wire.opening[1]), (40, wire.opening[2])] + segments)
        #expect(all.count == 1)
        return try #require(all.first)
    }
    func say(_ count: Int, at offset: Int, _ flags: TCPFlags = .acknowledges) -> Tap {
        wire.say([UInt8](repeating: UInt8(offset % 251), count: count), at: offset, flags)
    }
    func ack(_ received: Int) -> Tap { wire.answer([], at: 0, received: received) }

    @Test func quietConnection() throws {
        let s = try sum([
            (100, say(100, at: 0)), (140, ack(100)), (150, say(100, at: 100)), (160, say(100, at: 200)),
            (220, ack(300)),
            (300, say(0, at: 300, [.fin, .acknowledges])),
        ])
        #expect(s.handshake == 40_000_000 && s.client == wire.client && s.server == wire.server)
        #expect((s.first.nanoseconds, s.last.nanoseconds) == (0, 300_000_000))
        #expect(s.fromClient.trouble == 0 && s.fromServer.trouble == 0)
        #expect((s.fromClient.segments, s.fromClient.bytes, s.fromServer.segments) == (6, 300, 3))
        // The second acknowledgement ends where the third segment does.
        #expect(s.fromClient.roundTrips == Samples(count: 2, sum: 100_000_000, least: 40_000_000, most: 60_000_000))
        #expect(s.fromServer.roundTrips.count == 0 && s.fromClient.roundTrips.mean == 50_000_000)
    }
    /// Data that were seen completely before count as a retransmission, no matter how soon. It is unknown which copy
    /// the acknowledgement belongs to.
    @Test func retransmission() throws {
        for wait in [1, 900] as [Int64] {
            let s = try sum([(100, say(100, at: 0)), (100 + wait, say(100, at: 0)), (1100, ack(100))])
            #expect((s.fromClient.retransmissions, s.fromClient.retransmittedBytes) == (1, 100))
            #expect(s.fromClient.outOfOrder == 0 && s.fromClient.roundTrips.count == 0)
        }
        // Data that were acknowledged before, cut at other places.
        let s = try sum([(100, say(100, at: 0)), (140, ack(100)), (150, say(40, at: 60)), (160, say(50, at: 100))])
        #expect(s.fromClient.retransmissions == 1 && s.fromClient.roundTrips.count == 1)
        let fin = say(0, at: 5, [.fin, .acknowledges])
        #expect(try sum([(100, say(5, at: 0)), (101, fin), (102, fin)]).fromClient.retransmissions == 1)
    }
    /// A segment that fills a hole counts as out of order within a round trip, and as a retransmission later.
    @Test func outOfOrder() throws {
        for (wait, isLate) in [(10, false), (39, false), (41, true)] as [(Int64, Bool)] {
            let s = try sum([
                (100, say(10, at: 0)), (101, say(10, at: 20)), (101 + wait, say(10, at: 10)), (200, ack(30)),
            ])
            #expect((s.fromClient.outOfOrder, s.fromClient.retransmissions) == (isLate ? 0 : 1, isLate ? 1 : 0))
            #expect(s.fromClient.lostBytes == 0 && s.fromClient.roundTrips.count == 0)
        }
        // Duplicate acknowledgements requested it, so it is a retransmission.
        let s = try sum([
            (100, say(10, at: 0)), (101, say(10, at: 20)), (102, ack(10)), (103, say(10, at: 30)), (104, ack(10)),
            (105, ack(10)), (106, say(10, at: 10)),
        ])
        #expect((s.fromServer.duplicateAcknowledgements, s.fromClient.retransmissions) == (2, 1))
    }
    @Test func lostAndUnseen() throws {
        let s = try sum([(100, say(10, at: 0)), (101, say(10, at: 30)), (140, ack(40)), (150, ack(40)), (160, ack(50))])
        // 20 bytes in the middle, and 10 after the end.
        #expect((s.fromClient.losses, s.fromClient.lostBytes) == (2, 30))
        #expect(s.fromServer.unseenAcknowledgements == 2)
    }
    @Test func probes() throws {
        var (shut, open) = (ack(5), ack(5))
        (shut.window, open.window) = (0, 500)
        let s = try sum([
            (100, say(5, at: 0)), (110, shut), (300, say(1, at: 5)), (310, shut), (400, open), (401, say(20, at: 5)),
            (440, ack(25)), (9000, say(1, at: 24)), (9040, ack(25)), (9900, say(0, at: 24)), (9940, ack(25)),
        ])
        #expect(s.fromServer.zeroWindows == 2 && s.fromServer.duplicateAcknowledgements == 0)
        #expect(s.fromClient.keepAlives == 2 && s.fromClient.retransmissions == 0)
        // A probe whose byte was accepted.
        let taken = try sum([
            (100, say(5, at: 0)), (110, shut), (300, say(1, at: 5)), (310, ack(6)), (320, say(3, at: 6)),
        ])
        #expect((taken.fromServer.unseenAcknowledgements, taken.fromServer.zeroWindows) == (0, 1))
        #expect(taken.fromClient.trouble == 0)
    }
    /// Window scaling applies if both sides offer it. A window uses the scale of its sender.
    @Test func windowScale() throws {
        func scale(_ n: UInt8) -> [UInt8] { [1, 1, 1, 3, 3, n] + [UInt8](repeating: 0, count: 6) }
        for (client, server, most) in [(7, 2, 256 << 2), (7, nil, 256), (nil, 2, 256), (7, 99, 256 << 14)]
            as [(UInt8?, UInt8?, Int)]
        {
            var opening = wire.opening
            if let client { opening[0].options = scale(client) }
            if let server { opening[1].options = scale(server) }
            let s = try #require(sums([(0, opening[0]), (1, opening[1]), (2, opening[2]), (3, ack(0))]).first)
            #expect(s.fromServer.windows == Samples(count: 1, sum: most, least: most, most: most))
        }
        // The scale is unknown.
        #expect(sums([(0, ack(0))]).first?.fromServer.windows.count == 0)
    }
    /// A repeated SYN gives no round-trip time, and neither does a connection that begins before the capture.
    @Test func handshakes() throws {
        let o = wire.opening
        #expect(sums([(0, o[0]), (1000, o[0]), (1040, o[1]), (1040, o[2])]).first?.handshake == nil)
        #expect(sums([(40, o[1]), (40, o[2])]).first?.handshake == nil)
        #expect(sums([(0, o[0]), (40, o[1]), (40, o[2])]).first?.handshake == 40_000_000)
    }
    /// Each connection is reported once: at the end, when another replaces it, or when the table is full.
    @Test func toldOnce() throws {
        let end = [say(0, at: 0, [.fin, .acknowledges]), wire.answer([], at: 0, received: 1, [.fin, .acknowledges])]
        var again = Wire2()
        (again.up, again.down) = (90_001, 95_001)
        let all = sums((wire.opening + end + again.opening).map { (0, $0) })
        #expect(all.map(\.flow) == [1, 2] && all.map { $0.fromClient.segments } == [3, 2])
        var limits = CaptureLimits()
        limits.flows = 4
        let many = (1...10).flatMap { n in
            var wire = Wire2()
            wire.client.port = UInt16(n)
            return wire.opening.map { (Int64(n), $0) }
        }
        #expect(sums(many, limits: limits).map(\.flow).sorted() == Array(1...10))
        limits.closedFlows = 1
        #expect(sums((wire.opening + end).map { (0, $0) } + many, limits: limits).count == 11)
    }
    /// The analysis handles more segments than it keeps, and sequence numbers that wrap around.
    @Test func manyUnderWay() throws {
        var wire = Wire2()
        wire.up = UInt32.max - 5000
        let count = 3 * SegmentsUnderWay.limit
        let said = (0..<count).map { (Int64($0 + 1), wire.say([UInt8](repeating: 7, count: 10), at: 10 * $0)) }
        let s = try #require(
            sums(wire.opening.map { (0, $0) } + said + [(2000, wire.answer([], at: 0, received: 2550))]).first)
        #expect(s.fromClient.trouble == 0 && s.fromClient.roundTrips.count == 1)
        #expect(s.fromClient.roundTrips.least == 1_745_000_000)
        var way = SegmentsUnderWay()
        for i in 0..<2000 as Range<UInt32> {
            way.add(i &+ 1, Timestamp(nanoseconds: Int64(i)))
            #expect(way.acknowledge(i &+ 1, Timestamp(nanoseconds: Int64(i) + 7)) == 7)
            way.add(i &+ 2, Timestamp(nanoseconds: Int64(i)))
            way.doubt(from: i &+ 1)
            #expect(way.acknowledge(i &+ 2, Timestamp(nanoseconds: 3000)) == nil)
        }
    }
}
