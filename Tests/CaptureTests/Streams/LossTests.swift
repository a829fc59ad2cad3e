import Node
import Testing
import Wire

@testable import Capture

/// Tests of missing and injected packets: each loss is reported, and no finding based on it is certain.
struct LossTests {
    let wire = Wire2()

    /// Bytes inside a message that look like a message prove nothing after a gap; several messages in a row do.
    @Test func evidenceBehindAGap() {
        let inside = [7, 7, 7] + text("x") + [UInt8](repeating: 7, count: 30)
        func severities(_ rest: [UInt8]) -> [Severity] {
            let (kept, _) = tap(
                wire.opening + [
                    wire.say(text("a"), at: 0), wire.say(rest, at: 100), wire.answer([], at: 0, received: 90),
                ])
            return kept.records.flatMap(\.notes).filter { !$0.text.contains("are missing") }.map(\.severity)
        }
        #expect(!severities(inside + text("bad") + inside).contains(.violation))
        let long = (0..<FramingConfidence.messages).flatMap { _ in text(String(repeating: "y", count: 200)) }
        #expect(severities(inside + long + text("bad")).last == .violation)
        #expect(severities(inside + long + [UInt8](repeating: 7, count: 30)).last == .violation)
    }
    /// An injected SYN without a SYN-ACK, and the challenge acknowledgement for it, do not end the connection.
    @Test func injectedSyn() {
        for (up, flags) in [(77_000, TCPFlags.syn), (1010, .syn), (2_000_000_000, [.syn, .acknowledges])]
            as [(UInt32, TCPFlags)]
        {
            for isClient in [true, false] {
                var forged = isClient ? wire.say([], at: 0, flags) : wire.answer([], at: 0, flags)
                forged.sequence = up
                let challenge = isClient ? wire.answer([], at: 5, received: 5) : wire.say([], at: 5)
                let (kept, tally) = tap(
                    wire.opening + [
                        wire.say(text("a"), at: 0), wire.answer(text("b"), at: 0, received: 5), forged, challenge,
                        wire.say(text("c"), at: 5), wire.answer(text("d"), at: 5, received: 10),
                        wire.say(text("e"), at: 10),
                    ])
                #expect(kept.said == ["> toy.text a", "< toy.text b", "> toy.text c", "< toy.text d", "> toy.text e"])
                #expect(tally.flows == 1 && tally.gaps == 0 && kept.notes.isEmpty, "\(kept.notes)")
            }
        }
    }
    /// Another connection between the same endpoints is recognized, with or without the answer to its SYN.
    @Test(arguments: [0, 1, 2]) func reopened(missing: Int) {
        var again = wire
        (again.up, again.down) = (770_000_001, 880_000_001)
        var opening = again.opening
        if missing > 0 { opening.remove(at: missing) }
        let (kept, tally) = tap(
            wire.opening + [wire.say(text("a"), at: 0)] + opening + [
                again.say(text("b"), at: 0), again.say(text("c"), at: 5),
            ])
        #expect(kept.said == ["> toy.text a", "> toy.text b", "> toy.text c"])
        #expect(kept.records.map(\.flow) == [1, 2, 2] && tally.flows == 2)
        #expect(tally.gaps == 0)
    }
    /// Data that the peer has acknowledged but the capture lacks are reported, wherever they are.
    @Test func acknowledgedAndMissing() {
        func lacks(_ segments: [Tap]) -> (Int, Int) {
            let (kept, tally) = tap(segments)
            #expect((tally.gapBytes > 0) == kept.notes.contains { $0.contains("missing from the capture") })
            return (tally.gaps, tally.gapBytes)
        }
        #expect(lacks(wire.opening + [wire.say(text("a"), at: 0), wire.answer([], at: 0, received: 5)]) == (0, 0))
        #expect(lacks(wire.opening + [wire.say(text("a"), at: 0), wire.answer([], at: 0, received: 25)]) == (1, 20))
        #expect(
            lacks(wire.opening + [wire.answer([], at: 0, received: 25)]) == (1, 25),
            "a direction of which nothing was seen")
        // No window is that large: such an acknowledgement does not belong to this connection.
        let forged = wire.answer([], at: 0, received: 2_000_000_000)
        #expect(lacks(wire.opening + [wire.say(text("a"), at: 0), forged]) == (0, 0))
        // After a FIN, which counts as one byte, there are no data.
        let fin = wire.say(text("a"), at: 0, [.fin, .acknowledges])
        #expect(lacks(wire.opening + [fin, wire.answer([], at: 0, received: 6)]) == (0, 0))
        #expect(lacks(wire.opening + [wire.say([], at: 5, [.fin, .acknowledges])]) == (1, 5))
        // The capture begins in the middle: data that must have been sent in between.
        let inside = [
            wire.answer([], at: 0, received: 5), wire.answer([], at: 0, received: 30), wire.say(text("a"), at: 30),
        ]
        #expect(lacks(inside) == (1, 25))
        // The acknowledgement of a reset may have any value.
        #expect(lacks(wire.opening + [wire.answer([], at: 0, received: 9999, [.reset, .acknowledges])]) == (0, 0))
    }
    /// One byte with any value checks whether the other side still exists.
    @Test func keepAliveProbe() {
        let said = [wire.say(text("a"), at: 0), wire.answer([], at: 0, received: 5)]
        let (kept, tally) = tap(wire.opening + said + [wire.say([0], at: 4), wire.say(text("b"), at: 5)])
        #expect(kept.said == ["> toy.text a", "> toy.text b"] && kept.notes.isEmpty && tally.contradictions == 0)
        #expect(
            tap(wire.opening + said + [wire.say([0, 0], at: 3), wire.say(text("b"), at: 5)]).1.contradictions == 1)
    }
    /// A FIN ahead of the stream is not the end: the following data are read up to the real end.
    @Test(arguments: [100, 100_000, 2_000_000_000]) func forgedFin(at place: Int) {
        let forged = wire.say([], at: place, [.fin, .acknowledges])
        let (kept, tally) = tap(
            wire.opening + [
                wire.say(text("a"), at: 0), forged, wire.answer(text("b"), at: 0, received: 5),
                wire.say(text("c"), at: 5, [.fin, .acknowledges]),
                wire.answer([], at: 5, received: 11, [.fin, .acknowledges]),
            ])
        #expect(kept.said == ["> toy.text a", "< toy.text b", "> toy.text c"])
        #expect(kept.notes.isEmpty && tally.gaps == 0, "\(kept.notes)")
        // Without the real FIN, the answers of the other side decide.
        let answers = (0..<3).map { wire.answer(text("b"), at: 5 * $0, received: 5) }
        #expect(tap(wire.opening + [wire.say(text("a"), at: 0), forged] + answers).1.gaps == 0)
    }
    /// Unacknowledged bytes far ahead do not disturb a stream that continues: all real data are read.
    @Test(arguments: [[], ["answers"], ["pause"], ["answers", "pause"]], [1000, 100_000, 1_500_000_000])
    func forgedBytes(_ how: [String], at place: Int) {
        var packets = (wire.opening + [wire.say(text("a"), at: 0), wire.say([1, 2, 3], at: place)]).map {
            Tapped(Wrapping.ethernet.packet($0))
        }
        var second: Int64 = 0
        for i in 1...20 {
            second += how.contains("pause") ? 130 : 10
            let time = second * 1_000_000_000
            if how.contains("answers") {
                let answer = wire.answer(text("b"), at: 5 * i - 5, received: 5 * i)
                packets.append(Tapped(Wrapping.ethernet.packet(answer), time: time))
            }
            packets.append(Tapped(Wrapping.ethernet.packet(wire.say(text("c"), at: 5 * i)), time: time))
        }
        let (kept, tally) = tap(packets, .ethernet)
        #expect(kept.said.count { $0 == "> toy.text c" } == 20)
        #expect(kept.said.count { $0 == "< toy.text b" } == (how.contains("answers") ? 20 : 0))
        // Such bytes count as real only at the end.
        #expect(tally.gaps == 1 && tally.gapBytes == place - 105 && kept.notes.contains { $0.contains("are missing") })
    }
    /// A gap that the other side acknowledged is given up after later segments of its own connection, or after a while,
    /// and not because of packets of other connections. So a part of a capture gives the same records.
    @Test func acknowledgedHoleWaitsForItsOwnConnection() {
        func told(own: Int, others: Int, seconds: Int64 = 0) -> Int? {
            var other = wire
            other.client.port = 41_000
            let hole = [wire.say(text("b"), at: 5), wire.answer([], at: 0, received: 10)]
            var all = (wire.opening + hole).map { ($0, 0 as Int64) }
            all += (0..<others).map { (other.say(text("x"), at: 5 * $0), 0) }
            all += (0..<own).map { _ in (wire.answer([], at: 0, received: 10), seconds) }
            let count = all.count
            let end = wire.say(text("a"), at: 0)
            let packets = (all + [(end, seconds)]).map {
                Tapped(Wrapping.ethernet.packet($0.0), time: $0.1 * 1_000_000_000)
            }
            let (kept, tally) = tap(packets, .ethernet)
            #expect((tally.gaps > 0) == !kept.said.contains("> toy.text a"), "\(count) packets")
            return tally.gaps > 0 ? tally.gapBytes : nil
        }
        #expect(told(own: 0, others: 100) == nil && told(own: TCPStream.patience - 1, others: 5) == nil)
        #expect(told(own: TCPStream.patience + 1, others: 0) == 5)
        #expect(told(own: 2, others: 0, seconds: 3) == 5 && told(own: 2, others: 0, seconds: 1) == nil)
    }
    /// A message whose last bytes filled a gap has the time of the packet that brought them, and so has the next one,
    /// which waited for them. Its frames are those of its own bytes.
    @Test func messagesAfterFilledGapHaveItsTime() {
        let (kept, _) = tap(wire.opening + [wire.say(text("b"), at: 5), wire.say(text("a"), at: 0)])
        #expect(kept.said == ["> toy.text a", "> toy.text b"])
        #expect(kept.records.map(\.time.nanoseconds) == [4_000_000, 4_000_000])
        #expect(kept.records.map { Array($0.frames) } == [[5], [4]])
    }
    /// A hole without an acknowledgement of the other side is given up after two minutes.
    @Test func holeThatNobodyAcknowledged() {
        func at(_ second: Int64, _ segment: Tap) -> Tapped {
            Tapped(Wrapping.ethernet.packet(segment), time: second * 1_000_000_000)
        }
        let said = [(119, "x"), (122, "y"), (123, "z")].enumerated().map { i, one in
            at(one.0, wire.answer(text(one.1), at: 5 * i, []))
        }
        let (kept, tally) = tap(wire.opening.map { at(0, $0) } + [at(1, wire.say(text("b"), at: 5))] + said, .ethernet)
        #expect(kept.said == ["< toy.text x", "< toy.text y", "> toy.text b", "< toy.text z"])
        #expect(tally.gaps == 1 && tally.gapBytes == 5)
    }
    /// If a later piece is captured first at the beginning, the earlier ones are placed before it, in any order.
    @Test func laterPieceFirst() {
        let said = ["a", "b", "c", "d"]
        for order in [[1, 0, 2, 3], [2, 1, 0, 3], [3, 2, 1, 0], [1, 2, 3, 0], [2, 0, 3, 1]] {
            for end in [[], [wire.answer(text("e"), at: 0, received: 20)]] {
                let (kept, tally) = tap(order.map { wire.say(text(said[$0]), at: 5 * $0) } + end)
                #expect(Array(kept.said.prefix(4)) == said.map { "> toy.text \($0)" }, "\(order)")
                #expect(kept.records.count == 4 + end.count && tally.gaps == 0 && tally.repeatedBytes == 0)
                #expect(kept.notes.count { $0.contains("begins inside") } == 1 + end.count, "\(kept.notes)")
                #expect(!kept.notes.contains { $0.contains("missing") || $0.contains("too late") }, "\(kept.notes)")
                #expect(kept.records.prefix(4).map(\.offset) == [0, 5, 10, 15])
            }
        }
        // Cut within messages, and with repeated bytes.
        let all = said.flatMap { text($0) }
        let (kept, tally) = tap([
            wire.say(Array(all[7..<13]), at: 7), wire.say(Array(all[..<9]), at: 0), wire.say(Array(all[13...]), at: 13),
        ])
        #expect(kept.said == said.map { "> toy.text \($0)" } && tally.repeatedBytes == 2 && tally.contradictions == 0)
    }
    /// A piece that arrives too late, after an answer, or without reaching the known data is not placed, but reported.
    @Test func tooLateForItsPlace() {
        func told(_ segments: [Tap], _ bytes: Int, _ said: [String]) {
            let (kept, _) = tap(segments)
            #expect(kept.said == said)
            #expect(
                kept.notes.contains { $0.hasPrefix("\(bytes) bytes before the first ones that were captured") },
                "\(kept.notes)")
        }
        let gone = wire.say([UInt8](repeating: 1, count: 50), at: 0)
        let later = ["b", "c", "d", "e", "f"].enumerated().map { wire.say(text($1), at: 50 + 5 * $0) }
        told(Array(later[..<4]) + [gone, later[4]], 50, ["b", "c", "d", "e", "f"].map { "> toy.text \($0)" })
        told(
            [later[0], wire.answer(text("x"), at: 0, received: 55), gone, later[1]], 50,
            ["> toy.text b", "< toy.text x", "> toy.text c"])
        let short = wire.say([UInt8](repeating: 1, count: 40), at: 0)
        told([later[0], short, later[1]], 40, ["> toy.text b", "> toy.text c"])
    }
    /// Differences of any two times do not overflow.
    @Test func hugeTimes() {
        let (least, most) = (Timestamp(nanoseconds: .min), Timestamp(nanoseconds: .max))
        #expect(most.passed(since: least) == .max && least.passed(since: most) == .min)
        #expect(most.moved(by: 1) == most && least.moved(by: -1) == least)
        #expect(Instant(told: most.passed(since: least)).nanoseconds == Instant.latest)
        #expect(Instant(told: -1) == .zero && Instant.zero - Instant(nanoseconds: .min) == .nanoseconds(Int64.max))
    }
}
