import Capture
import Node
import Testing

@testable import Report

/// What statistics count with, each by itself.
struct CountingTests {
    /// Spans of one series end where those of another go on, whichever is longer or coarser.
    @Test(arguments: [(3, 50), (50, 3), (0, 7), (7, 0), (100, 100_000), (100_000, 100)])
    func seriesAddUp(_ a: Int, _ b: Int) {
        func series(_ times: some Sequence<Int>) -> TimeSeries {
            var out = TimeSeries()
            for ms in times {
                out.add(Timestamp(nanoseconds: Int64(ms) * 1_000_000), start: Timestamp(nanoseconds: 0), ms)
            }
            return out
        }
        // There and back again: a span that was asked for last is not taken for another.
        var both = series(0..<a)
        both.add(series((0..<b).reversed()))
        let whole = series(Array(0..<a) + Array(0..<b))
        #expect(both.messages == whole.messages && both.bytes == whole.bytes && both.width == whole.width)
        both.add(Timestamp(nanoseconds: 0), start: Timestamp(nanoseconds: 0), 5)
        #expect(both.messages[0] == (a + b > 0 ? whole.messages[0] : 0) + 1)
    }

    private func end(_ n: Int) -> Endpoint { Endpoint(v4: UInt32(n), port: 7075) }

    /// Flows share the places that are asked for first; what is counted is that of their ends all the same.
    @Test func peersOfManyFlows() {
        var counts = PeerCounts()
        for round in 1...3 {
            for flow in 1...200 { counts.count(end(flow), end(9999), flow: flow, flow % 2 == 0, flow &* round) }
        }
        #expect(counts.sorted.count == 201 && counts.otherCount == 0)
        let all = Dictionary(uniqueKeysWithValues: counts.sorted.map { ($0.key, $0.value) })
        for flow in 1...200 {
            #expect(all[end(flow)]?.sent == 3 && all[end(flow)]?.sentBytes == 6 * flow, "\(flow)")
        }
        #expect(all[end(9999)]?.received == 600 && counts.sorted.first?.key == end(9999))
    }
    /// Beyond the limit the quieter half is put together, and those who stay are found where they stand then.
    @Test func quietPeersArePutTogether() {
        var counts = PeerCounts()
        let limit = PeerCounts.limit / FlowLane.count
        let flows = 4 * limit
        for flow in 1...flows { counts.count(end(flow), end(1_000_000), flow: flow, true, flow) }
        for _ in 0..<10 { counts.count(end(flows), end(1_000_000), flow: flows, true, 1) }
        #expect(counts.sorted.count <= limit && counts.sorted.count + counts.otherCount == flows + 1)
        let sent = counts.sorted.reduce(counts.others.sent) { $0 + $1.value.sent }
        let bytes = counts.sorted.reduce(counts.others.sentBytes) { $0 + $1.value.sentBytes }
        #expect(sent == flows + 10 && bytes == flows * (flows + 1) / 2 + 10)
        #expect(counts.sorted.first { $0.key == end(flows) }?.value.sent == 11)
        var sum = PeerCounts()
        sum.add(counts)
        sum.add(counts)
        #expect(sum.otherCount == 2 * counts.otherCount && sum.sorted.count == counts.sorted.count)
        #expect(sum.sorted.first { $0.key == end(flows) }?.value.sent == 22)
    }

    /// Kinds, directions and flows are told apart; when there are too many, all is forgotten.
    @Test func timesOfTheOneBefore() {
        var times = LastTimes()
        func exchange(_ n: Int, _ flow: Int, _ isFromClient: Bool = true, _ place: Int = 0) -> Int64? {
            times.exchange(Timestamp(nanoseconds: Int64(n)), flow: flow, isFromClient, place: place)?.nanoseconds
        }
        let flows = LastTimes.limit / 4
        for round in 0..<2 {
            for flow in 1...flows {
                for (place, isFromClient) in [(0, true), (0, false), (1, true), (1, false)] {
                    let n = flow * 8 + place * 2 + (isFromClient ? 1 : 0)
                    #expect(exchange(n + round, flow, isFromClient, place) == (round == 0 ? nil : Int64(n)))
                }
            }
        }
        #expect(exchange(1, flows + 1) == nil)
        #expect(exchange(2, flows + 1) == 1)
        #expect(exchange(3, 1) == nil)
    }
}
