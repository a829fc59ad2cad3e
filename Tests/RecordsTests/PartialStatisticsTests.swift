import Capture
import Nano
import Node
import Testing

@testable import Records

/// The merged statistics of parts equal the statistics of the whole, in any order and grouping, and after a conversion
/// to text.
struct PartialStatisticsTests {
    static let captures = ["nano-node-light-v2", "nano-node-light-responder-bug"]

    /// Passes each record to some part of the statistics, by its connection and host, and to the statistics of the
    /// whole.
    struct Dealer: RecordSink {
        var whole = RecordStatistics()
        var parts: [RecordStatistics]
        var random: Random
        private var places: [Int: Int] = [:]
        init(_ count: Int, seed: UInt64) {
            parts = [RecordStatistics](repeating: RecordStatistics(), count: count)
            random = Random(seed: seed)
        }
        private mutating func place(_ flow: Int) -> Int {
            let place = places[flow] ?? Int.random(in: parts.indices, using: &random)
            places[flow] = place
            return place
        }
        mutating func record(_ record: borrowing Record, _ bytes: RawSpan) {
            whole.record(record, bytes)
            parts[place(record.flow)].record(record, bytes)
        }
        var wantsTransport: Bool { true }
        mutating func transport(_ summary: TCPSummary) {
            whole.transport(summary)
            parts[place(summary.flow)].transport(summary)
        }
    }
    static func json(_ s: PartialStatistics) -> String {
        var out: [UInt8] = []
        StatsRenderer.json(s.tally, s.statistics, to: &out)
        return String(decoding: out, as: UTF8.self)
    }
    static func text(_ s: PartialStatistics) -> [UInt8] {
        var out: [UInt8] = []
        s.write(to: &out)
        return out
    }
    /// Returns counts that no capture here has.
    static func tally(_ random: inout Random) -> Tally {
        var tally = Tally()
        for (_, path) in Tally.counts { tally[keyPath: path] = Int.random(in: 0...1000, using: &random) }
        tally.dropped = UInt64.random(in: 0...9, using: &random)
        tally.start = Timestamp(nanoseconds: .random(in: 1 << 60...1 << 61, using: &random))
        tally.end = tally.start?.moved(by: 1_000_000_001)
        tally.streamProtocol = ["nano", nil].randomElement(using: &random) ?? nil
        tally.foreignLink = LinkType(rawValue: .random(in: 1...300, using: &random))
        return tally
    }

