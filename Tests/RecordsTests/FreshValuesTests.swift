import Capture
import Nano
import Node
import TestReports
import Testing
import Wire

@testable import Records

/// Values that must be different on each connection.
struct FreshValuesTests {
    let sample = RecordRenderingTests()

    /// Returns the findings for queries. A query has its flow, its direction, its cookie, and the second when it was
    /// seen. `judged` has the directions whose findings are reported.
    func told(
        _ queries: [(flow: Int, isClient: Bool, cookie: UInt8, second: Int64)], judged: [Bool] = [true, false]
    ) throws -> [String] {
        var monitor = Monitor([], [.nano])
        let type = try #require(Definition.nano.message("nano.node_id_handshake"))
        var out: [String] = []
        for (i, q) in queries.enumerated() {
            var message = NodeIDHandshake()
            message.query = Fixed(repeating: q.cookie)
            let bytes = message.encoded()
            var record = sample.record(bytes, type)
            (record.number, record.flow, record.isFromClient) = (i + 1, q.flow, q.isClient)
            record.time = Timestamp(nanoseconds: q.second * 1_000_000_000)
            out += monitor.compare(record, bytes.span.bytes, isJudged: judged.contains(q.isClient)).map {
                "#\(i + 1) \($0.severity) \($0.requirement ?? "-") \($0.path)"
            }
        }
        return out
    }
    @Test func oneCookieOnTwoConnections() throws {
        #expect(try told([(1, true, 1, 0), (1, false, 2, 0), (2, true, 3, 0), (2, false, 4, 0)]) == [])
        // The responder repeats a cookie: the queries before it differ.
        #expect(
            try told([(1, true, 1, 0), (1, false, 2, 0), (2, true, 3, 0), (2, false, 2, 0)]) == [
                "#4 violation NANO-21 query"
            ])
        // The requester repeats a cookie. The answer shows that the connection is not a copy of the first one.
        #expect(
            try told([(1, true, 1, 0), (1, false, 2, 0), (2, true, 1, 0), (2, false, 4, 0)]) == [
                "#4 violation NANO-21 "
            ])
        // The order of the two answers does not matter.
        #expect(
            try told([(1, true, 1, 0), (2, true, 1, 0), (2, false, 4, 0), (1, false, 2, 0), (1, false, 2, 0)]) == [
                "#4 violation NANO-21 "
            ])
        #expect(try told([(1, true, 1, 0), (2, true, 1, 9)]) == ["#2 violation NANO-21 query"])
        // If the time differs by this much, the query is not a copy.
        #expect(try told([(1, true, 1, 0), (2, true, 1, 2)]) == [])
        #expect(try told([(1, true, 1, 3), (2, true, 1, 0)]) == ["#2 violation NANO-21 query"])
    }
    /// A connection may repeat a possible copy many times. The monitor keeps a limited number, and reports them when a
    /// copy is excluded.
    @Test func suspicions() throws {
        let again = [(flow: Int, isClient: Bool, cookie: UInt8, second: Int64)](repeating: (2, true, 1, 0), count: 100)
        let out = try told([(1, true, 1, 0)] + again + [(2, false, 4, 0), (1, false, 2, 0), (1, false, 2, 0)])
        #expect(out.count == FreshValues.suspicionLimit && out.allSatisfy { $0 == "#103 violation NANO-21 " })
    }
    /// The client repeats a cookie, which shows when the server answers. This is not a fault of the server.
    @Test func faultOfAnother() throws {
        let talk: [(flow: Int, isClient: Bool, cookie: UInt8, second: Int64)] = [
            (1, true, 1, 0), (1, false, 2, 0), (2, true, 1, 0), (2, false, 4, 0),
        ]
        #expect(try told(talk, judged: [false]) == [])
        #expect(try told(talk, judged: [true]) == ["#4 violation NANO-21 "], "and of the client it is told")
        let late = talk.map { ($0.flow, $0.isClient, $0.cookie, Int64($0.flow) * 9) }
        #expect(try told(late, judged: [false]) == [])
        #expect(try told(late, judged: [true]) == ["#3 violation NANO-21 query"])
    }
    /// One cookie on an endless number of connections needs no more memory than many cookies.
    @Test func bounds() throws {
        let type = try #require(Definition.nano.message("nano.node_id_handshake"))
        for isSame in [true, false] {
            var values = FreshValues(Definition.nano.recording.fresh, messages: ["nano.node_id_handshake"], limit: 8)
            for flow in 1...50 {
                var message = NodeIDHandshake()
                message.query = Fixed(repeating: isSame ? 1 : UInt8(flow))
                let bytes = message.encoded()
                var record = sample.record(bytes, type)
                record.flow = flow
                _ = values.check(record, bytes.span.bytes, isWanted: true)
                #expect((1...8).contains(values.count))
            }
        }
    }
    /// One connection captured on both sides of a router, and a repeated message on one connection.
    @Test func copies() throws {
        #expect(try told([(1, true, 1, 0), (2, true, 1, 0), (1, false, 2, 1), (2, false, 2, 1)]) == [])
        #expect(try told([(1, true, 1, 0), (1, true, 1, 9)]) == [])
    }
    /// Bytes of a rejoined message that no frame contains are not shown as bytes.
    @Test func bytesOfNoFrame() {
        let bytes = Sample().encoded()
        var record = sample.record(bytes)
        record.parts = [DatagramPart(0..<1, of: 6, at: 0), DatagramPart(9..<bytes.count, of: 7, at: 0)]
        let hex = sample.render(HexRenderer(colour: false), bytes, record).split(separator: "\n").map(String.init)
        #expect(hex.contains { $0.hasPrefix("     -") && $0.hasSuffix("big: of each datagram its own") }, "\(hex)")
        #expect(hex.contains { $0.hasPrefix("  0000  07 ") && $0.hasSuffix("small: 7") }, "\(hex)")
        #expect(hex.contains { $0.hasSuffix("bigger: 9007199254740993") && !$0.hasPrefix("     -") }, "\(hex)")
    }
}
