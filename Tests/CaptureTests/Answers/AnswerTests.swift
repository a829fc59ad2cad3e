import Testing
import Wire

@testable import Capture
@testable import Node

/// Tests of the assignment of answers to requests, by exchanges of a made-up protocol.
struct AnswerTests {
    /// A second in the times of packets.
    private static let second: Int64 = 1_000_000_000
    private static let wire = Wire2()

    private enum Word: UInt8 {
        /// A request without a key and its answer.
        case ask = 1
        case answer = 2
        /// A request with a key and its answer.
        case call = 3
        case result = 4
    }
    private static func definition(isOptional: Bool = false) -> Definition {
        var toy = Definition.toy
        func side(_ word: Word, key: [String] = []) -> MessageExchange.Side {
            .init("toy.number", key: key, .equals("digit", .uint(UInt64(word.rawValue))))
        }
        toy.exchanges = [
            MessageExchange(side(.ask), side(.answer), isOptional: isOptional),
            MessageExchange(side(.call, key: ["rest"]), side(.result, key: ["rest"])),
        ]
        return toy
    }
    /// A message at a time in seconds; nil: it is missing from the capture.
    private struct Said {
        var isFromClient: Bool
        var bytes: [UInt8]
        var time: Double
        var isLost = false
    }
    private static func say(
        _ word: Word, _ key: UInt16 = 0, fromClient isFromClient: Bool, at time: Double = 0, isLost: Bool = false
    ) -> Said {
        var number = ToyNumber()
        (number.digit, number.rest) = (word.rawValue, key)
        return Said(isFromClient: isFromClient, bytes: number.encoded(), time: time, isLost: isLost)
    }
    private static func ask(at time: Double = 0, isLost: Bool = false) -> Said {
        say(.ask, fromClient: true, at: time, isLost: isLost)
    }
    private static func answer(at time: Double = 0, isLost: Bool = false) -> Said {
        say(.answer, fromClient: false, at: time, isLost: isLost)
    }
    private static func call(_ key: UInt16, at time: Double = 0) -> Said {
        say(.call, key, fromClient: true, at: time)
    }
    private static func result(_ key: UInt16, at time: Double = 0) -> Said {
        say(.result, key, fromClient: false, at: time)
    }
    private static func read(_ all: [Said], _ definition: Definition, hasOpening: Bool = true) -> Kept {
        var packets = hasOpening ? wire.opening.map { Tapped(Wrapping.ethernet.packet($0)) } : []
        var (up, down) = (0, 0)
        for said in all {
            let segment =
                said.isFromClient
                ? wire.say(said.bytes, at: up) : wire.answer(said.bytes, at: down, received: up)
            if said.isFromClient { up += said.bytes.count } else { down += said.bytes.count }
            guard !said.isLost else { continue }
            packets.append(
                Tapped(Wrapping.ethernet.packet(segment), time: Int64(said.time * Double(second))))
        }
        return tap(packets, .ethernet, [definition]).0
    }
    /// Returns the pairs of requests and answers, by their numbers among the records.
    private static func pairs(_ all: [Said], isOptional: Bool = false, hasOpening: Bool = true) -> [[Int]] {
        read(all, definition(isOptional: isOptional), hasOpening: hasOpening).pairs
    }