    @Test(arguments: captures, 1...6 as ClosedRange<UInt64>) func anySplit(_ name: String, _ seed: UInt64) throws {
        var dealer = Dealer(Int(seed) + 1, seed: seed)
        var file = try CaptureFile(RecordRenderingTests.folder + name + ".pcap")
        var table = FlowTable([.nano])
        #expect(table.read(&file, &dealer) == nil)
        var random = Random(seed: seed)
        var parts = dealer.parts.map { PartialStatistics(Self.tally(&random), $0) }
        var tally = Tally()
        for part in parts { tally.merge(part.tally) }
        let whole = PartialStatistics(tally, dealer.whole)
        #expect(!whole.statistics.messages.isEmpty && whole.statistics.tcp.connections > 1)
        // Each part is converted to text and back. They are merged in pairs, in any order.
        while parts.count > 1 {
            var one = parts.remove(at: .random(in: parts.indices, using: &random))
            let other = parts.remove(at: .random(in: parts.indices, using: &random))
            one.merge(other)
            parts.append(try PartialStatistics(Self.text(one)))
        }
        #expect(Self.text(parts[0]) == Self.text(whole))
        // The numbers of connections and frames have a meaning in one capture only, so the text lacks them.
        let (sum, known) = (try PartialStatistics(Self.text(parts[0])), try PartialStatistics(Self.text(whole)))
        #expect(Self.json(sum) == Self.json(known))
    }
    /// Merging adds each count and extends the times.
    @Test func talliesAddUp() throws {
        var random = Random(seed: 4)
        let (a, b) = (Self.tally(&random), Self.tally(&random))
        for (one, other) in [(a, b), (b, a)] {
            var sum = one
            sum.merge(other)
            for (name, path) in Tally.counts {
                #expect(sum[keyPath: path] == a[keyPath: path] + b[keyPath: path], "\(name)")
            }
            #expect(sum.dropped == a.dropped + b.dropped)
            #expect(sum.start == [a.start, b.start].compactMap(\.self).min())
            #expect(sum.end == [a.end, b.end].compactMap(\.self).max())
        }
        // The list contains each count.
        let own = Mirror(reflecting: a).children.count { $0.value is Int }
        let checksums = Mirror(reflecting: a.checksums).children.count { $0.value is Int }
        let counts = own + checksums + UnopenedTunnel.allCases.count
        #expect(counts == Tally.counts.count && Set(Tally.counts.map(\.name)).count == counts)
    }
    /// Returns a connection that no capture here has. Few connections have errors, and many differ only in their
    /// endpoints.
    static func connection(_ random: inout Random) -> TCPSummary {
        func counts() -> TCPCounts {
            var counts = TCPCounts()
            counts.bytes = Int.random(in: 0...3, using: &random)
            let (_, path) = TCPCounts.counts.randomElement(using: &random) ?? ("", \.bytes)
            counts[keyPath: path] += Int.random(in: 0...2, using: &random)
            for _ in 0..<Int.random(in: 0...2, using: &random) {
                let (a, b) = (Int.random(in: 0...1 << 44, using: &random), Int.random(in: 0...9, using: &random))
                counts.roundTrips.merge(Capture.Samples(count: 1, sum: b, least: b, most: b))
                counts.windows.merge(Capture.Samples(count: 2, sum: a + b, least: min(a, b), most: max(a, b)))
            }
            return counts
        }
        let first = Timestamp(nanoseconds: .random(in: -5...5, using: &random))
        func end() -> Endpoint { Endpoint(v4: .random(in: 0...UInt32.max, using: &random), port: 7) }
        return TCPSummary(
            flow: 1, client: end(), server: end(), first: first, last: first.moved(by: 7),
            handshake: Bool.random(using: &random) ? .random(in: 0...1_000_000, using: &random) : nil,
            fromClient: counts(), fromServer: counts())
    }
    /// If there are more connections than the limit, each split keeps the same ones. The totals count all connections.
    @Test(arguments: 1...3 as ClosedRange<UInt64>) func connectionsOfAnySplit(_ seed: UInt64) throws {
        var random = Random(seed: seed)
        var whole = TCPStatistics()
        var parts = [PartialStatistics](repeating: PartialStatistics(), count: 4)
        let count = 3 * TCPStatistics.limit
        var handshakes = 0
        for _ in 0..<count {
            let connection = Self.connection(&random)
            handshakes += connection.handshake == nil ? 0 : 1
            whole.add(connection)
            parts[Int.random(in: parts.indices, using: &random)].statistics.transport(connection)
        }
        while parts.count > 1 {
            var one = parts.remove(at: .random(in: parts.indices, using: &random))
            one.merge(parts.remove(at: .random(in: parts.indices, using: &random)))
            parts.append(try PartialStatistics(Self.text(one)))
        }
        let sum = parts[0].statistics.tcp
        #expect(sum.list.count == TCPStatistics.limit && sum.list == whole.list)
        #expect((sum.connections, sum.handshakes.count) == (count, handshakes) && sum.handshakes == whole.handshakes)
        #expect(sum.total == whole.total && sum.value() == whole.value())
        let worst = sum.list.map { $0.fromClient.trouble + $0.fromServer.trouble }
        #expect(worst == worst.sorted(by: >) && worst[0] > 0)
    }
    /// Counts that parts of versions 1 to 4 lack are zero. A part of this version that lacks a count is refused.
    @Test func earlierVersion() throws {
        var tally = Tally()
        (tally.packets, tally.checksums.right) = (9, 9)
        let text = String(decoding: Self.text(PartialStatistics(tally)), as: UTF8.self)
        let now = text.replacing(/,"(unread|sealed|foreign|hidden)_bytes":[0-9]*/, with: "")
            .replacing(/,"(quic|stun|dtls|unknown)_datagrams":[0-9]*/, with: "")
        #expect(now != text)
        #expect(throws: PartialStatisticsError.self) { try PartialStatistics(Array(now.utf8)) }
        let third = now.replacing("\"version\":8", with: "\"version\":3")
        let second = third.replacing("\"version\":3", with: "\"version\":2")
            .replacing(/,"checksums_[a-z]*":[0-9]*/, with: "")
        let first = second.replacing("\"version\":2", with: "\"version\":1").replacing(/,"tcp":.*/, with: "}")
        #expect(try PartialStatistics(Array(first.utf8)).statistics.tcp.connections == 0 && first != second)
        for old in [first, second] {
            let read = try PartialStatistics(Array(old.utf8)).tally
            #expect(read.packets == 9 && read.checksums.isEmpty && old != third)
        }
        let read = try PartialStatistics(Array(third.utf8)).tally
        #expect(read.checksums.right == 9 && read.unreadBytes == 0)
    }
    /// Each count of segments has a name and is added.
    @Test func segmentsAddUp() {
        let counts = Mirror(reflecting: TCPCounts()).children.count { $0.value is Int }
        #expect(counts == TCPCounts.counts.count && Set(TCPCounts.counts.map(\.name)).count == counts)
    }
    /// Merging empty statistics changes nothing, on either side.
    @Test func nothingIsNeutral() throws {
        var random = Random(seed: 9)
        var dealer = Dealer(1, seed: 1)
        var file = try CaptureFile(RecordRenderingTests.folder + "nano-node-light-v2.pcap")
        var table = FlowTable([.nano])
        #expect(table.read(&file, &dealer) == nil)
        let some = PartialStatistics(Self.tally(&random), dealer.whole)
        var (left, right) = (PartialStatistics(), some)
        left.merge(some)
        right.merge(PartialStatistics())
        #expect(Self.text(left) == Self.text(some) && Self.text(right) == Self.text(some))
        #expect(try Self.text(PartialStatistics(Self.text(PartialStatistics()))) == Self.text(PartialStatistics()))
    }
    /// A file of another kind, or a damaged one, is reported and does not end the program.
    @Test func damagedText() throws {
        func told(_ text: [UInt8]) -> String {
            do throws(PartialStatisticsError) {
                _ = try PartialStatistics(text)
                return ""
            } catch {
                return error.description
            }
        }
        #expect(told([]).contains("stats --partial") && told(Array("{}".utf8)).contains("stats --partial"))
        let later = "{\"format\":\"meshspec-statistics\",\"version\":\(PartialStatistics.version + 1)}"
        #expect(told(Array(later.utf8)).contains("later version"))
        var random = Random(seed: 3)
        var dealer = Dealer(1, seed: 1)
        var file = try CaptureFile(RecordRenderingTests.folder + "nano-node-light-v2.pcap")
        var table = FlowTable([.nano])
        #expect(table.read(&file, &dealer) == nil)
        let good = Self.text(PartialStatistics(Self.tally(&random), dealer.whole))
        for _ in 0..<500 {
            var bad = good
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bad[.random(in: bad.indices, using: &random)] =
                    [0x2d, 0x39, 0x22, 0x5b, 0x7d, 0x65].randomElement(
                        using: &random) ?? 0
            }
            if let read = try? PartialStatistics(bad) {
                var sum = PartialStatistics()
                sum.merge(read)
                sum.merge(read)
                #expect(!Self.json(sum).isEmpty)
            }
        }
        for (from, to) in [
            ("\"buckets\":[", "\"buckets\":[-1,"), ("\"packets\":", "\"pockets\":"),
            ("\"width\":", "\"width\":3,\"w\":"), ("\"checksums_right\":", "\"checksums\":"),
            ("\"tcp\":", "\"udp\":"),
        ] {
            let bad = String(decoding: good, as: UTF8.self).replacing(from, with: to)
            #expect(told(Array(bad.utf8)).contains("damaged"), "\(from)")
        }
    }
    /// Intervals begin at multiples of their length, regardless of the first message.
    @Test func seriesOfAnyOrder() {
        var random = Random(seed: 5)
        for _ in 0..<50 {
            let times = (0..<40).map { _ in Int64.random(in: -4_000_000_000...9_000_000_000, using: &random) }
            var whole = TimeSeries()
            var parts = [TimeSeries(), TimeSeries(), TimeSeries()]
            for (i, t) in times.enumerated() {
                whole.add(Timestamp(nanoseconds: t), i)
                parts[Int.random(in: 0..<3, using: &random)].add(Timestamp(nanoseconds: t), i)
            }
            for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
                var sum = TimeSeries()
                for i in order { sum.merge(parts[i]) }
                #expect(sum.spans == whole.spans && sum.width == whole.width && sum.start == whole.start)
            }
            #expect(whole.spans.count <= TimeSeries.limit)
        }
    }
}
