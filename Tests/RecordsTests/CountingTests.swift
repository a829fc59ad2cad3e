import Capture
import Node
import Testing

@testable import Records

/// Tests the counters of the statistics one by one.
struct CountingTests {
    private func end(_ n: Int) -> Endpoint { Endpoint(v4: UInt32(n), port: 7075) }

    private func count(
        _ counts: inout FlowCounts, _ source: Endpoint, _ destination: Endpoint, flow: Int, kind: Int = 1,
        _ isFromClient: Bool = true, at time: Int = 0, _ length: Int = 1
    ) -> Int64? {
        counts.count(
            RecordRows.Key(flow: flow, kind: kind, isFromClient: isFromClient), from: source, to: destination,
            at: Timestamp(nanoseconds: Int64(time)), length: length)?.nanoseconds
    }

    /// Counts by connection equal the counts of their endpoints and of their kinds.
    @Test func peersOfManyFlows() {
        var counts = FlowCounts()
        for round in 1...3 {
            for flow in 1...200 {
                _ = count(&counts, end(flow), end(9999), flow: flow, kind: flow % 3, flow % 2 == 0, flow &* round)
            }
        }
        counts.settle()
        counts.settle()
        let peers = counts.peers
        #expect(peers.sorted.count == 201 && peers.otherCount == 0)
        let all = Dictionary(uniqueKeysWithValues: peers.sorted.map { ($0.key, $0.value) })
        for flow in 1...200 { #expect(all[end(flow)]?.sent == 3 && all[end(flow)]?.sentBytes == 6 * flow, "\(flow)") }
        #expect(all[end(9999)]?.received == 600 && peers.sorted.first?.key == end(9999))
        #expect(counts.kinds.map(\.records) == [198, 201, 201])
        #expect(counts.kinds.map(\.fromClient) == [99, 99, 102])
    }
    /// Beyond the limit, one row combines the less active half of the peers. The remaining peers are found at their new
    /// places.
    @Test func quietPeersArePutTogether() {
        var counts = FlowCounts()
        let limit = PeerCounts.limit
        let flows = 4 * limit
        for flow in 1...flows { _ = count(&counts, end(flow), end(1_000_000), flow: flow, at: 0, flow) }
        for _ in 0..<10 { _ = count(&counts, end(flows), end(1_000_000), flow: flows) }
        counts.settle()
        let peers = counts.peers
        #expect(peers.sorted.count <= limit && peers.sorted.count + peers.otherCount == flows + 1)
        let sent = peers.sorted.reduce(peers.others.sent) { $0 + $1.value.sent }
        let bytes = peers.sorted.reduce(peers.others.sentBytes) { $0 + $1.value.sentBytes }
        #expect(sent == flows + 10 && bytes == flows * (flows + 1) / 2 + 10)
        #expect(counts.kinds[1].records == flows + 10 && counts.kinds[1].bytes == bytes)
        #expect(peers.sorted.first { $0.key == end(flows) }?.value.sent == 11)
    }

    /// The counter distinguishes kinds, directions and flows. If there are too many, it forgets times, but never a
    /// count.
    @Test func timesOfTheOneBefore() {
        var counts = FlowCounts()
        func exchange(_ n: Int, _ flow: Int, _ isFromClient: Bool = true, _ kind: Int = 0) -> Int64? {
            count(&counts, end(1), end(2), flow: flow, kind: kind, isFromClient, at: n)
        }
        let flows = RecordRows.limit / 4
        for round in 0..<2 {
            for flow in 1...flows {
                for (kind, isFromClient) in [(0, true), (0, false), (1, true), (1, false)] {
                    let n = flow * 8 + kind * 2 + (isFromClient ? 1 : 0)
                    #expect(exchange(n + round, flow, isFromClient, kind) == (round == 0 ? nil : Int64(n)))
                }
            }
        }
        #expect(exchange(1, flows + 1) == nil)
        #expect(exchange(2, flows + 1) == 1)
        #expect(exchange(3, 1) == nil)
        counts.settle()
        #expect(counts.kinds.map(\.records) == [4 * flows + 3, 4 * flows])
    }
}
