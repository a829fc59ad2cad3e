import Node
import Testing

@testable import Capture

/// Tests of connections that the capture saw in part, and of segments without new data.
struct ConnectionTests {
    let wire = Wire2()

    /// A SYN without an answer, an answer without a SYN, one direction alone, and only the end of a connection can be
    /// read.
    @Test func halfOpen() {
        let hello = wire.say(text("hello"), at: 0)
        let (onlySyn, tally) = tap([wire.opening[0]])
        #expect(onlySyn.records.isEmpty && tally.flows == 1 && tally.unknownFlows == 0 && tally.gaps == 0)
        let (unanswered, _) = tap([wire.opening[0], hello])
        #expect(unanswered.said == ["> toy.text hello"] && unanswered.notes.isEmpty)
        let (answerOnly, _) = tap([wire.opening[1], wire.answer(text("ok"), at: 0)])
        #expect(answerOnly.said == ["< toy.text ok"])
        var end = wire.say([], at: 50, [.fin, .acknowledges])
        end.acknowledgement = wire.down &+ 70
        let (ends, total) = tap([
            end, wire.answer([], at: 70, received: 51, [.fin, .acknowledges]),
        ])
        #expect(ends.records.isEmpty && total.gaps == 0)
    }
    /// A probe of a closed window carries the next byte, which the receiver may drop. The byte is sent again with the
    /// following data.
    @Test func windowProbes() {
        let all = text("hello")
        let (kept, tally) = tap(
            wire.opening + [
                wire.say(Array(all.prefix(4)), at: 0), wire.answer([], at: 0, received: 4), wire.say([all[4]], at: 4),
                wire.answer([], at: 0, received: 4), wire.say([all[4]], at: 4), wire.answer([], at: 0, received: 4),
                wire.say(Array(all[4...]), at: 4), wire.answer([], at: 0, received: 9),
            ])
        #expect(kept.said == ["> toy.text hello"] && kept.notes.isEmpty)
        #expect(tally.payload == 9 && tally.repeatedBytes == 2 && tally.gaps == 0)
    }
    /// Data of one side wait for its missing bytes, but not data of the other side. The time of a record is the time
    /// when all bytes up to its last one had arrived.
    @Test func directionsAreOrderedByTime() {
        let (kept, _) = tap(
            wire.opening + [
                wire.say(text("one"), at: 0), wire.answer(text("two"), at: 0, received: 7),
                wire.say(text("four"), at: 14), wire.answer(text("three"), at: 7, received: 7),
                wire.say(text("lat"), at: 7), wire.answer(text("five"), at: 16, received: 22),
            ])
        #expect(
            kept.said == [
                "> toy.text one", "< toy.text two", "< toy.text three", "> toy.text lat", "> toy.text four",
                "< toy.text five",
            ])
        #expect(kept.records.map { $0.frames[0] } == [4, 5, 7, 8, 6, 9])
        #expect(kept.records.map { Int($0.time.nanoseconds / 1_000_000) } == [3, 4, 6, 7, 7, 8])
    }
    /// The table entry of an idle connection is small; `meshspec-bench idle` measures a million of them.
    @Test func idleConnectionsAreSmall() { #expect(MemoryLayout<Flow>.stride <= 200) }
}