    @Test func pairsAnswersWithoutKeyInOrder() {
        let kept = Self.read(
            [Self.ask(), Self.ask(), Self.answer(), Self.answer(at: 1)], Self.definition())
        #expect(kept.pairs == [[1, 3], [2, 4]])
        // Packets are a millisecond apart.
        #expect(kept.records.last?.answers?.after == Self.second + 2_000_000)
    }
    @Test func leavesAnswerToSeveralRequestsOpenIfSomeStayUnanswered() {
        let early = [Self.ask(), Self.ask(), Self.answer()]
        #expect(Self.pairs(early, isOptional: true) == [])
        #expect(Self.pairs(early + [Self.ask(at: 11), Self.answer(at: 12)], isOptional: true) == [[4, 5]])
        let single = [Self.ask(), Self.answer(), Self.ask(), Self.answer()]
        #expect(Self.pairs(single, isOptional: true) == [[1, 2], [3, 4]])
    }
    @Test func answersRequestOnce() {
        #expect(Self.pairs([Self.ask(), Self.answer(), Self.answer()]) == [[1, 2]])
        #expect(Self.pairs([Self.call(7), Self.result(7), Self.result(7)]) == [[1, 2]])
    }
    @Test func ignoresAnswerOfSameDirection() {
        let (a, b) = (Self.say(.answer, fromClient: true), Self.say(.result, 7, fromClient: true))
        #expect(Self.pairs([Self.ask(), a, Self.call(7), b]) == [])
    }
    @Test func leavesAnswerWithoutRequestAlone() {
        #expect(Self.pairs([Self.answer(), Self.result(7)]) == [])
        // The request of the first answer may be delayed, so the next request need not be answered by the second one.
        #expect(Self.pairs([Self.answer(), Self.ask(), Self.answer()]) == [])
        #expect(Self.pairs([Self.answer(), Self.ask(at: 11), Self.answer(at: 12)]) == [[2, 3]])
    }
    @Test func forgetsRequestThatNobodyAnswers() {
        #expect(Self.pairs([Self.ask(), Self.answer(at: 9)]) == [[1, 2]])
        #expect(Self.pairs([Self.ask(), Self.answer(at: 11)]) == [])
        #expect(Self.pairs([Self.ask(), Self.ask(at: 60), Self.answer(at: 61)]) == [[2, 3]])
        // The answer to the first request may be late.
        #expect(Self.pairs([Self.ask(), Self.ask(at: 11), Self.answer(at: 12)]) == [])
    }
    /// The answer to a request before the capture is not the answer to the first request in it.
    @Test func waitsInCaptureFromTheMiddle() {
        let first = [Self.ask(), Self.answer(), Self.answer()]
        let later = [Self.ask(at: 11), Self.answer(at: 12)]
        #expect(Self.pairs(first + later, hasOpening: false) == [[4, 5]])
        #expect(Self.pairs(first, hasOpening: true) == [[1, 2]])
    }
    @Test func forgetsRequestsAtGap() {
        // The second request is lost: the first answer after the gap may be its own.
        let lost = [Self.ask(), Self.ask(isLost: true), Self.ask(), Self.answer(), Self.answer(), Self.answer()]
        #expect(Self.pairs(lost) == [])
        // The first answer is lost.
        let answers = [Self.ask(), Self.answer(isLost: true), Self.ask(), Self.answer()]
        #expect(Self.pairs(answers) == [])
        // A request with a key before the gap is forgotten too.
        let calls = [
            Self.call(7), Self.ask(isLost: true), Self.call(8), Self.result(7), Self.result(8), Self.call(9, at: 1),
            Self.result(9, at: 1),
        ]
        let kept = Self.read(calls, Self.definition())
        #expect(!kept.pairs.contains { $0.first == 1 })
    }
    @Test func takesLastRequestIfKeyIsUsedAgain() {
        #expect(Self.pairs([Self.call(7), Self.call(7), Self.result(7), Self.result(7)]) == [[2, 3]])
        let again = [Self.call(7), Self.result(7), Self.call(7), Self.result(7)]
        #expect(Self.pairs(again) == [[1, 2], [3, 4]])
        #expect(Self.pairs([Self.call(7), Self.call(8), Self.result(8), Self.result(7)]) == [[2, 3], [1, 4]])
    }
    @Test func keepsConnectionsApart() {
        let other = Wire2(client: Endpoint(v4: 0x0a00_0001, port: 40_001))
        var number = ToyNumber()
        (number.digit, number.rest) = (Word.call.rawValue, 7)
        var result = number
        result.digit = Word.result.rawValue
        let segments =
            Self.wire.opening + other.opening
            + [Self.wire.say(number.encoded(), at: 0), other.answer(result.encoded(), at: 0)]
        #expect(tap(segments, .ethernet, [Self.definition()]).0.pairs == [])
    }
    @Test func saysNothingUnlessWanted() {
        struct Unwanted: RecordSink {
            var answers = 0
            mutating func record(_ record: borrowing Record, _ bytes: RawSpan) {
                if record.answers != nil { answers += 1 }
            }
        }
        var (table, sink) = (FlowTable([Self.definition()]), Unwanted())
        let said = [Self.call(7), Self.result(7)]
        let segments =
            Self.wire.opening + [
                Self.wire.say(said[0].bytes, at: 0), Self.wire.answer(said[1].bytes, at: 0),
            ]
        for (i, segment) in segments.enumerated() {
            let bytes = Wrapping.ethernet.packet(segment)
            table.receive(
                Packet(
                    number: i + 1, time: Timestamp(nanoseconds: 0), length: bytes.count, link: .ethernet,
                    bytes: bytes.span.bytes), &sink)
        }
        table.finish(&sink)
        #expect(sink.answers == 0 && Self.pairs(said) == [[1, 2]])
    }

    // MARK: - Memory

    @Test func forgetsOldestKeysBeyondLimit() {
        var requests = KeyedRequests()
        for i in 0...KeyedRequests.limit {
            requests.add(OpenRequest(record: i, time: Timestamp(nanoseconds: 0)), UInt64(i))
        }
        #expect(requests.take(0) == nil)
        #expect(requests.take(1)?.record == 1)
        #expect(requests.take(1) == nil)
        #expect(requests.take(UInt64(KeyedRequests.limit))?.record == KeyedRequests.limit)
    }
    /// A key that is used again is as new as its last request.
    @Test func keepsKeyThatIsUsedAgain() {
        var requests = KeyedRequests()
        for i in 0..<KeyedRequests.limit {
            requests.add(OpenRequest(record: i, time: Timestamp(nanoseconds: 0)), i == 100 ? 0 : UInt64(i))
        }
        requests.add(OpenRequest(record: -1, time: Timestamp(nanoseconds: 0)), .max)
        #expect(requests.take(0)?.record == 100)
    }
    @Test func forgetsQueueThatIsTooLong() {
        let asks = (0...RequestQueues.longest).map { _ in Self.ask() }
        let answers = asks.map { _ in Self.answer() }
        #expect(Self.pairs(asks + answers) == [])
        #expect(Self.pairs(Array(asks.dropLast()) + answers.dropLast()).count == RequestQueues.longest)
    }
    @Test func doubtsAllConnectionsBeyondLimitOfLosses() {
        var losses = ConnectionLosses()
        #expect(losses[1].time == nil)
        for flow in 1...ConnectionLosses.limit { losses.lose(flow, at: Timestamp(nanoseconds: 5)) }
        let before = losses[1]
        #expect(losses[0].time == nil)
        losses.lose(0, at: Timestamp(nanoseconds: 9))
        #expect(losses[1].count != before.count && losses[1].time == Timestamp(nanoseconds: 9))
        #expect(losses[ConnectionLosses.limit + 5].time != nil && losses[0].count != losses[1].count)
    }
}
