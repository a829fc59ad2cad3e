import Node
import Testing

@testable import Capture

/// Tests that a stream of the client, cut and disturbed in every way, gives the same records.
struct TCPStreamTests {
    let wire = Wire2()
    /// Texts of 1 to 30 bytes.
    static let texts = (1...30).map { n in String(repeating: String(UnicodeScalar(UInt8(0x60 + n % 26))), count: n) }
    var stream: [UInt8] { Self.texts.flatMap { text($0) } }
    var expected: [String] { Self.texts.map { "> toy.text \($0)" } }

    /// Returns the stream as segments that end at these offsets.
    func cut(_ ends: [Int]) -> [Tap] {
        zip([0] + ends, ends + [stream.count]).filter { $0 < $1 }.map { wire.say(Array(stream[$0..<$1]), at: $0) }
    }
    func randomCuts(_ random: inout Random) -> [Int] {
        (0..<Int.random(in: 1...40, using: &random)).map { _ in Int.random(in: 1..<stream.count, using: &random) }
            .sorted()
    }

    @Test func oneByteAtATime() {
        let (kept, _) = tap(wire.opening + cut(Array(1..<stream.count)))
        #expect(kept.said == expected)
        #expect(kept.notes.isEmpty)
        // "bb" has six bytes; the opening has three frames, "a" five.
        #expect(Array(kept.records[1].frames) == [9, 10, 11, 12, 13, 14])
        #expect(kept.records[1].offset == 5)
        #expect(kept.records[1].time == Timestamp(nanoseconds: 13_000_000))
    }
    @Test func allInOneSegment() {
        let (kept, tally) = tap(wire.opening + cut([]))
        #expect(kept.said == expected)
        #expect(kept.records.allSatisfy { Array($0.frames) == [4] })
        #expect(tally.payload == stream.count)
    }
    @Test(arguments: 0..<40 as Range<UInt64>) func cutAtRandom(_ seed: UInt64) {
        var random = Random(seed: seed)
        let (kept, _) = tap(wire.opening + cut(randomCuts(&random)))
        #expect(kept.said == expected)
        #expect(kept.notes.isEmpty)
    }
    @Test(arguments: 0..<40 as Range<UInt64>) func reordered(_ seed: UInt64) {
        var random = Random(seed: seed)
        let (kept, tally) = tap(wire.opening + cut(randomCuts(&random)).shuffled(using: &random))
        #expect(kept.said == expected)
        #expect(kept.notes.isEmpty)
        #expect(tally.gaps == 0)
    }
    @Test(arguments: 0..<40 as Range<UInt64>) func repeatedAndOverlapping(_ seed: UInt64) {
        var random = Random(seed: seed)
        var segments = cut(randomCuts(&random))
        for _ in 0..<20 {
            let from = Int.random(in: 0..<stream.count, using: &random)
            let to = Int.random(in: from...stream.count, using: &random)
            let place = Int.random(in: 0...segments.count, using: &random)
            segments.insert(wire.say(Array(stream[from..<to]), at: from), at: place)
        }
        let (kept, tally) = tap(wire.opening + segments)
        #expect(kept.said == expected)
        #expect(kept.notes.isEmpty)
        #expect(tally.payload == stream.count)
    }
    @Test(arguments: 0..<20 as Range<UInt64>) func acrossTheEndOfSequenceNumbers(_ seed: UInt64) {
        var random = Random(seed: seed)
        var late = wire
        late.up = UInt32.max - UInt32(truncatingIfNeeded: seed * 20)
        let segments = cut(randomCuts(&random)).map { s in
            var s = s
            s.sequence = s.sequence &- wire.up &+ late.up
            return s
        }
        let (kept, tally) = tap(late.opening + segments.shuffled(using: &random))
        #expect(kept.said == expected)
        #expect(tally.flows == 1)
    }
    /// The messages that are complete on either side of a gap are read.
    @Test(arguments: 0..<40 as Range<UInt64>) func gap(_ seed: UInt64) {
        var random = Random(seed: seed)
        var segments = cut(randomCuts(&random))
        guard segments.count > 2 else { return }
        let lost = segments.remove(at: Int.random(in: 1..<segments.count - 1, using: &random))
        let from = Int(lost.sequence - wire.up)
        var at = 0
        let survivors = Self.texts.filter { t in
            defer { at += t.utf8.count + 4 }
            return at + t.utf8.count + 4 <= from || at >= from + lost.payload.count
        }
        let (kept, tally) = tap(wire.opening + segments)
        #expect(kept.said.filter { $0.contains("toy.text") } == survivors.map { "> toy.text \($0)" })
        #expect(tally.gaps == 1)
        #expect(tally.gapBytes == lost.payload.count)
        #expect(kept.notes.contains { $0.hasPrefix("\(lost.payload.count) bytes are missing from the capture") })
        #expect(kept.records.allSatisfy { $0.kind != .malformed })
        #expect(kept.bytes.reduce(0) { $0 + $1.count } == stream.count - lost.payload.count)
        for (record, bytes) in zip(kept.records, kept.bytes) {
            #expect(Array(stream.dropFirst(Int(record.offset)).prefix(record.length)) == bytes)
        }
    }
    /// A FIN shows where the stream ends, so bytes that are missing right before it are reported.
    @Test func gapBeforeTheEnd() {
        let fin = wire.say([], at: 20, [.fin, .acknowledges])
        let (kept, tally) = tap(wire.opening + [wire.say(text("hello"), at: 0), fin])
        #expect(tally.gaps == 1 && tally.gapBytes == 11)
        #expect(kept.said.first == "> toy.text hello")
        #expect(kept.notes == ["11 bytes are missing from the capture before this"])
        // The entire data of the stream are missing.
        let (nothing, total) = tap(wire.opening + [fin])
        #expect(total.gaps == 1 && total.gapBytes == 20 && nothing.records.map(\.length) == [0])
        // The data arrive later, or there are no data.
        #expect(tap(wire.opening + [fin, wire.say(text(String(repeating: "x", count: 16)), at: 0)]).1.gaps == 0)
        #expect(tap(wire.opening + [wire.say([], at: 0, [.fin, .acknowledges])]).1.gaps == 0)
    }
    @Test(arguments: 0..<40 as Range<UInt64>) func beginsMidStream(_ seed: UInt64) {
        var random = Random(seed: seed)
        let from = Int.random(in: 1..<stream.count, using: &random)
        let segments = cut(randomCuts(&random)).filter { Int($0.sequence - wire.up) >= from }
        guard let first = segments.first else { return }
        var at = 0
        let survivors = Self.texts.filter { t in
            defer { at += t.utf8.count + 4 }
            return at >= Int(first.sequence - wire.up)
        }
        let (kept, tally) = tap(segments)
        #expect(kept.said.filter { $0.contains("toy.text") } == survivors.map { "> toy.text \($0)" })
        #expect(kept.notes.first?.hasPrefix("the capture begins inside this connection") == true)
        #expect(kept.records.allSatisfy { $0.kind != .malformed })
        #expect(tally.gaps == 0)
    }
    @Test func contentThatContradictsItselfIsTold() {
        for order in [[0, 1, 2], [0, 2, 1], [1, 2, 0]] {
            let pieces = [
                wire.say(Array(text("hello").prefix(6)), at: 0), wire.say(Array(text("jello")[4...]), at: 4),
                wire.say(text("next"), at: 9),
            ]
            let (kept, _) = tap(wire.opening + order.map { pieces[$0] })
            let jello = order[0] == 1
            // The content that arrived first counts.
            #expect(kept.said == ["> toy.text \(jello ? "jello" : "hello")", "> toy.text next"])
            #expect(kept.notes.contains { $0.contains("repeated with different content") })
        }
    }
    @Test func retransmissionOfAFinishedMessageThatDiffers() {
        let (kept, _) = tap(
            wire.opening + [wire.say(text("hello"), at: 0), wire.say(text("jello"), at: 0), wire.say(text("x"), at: 9)])
        #expect(kept.said == ["> toy.text hello", "> toy.text x"])
        #expect(kept.records[1].notes.map(\.severity) == [.warning])
    }
    @Test func keepAliveProbesSayNothing() {
        let probes = [wire.say([], at: -1), wire.say([0], at: -1), wire.say([], at: 4), wire.say([0x61], at: 4)]
        let (kept, _) = tap(wire.opening + [wire.say(text("a"), at: 0)] + probes + [wire.say(text("b"), at: 5)])
        #expect(kept.said == ["> toy.text a", "> toy.text b"])
        #expect(kept.notes.isEmpty)
    }
    @Test func acknowledgedHoleIsGivenUpAfterAWhile() {
        var segments = wire.opening + [wire.say(text("b"), at: 5), wire.answer(text("ok"), at: 0, received: 10)]
        for i in 0..<40 { segments.append(wire.answer(text("."), at: 6 + 5 * i, received: 10)) }
        segments.append(wire.answer(text("end"), at: 206, received: 10))
        let (kept, tally) = tap(segments)
        let b = kept.said.firstIndex(of: "> toy.text b")
        #expect(b != nil && b != kept.said.count - 1, "not only at the end of the capture")
        #expect(tally.gaps == 1)
    }
    @Test func lateSegmentFillsAnAcknowledgedHole() {
        let (kept, tally) = tap(
            wire.opening + [
                wire.say(text("b"), at: 5), wire.answer(text("ok"), at: 0, received: 10), wire.say(text("a"), at: 0),
            ])
        #expect(kept.said == ["< toy.text ok", "> toy.text a", "> toy.text b"])
        #expect(tally.gaps == 0)
    }
    @Test func tooMuchBehindAHole() {
        let big = [UInt8](repeating: 0, count: 60_000)
        let segments = (0..<80).map { wire.say(big, at: 5 + $0 * big.count) }
        let late = [wire.say(text("a"), at: 0), wire.say(text("end"), at: 5 + 80 * big.count)]
        var limits = CaptureLimits()
        limits.strange = .max
        let (kept, tally) = tap(wire.opening + segments + late, reading: ReadingOptions(limits: limits))
        #expect(tally.gapBytes == 5)
        #expect(kept.captureNotes.map(\.frame) == [3 + 70], "more than 4 MiB wait")
        // The missing data arrive after the hole was given up, which is too late.
        #expect(!kept.said.contains("> toy.text a"))
        #expect(kept.said.last == "> toy.text end")
    }
    /// The maximum number of waiting pieces loses no data. With one more, the hole before them is given up and
    /// reported.
    @Test(arguments: [0, 1]) func tooManyPiecesBehindAHole(_ more: Int) {
        let stream = text("late") + (0..<513).flatMap { _ in text("four") }
        let hole = text("late").count
        let limit = CaptureLimits().pieces
        let early = (0..<limit + more).map { wire.say([stream[hole + $0]], at: hole + $0) }
        let late = [
            wire.say(Array(stream[..<hole]), at: 0),
            wire.say(Array(stream[(hole + early.count)...]), at: hole + early.count),
        ]
        let (kept, tally) = tap(wire.opening + early + late)
        #expect(tally.payload == stream.count - more * hole)
        #expect(tally.gapBytes == more * hole)
        #expect(kept.said == (more == 0 ? ["> toy.text late"] : []) + Array(repeating: "> toy.text four", count: 513))
        #expect(kept.captureNotes.map(\.flow) == (more == 0 ? [] : [1]))
        if more == 1 {
            #expect(kept.captureNotes[0].frame == 3 + limit + 1)
            #expect(kept.captureNotes[0].text.contains("8 bytes of what \(wire.client) sends are dropped"))
        }
    }
    @Test func snapLengthLeavesAGap() {
        let packets =
            (wire.opening + [
                wire.say(text("abcdefgh"), at: 0), wire.say(text("whole"), at: 12),
            ]).enumerated().map { i, s in
                let bytes = Wrapping.raw.packet(s)
                return i == 3 ? Tapped(Array(bytes.dropLast(3)), length: bytes.count) : Tapped(bytes)
            }
        let (kept, tally) = tap(packets, .raw)
        #expect(kept.records.map(\.name) == ["toy.incomplete", "toy.text"])
        #expect(kept.bytes.map(\.count) == [9, 9])
        #expect(tally.gapBytes == 3)
    }
}
