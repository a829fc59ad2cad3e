import Capture
import Node
import Testing
import Text
import Wire

@testable import Records

/// Tests of the counts of connections that failed or have an unknown protocol.
struct ConnectionCountsTests {
    private static func end(_ n: Int, port: UInt16 = 7075) -> Endpoint { Endpoint(v4: UInt32(n), port: port) }
    /// Returns a connection that began at a second.
    private static func connection(
        _ n: Int, to server: Int = 1, at second: Int, _ failure: ConnectionFailure? = nil,
        _ unknown: FirstBytes? = nil
    ) -> TCPSummary {
        let time = Timestamp(nanoseconds: Int64(second) * 1_000_000_000)
        var counts = TCPCounts()
        counts.bytes = 10
        return TCPSummary(
            flow: n, client: end(1000 + n, port: 40_000), server: end(server), first: time, last: time, handshake: nil,
            fromClient: counts, fromServer: TCPCounts(), firstFrame: 10 * n, unknown: unknown, failure: failure)
    }
    private static func refused(_ n: Int, to server: Int = 1) -> TCPSummary {
        connection(n, to: server, at: n, ConnectionFailure(.refused, .resetByServer))
    }
    private static func json(_ whole: PartialStatistics, all: Bool = false) -> Value {
        var out: [UInt8] = []
        StatsRenderer.json(whole.tally, whole.statistics, all: all, to: &out)
        return JSON.parse(out) ?? .null
    }
    private static func table(_ whole: PartialStatistics, all: Bool = false) -> [String] {
        var out: [UInt8] = []
        StatsRenderer.table(whole.tally, whole.statistics, colour: false, all: all, to: &out)
        return String(decoding: out, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            .map(String.init)
    }
    private static func statistics(_ all: [TCPSummary], end second: Int = 100) -> PartialStatistics {
        var statistics = RecordStatistics()
        for one in all { statistics.transport(one) }
        var tally = Tally()
        tally.end = Timestamp(nanoseconds: Int64(second) * 1_000_000_000)
        return PartialStatistics(tally, statistics)
    }
    private static func written(_ part: PartialStatistics) throws -> PartialStatistics {
        var text: [UInt8] = []
        part.write(to: &text)
        return try PartialStatistics(text)
    }

    /// A row has the count and the first connection of each kind and server, the most frequent ones first.
    @Test func failuresByKindAndServer() {
        let unfinished = ConnectionFailure(.unfinished, .closed, handshake: "tls")
        let whole = Self.statistics([
            Self.refused(7), Self.refused(3), Self.refused(4, to: 2), Self.connection(5, at: 5, unfinished),
            Self.connection(6, at: 6),
        ])
        let table = Self.table(whole)
        #expect(table.contains("failed     4 connections"))
        let head = table.firstIndex { $0.hasPrefix("failed  ") && $0.contains("server") } ?? 0
        #expect(
            Array(table[head..<head + 4]) == [
                "failed          end             count  server        first",
                "refused         reset by other      2  0.0.0.1:7075  flow 3, frame 30, 0.0.3.235:40000",
                "refused         reset by other      1  0.0.0.2:7075  flow 4, frame 40, 0.0.3.236:40000",
                "tls unfinished  closed              1  0.0.0.1:7075  flow 5, frame 50, 0.0.3.237:40000",
            ])
        let list = Self.json(whole).items("failures")
        #expect(list.count == 3 && list[0].count("count") == 2 && list[0].string("kind") == "refused")
        #expect(list[0]["first"]?.count("flow") == 3 && list[0]["first"]?.count("frame") == 30)
        #expect(list[2].string("handshake") == "tls" && list[2].string("end") == "closed")
        #expect(!Self.table(Self.statistics([Self.connection(6, at: 6)])).contains { $0.contains("failed") })
    }
    /// Unknown protocols are counted by the port of the server and the first bytes.
    @Test func unknownProtocolsByPortAndFirstBytes() {
        let hello = FirstBytes(Array("EHLO\r\n".utf8), isFromClient: true)
        let whole = Self.statistics([
            Self.connection(1, at: 1, nil, hello), Self.connection(2, at: 2, nil, hello),
            Self.connection(3, at: 3, nil, FirstBytes([], isFromClient: true)),
        ])
        let table = Self.table(whole)
        let head = table.firstIndex { $0.hasPrefix("unknown port") } ?? 0
        #expect(
            Array(table[head..<head + 3]) == [
                "unknown port  first bytes   text    by      flows  bytes  first",
                "7075          45484c4f0d0a  EHLO..  opener      2     20  flow 1, frame 10, 0.0.3.233:40000",
                "7075          -                                 1     10  flow 3, frame 30, 0.0.3.235:40000",
            ])
        let list = Self.json(whole).items("unknown_flows")
        #expect(list.count == 2 && list[0].string("bytes") == "45484c4f0d0a" && list[0].count("payload") == 20)
    }
    /// Tables have ten rows and lists a hundred, and both say how many are missing. With `all` they have all rows.
    @Test func cutsAreToldAndLifted() {
        let whole = Self.statistics((1...150).map { Self.refused($0, to: $0) })
        #expect(Self.table(whole).contains { $0.hasPrefix("140 more") && $0.hasSuffix(" 140") })
        #expect(Self.table(whole, all: true).count { $0.hasPrefix("refused ") } == 150)
        #expect(!Self.table(whole, all: true).contains { $0.contains(" more") })
        let cut = Self.json(whole)
        #expect(cut.items("failures").count == 100 && cut["omitted"]?.count("failures") == 50)
        #expect(cut["omitted"]?.count("conversations") == 50)
        let full = Self.json(whole, all: true)
        #expect(full.items("failures").count == 150 && full["omitted"] == nil)
        #expect(full["tcp"]?.items("conversations").count == 150)
    }
    /// Silence that the end of a part explains is a failure if the whole capture lasts longer.
    @Test func endOfTheCaptureDecides() throws {
        let due = Timestamp(nanoseconds: 21_000_000_000)
        let silent = Self.connection(1, at: 20, ConnectionFailure(.noAnswer, .silent, due: due))
        func count(_ part: PartialStatistics) -> Int { part.statistics.troubled.failures.count }
        let part = Self.statistics([silent], end: 20)
        #expect(count(part) == 0 && count(Self.statistics([silent], end: 21)) == 1)
        for later in [Self.statistics([], end: 21), Self.statistics([Self.refused(2)], end: 50)] {
            var sum = try Self.written(part)
            sum.merge(later)
            #expect(count(sum) == 1 + count(later) && sum.statistics.troubled.pending.isEmpty)
            var other = later
            other.merge(try Self.written(part))
            #expect(count(other) == count(sum))
        }
        var sum = part
        sum.merge(Self.statistics([], end: 20))
        #expect(count(sum) == 0 && sum.statistics.troubled.pending.count == 1)
    }
    /// Any partition gives the same counts, after a conversion to text too.
    @Test(arguments: 1...5 as ClosedRange<UInt64>) func partsAddUp(_ seed: UInt64) throws {
        var random = Random(seed: seed)
        var all: [TCPSummary] = []
        for n in 1...300 {
            let due = Bool.random(using: &random) ? Timestamp(nanoseconds: Int64(n) * 1_000_000_000) : nil
            let kind = ConnectionFailure.Kind.allCases.randomElement(using: &random) ?? .refused
            let end = ConnectionFailure.End.allCases.randomElement(using: &random) ?? .closed
            let failure = Bool.random(using: &random) ? ConnectionFailure(kind, end, handshake: "a", due: due) : nil
            let bytes = (0..<Int.random(in: 0...2, using: &random)).map { UInt8($0) }
            let unknown = failure == nil ? FirstBytes(bytes, isFromClient: n % 2 == 0) : nil
            all.append(Self.connection(n, to: .random(in: 1...9, using: &random), at: n, failure, unknown))
        }
        let whole = try Self.written(Self.statistics(all, end: 200))
        var parts = (0..<4).map { _ in [] as [TCPSummary] }
        for one in all { parts[Int.random(in: 0..<4, using: &random)].append(one) }
        var counted = try parts.enumerated().map { n, part in
            // One part ends with the capture.
            try Self.written(Self.statistics(part, end: n == 2 ? 200 : 50 * n))
        }
        while counted.count > 1 {
            var one = counted.remove(at: .random(in: counted.indices, using: &random))
            one.merge(counted.remove(at: .random(in: counted.indices, using: &random)))
            counted.append(try Self.written(one))
        }
        #expect(Self.json(counted[0], all: true) == Self.json(whole, all: true))
        #expect(whole.statistics.troubled.failures.count > 50 && !whole.statistics.troubled.pending.isEmpty)
    }
    /// Beyond the limit, the rarest keys are combined, and no connection is lost.
    @Test func keysBeyondTheLimitAreCombined() throws {
        let limit = ConnectionCounts<FailureKey>.limit
        var all = (1...3 * limit).map { Self.refused($0, to: $0) }
        all += (1...5).map { Self.refused($0, to: 0) }
        let whole = Self.statistics(all)
        let failures = whole.statistics.troubled.failures
        #expect(failures.count == all.count && failures.sorted.count <= limit && failures.others.keys > limit)
        #expect(failures.sorted[0].key.server == Self.end(0) && failures.sorted[0].row.count == 5)
        #expect(try Self.written(whole).statistics.troubled.failures.count == all.count)
        let waiting = (1...3 * TroubledConnections.pendingLimit).map {
            Self.connection($0, at: 0, ConnectionFailure(.noAnswer, .silent, due: Timestamp(nanoseconds: .max)))
        }
        #expect(Self.statistics(waiting).statistics.troubled.pending.count < 2 * TroubledConnections.pendingLimit)
    }
}
