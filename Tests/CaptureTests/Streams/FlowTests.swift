@testable import Node
import Testing
import Wire

@testable import Capture

/// Tests of connections: the opener, the protocol, the end, and the findings on their messages.
struct FlowTests {
    let wire = Wire2()
    /// A wire with a port of no known protocol.
    var strange: Wire2 {
        var w = wire
        w.server.port = 5555
        return w
    }

    @Test func clientIsWhoSentSyn() {
        var w = wire
        (w.client.port, w.server.port) = (9000, 50_000)
        // The bytes select the protocol, not the port of the client.
        let (kept, _) = tap(w.opening + [w.say(text("hello"), at: 0)])
        #expect(kept.said == ["> toy.text hello"])
        // The SYN is lost: the receiver of the SYN-ACK opened the connection.
        let (late, _) = tap(w.opening.dropFirst() + [w.say(text("hello"), at: 0)])
        #expect(late.said == ["> toy.text hello"])
    }
    @Test func clientIsTheHigherPortInTheMiddle() {
        let (kept, _) = tap([wire.answer(text("b"), at: 0), wire.say(text("a"), at: 0)])
        #expect(kept.said == ["< toy.text b", "> toy.text a"])
    }
    @Test func onlookerIsAsked() {
        let (kept, _) = tap(
            wire.opening + [wire.answer(text("b"), at: 0), wire.say(text("bad"), at: 0), wire.say(text("ok"), at: 7)])
        #expect(kept.records[0].notes == [Finding(.violation, "TOY-01", "the server speaks first")])
        #expect(kept.records[1].notes == [Finding(.violation, "TOY-02", path: "body", "is bad")])
        #expect(kept.records[2].notes.isEmpty)
    }
    /// After a gap the passive observer starts anew, because a rule may depend on the missing data.
    @Test func onlookerForgetsWhatIsBeforeAGap() {
        let (kept, _) = tap(
            wire.opening + [wire.say(text("ok"), at: 0), wire.answer(text("b"), at: 0), wire.say(text("bad"), at: 16)])
        #expect(kept.records.map { $0.notes.compactMap(\.requirement) } == [[], [], ["TOY-02"]])
        #expect(kept.records[2].notes.map(\.severity) == [.warning, .warning], "it may be no message")
        // Cut by the snap length, so that the gap is known at once.
        let asked = Wrapping.raw.packet(wire.say(text("q1") + text("q2"), at: 0))
        for cut in [0, 3] {
            let packets =
                wire.opening.map { Tapped(Wrapping.raw.packet($0)) } + [
                    Tapped(Array(asked.dropLast(cut)), length: asked.count),
                    Tapped(Wrapping.raw.packet(wire.answer(text("answer"), at: 0))),
                ]
            let (kept, _) = tap(packets, .raw)
            let told = kept.records.first { !$0.isFromClient }?.notes.filter { $0.requirement != nil }.map(\.severity)
            #expect(told == (cut == 0 ? [] : [.warning]))
        }
    }
    /// An acknowledgement shows that the capture lacks data, even if its segment waits.
    @Test func onlookerHearsOfWhatWasAcknowledged() {
        func told(_ segments: [Tap]) -> [Severity] {
            tap(wire.opening + segments).0.records.flatMap(\.notes).filter { $0.requirement != nil }.map(\.severity)
        }
        #expect(told([wire.answer(text("b"), at: 0)]) == [.violation])
        #expect(told([wire.answer(text("b"), at: 0, received: 9)]) == [.warning])
        let (first, second) = (text("b"), text("c"))
        #expect(
            told([wire.answer(second, at: first.count, received: 9), wire.answer(first, at: 0)]) == [.warning])
    }
    /// Findings where a message need not begin, or before the sender has sent any data, are not certain.
    @Test func onlyWhatIsCertainIsAViolation() {
        func severities(_ segments: [Tap]) -> [Severity] {
            tap(wire.opening + segments).0.records.flatMap(\.notes).map(\.severity)
        }
        let (good, rubbish) = (text("ok"), Array("GET / HTTP/1.1".utf8))
        #expect(severities([wire.say(good, at: 0), wire.say(rubbish, at: good.count)]) == [.violation])
        #expect(severities([wire.say(rubbish, at: 0)]) == [.warning], "another protocol, perhaps")
        #expect(
            severities([wire.answer(good, at: 0, received: 1), wire.say(rubbish, at: 0)]).filter { $0 == .violation }
                == [])
        #expect(
            severities([wire.say(good, at: 0), wire.say([0x7f] + rubbish, at: good.count)]) == [.warning],
            "a newer generation, perhaps")
        // The second stretch is a consequence of the first.
        let again = good + rubbish + [0x5a, 0xa5] + [UInt8](repeating: 0xff, count: 20)
        #expect(severities([wire.say(again, at: 0)]).filter { $0 == .violation }.count == 1)
        // The receiver may have received the other bytes.
        let bad = text("bad")
        #expect(
            severities([
                wire.say(Array(bad.dropFirst(3)), at: 3), wire.say(Array(bad.dropFirst(3).dropLast()) + [0], at: 3),
                wire.say(Array(bad.prefix(3)), at: 0),
            ]) == [.warning, .warning])
    }
    @Test func conversationsAreCounted() {
        let whole = tap(wire.opening + [wire.say(text("a"), at: 0)]).1
        #expect((whole.conversations, whole.conversationsFromInside, whole.conversationsWithGaps) == (1, 0, 0))
        let inside = tap([wire.say(text("a"), at: 0), wire.say(text("b"), at: 5)]).1
        #expect((inside.conversations, inside.conversationsFromInside) == (1, 1))
        let gap = tap(wire.opening + [wire.say(text("a"), at: 0), wire.say(text("b"), at: 20)]).1
        #expect((gap.conversations, gap.conversationsFromInside, gap.conversationsWithGaps) == (1, 0, 1))
        #expect(tap(strange.opening + [strange.say(Array("GET / HTTP/1.1".utf8), at: 0)]).1.conversations == 0)
    }
    @Test func protocolByRule() {
        let messages = strange.opening + [strange.say(Array(text("abcd").prefix(5)), at: 0)]
        #expect(tap(messages).0.records.isEmpty)
        let rule = DecodeAs(transport: .tcp, port: 5555, protocolName: "toy")
        #expect(tap(messages, reading: ReadingOptions(rules: [rule])).0.records.map(\.name) == ["toy.incomplete"])
    }
    @Test func protocolByFirstBytes() {
        let messages =
            strange.opening + [
                strange.say(Array(text("abcd").prefix(3)), at: 0), strange.answer([0x5a], at: 0),
                strange.say(Array(text("abcd").dropFirst(3)), at: 3),
                strange.answer(Array(text("x").dropFirst()), at: 1),
            ]
        let (kept, tally) = tap(messages)
        #expect(kept.said == ["> toy.text abcd", "< toy.text x"])
        #expect(kept.records.map { Array($0.frames) } == [[4, 6], [5, 7]])
        #expect(tally.unknownFlows == 0)
    }
    @Test func protocolByTheServersFirstBytes() {
        let (kept, _) = tap(
            strange.opening + [
                strange.say(Array("GET / HTTP/1.1".utf8), at: 0), strange.answer(text("welcome"), at: 0),
            ])
        #expect(kept.said == ["< toy.text welcome", "> toy.malformed GET / HTTP/1.1"])
    }
    @Test func unknownProtocolIsCounted() {
        let request = Array("GET / HTTP/1.1\r\n".utf8)
        let (kept, tally) = tap(
            strange.opening + [
                strange.say(request, at: 0), strange.answer(request, at: 0), strange.say(request, at: 16),
            ])
        #expect(kept.records.isEmpty)
        #expect(tally.unknownFlows == 1)
        #expect(tally.payload == 48)
        #expect(tap(strange.opening + [strange.say([1, 2], at: 0)]).1.unknownFlows == 1)
        #expect(tap(strange.opening).1.unknownFlows == 0)
    }
    @Test func reusedPortsAreAnotherConnection() {
        var again = wire
        (again.up, again.down) = (77_001, 88_001)
        let (kept, tally) = tap(
            wire.opening + [wire.say(text("a"), at: 0), wire.say(Array(text("half").prefix(6)), at: 5)]
                + again.opening + [again.opening[0], again.say(text("b"), at: 0)])
        #expect(kept.records.map(\.flow) == [1, 1, 2])
        #expect(kept.said.last == "> toy.text b")
        #expect(kept.records[1].kind == .incomplete)
        #expect(tally.flows == 2)
        #expect(kept.records[2].notes.isEmpty)
    }
    @Test func synWithData() {
        var syn = wire.opening[0]
        syn.payload = text("early")
        let (kept, _) = tap([syn] + wire.opening.dropFirst() + [wire.say(text("late"), at: 9)])
        #expect(kept.said == ["> toy.text early", "> toy.text late"])
        #expect(kept.notes.isEmpty)
    }
    @Test func synCapturedLate() {
        let (kept, tally) = tap([wire.say(text("a"), at: 0), wire.opening[0], wire.say(text("b"), at: 5)])
        #expect(kept.said == ["> toy.text a", "> toy.text b"])
        #expect(tally.flows == 1)
    }
    @Test func finInsideAMessage() {
        let (kept, _) = tap(
            wire.opening + [
                wire.say(Array(text("hello").prefix(6)), at: 0, [.fin, .acknowledges]), wire.answer(text("x"), at: 0),
            ])
        #expect(kept.records.map(\.name) == ["toy.incomplete", "toy.text"])
        #expect(kept.records[0].notes.map(\.severity) == [.warning])
        #expect(kept.notes[0] == "6 bytes of a partial toy.text that announces 9 bytes: the connection ends")
    }
    @Test func captureEndsInsideAMessage() {
        let (kept, _) = tap(wire.opening + [wire.say(text("x") + Array(text("hello").prefix(6)), at: 0)])
        #expect(kept.records.map(\.name) == ["toy.text", "toy.incomplete"])
        #expect(kept.records[1].notes.map(\.severity) == [.info])
        #expect(kept.notes[0] == "6 bytes of a partial toy.text that announces 9 bytes: the capture ends")
    }
    /// A header that is itself incomplete announces nothing, so the finding names the message before it.
    @Test func captureEndsInsideAHeader() {
        let (kept, _) = tap(wire.opening + [wire.say(text("x") + Array(text("hello").prefix(3)), at: 0)])
        #expect(
            kept.notes[0]
                == "3 bytes of a partial message: the capture ends, after toy.text, which declares 5 bytes (frame 4)"
        )
    }
    @Test func finWaitsForWhatComesBeforeIt() {
        let (kept, _) = tap(
            wire.opening + [
                wire.say(text("b"), at: 5, [.fin, .acknowledges]), wire.say(text("a"), at: 0),
                wire.answer([], at: 0, received: 11, [.fin, .acknowledges]),
            ])
        #expect(kept.said == ["> toy.text a", "> toy.text b"])
        #expect(kept.notes.isEmpty)
    }
    @Test func resetCountsOnlyInItsPlace() {
        let half = wire.say(Array(text("hello").prefix(6)), at: 0)
        let rest = wire.say(Array(text("hello").dropFirst(6)), at: 6)
        let forged = wire.answer([], at: 70_000, [.reset])
        #expect(
            tap(wire.opening + [half, wire.answer(text("x"), at: 0), forged, rest]).0.said.last == "> toy.text hello")
        let real = wire.answer([], at: 5, [.reset])
        let (kept, _) = tap(wire.opening + [wire.answer(text("x"), at: 0), half, real])
        #expect(kept.records.map(\.name) == ["toy.text", "toy.incomplete"])
        #expect(kept.notes.last?.contains("the connection ends") == true)
    }
    @Test func contentThatIsRefused() {
        var number = ToyNumber()
        number.digit = 12
        let (kept, _) = tap(
            wire.opening + [wire.say(number.encoded() + [0x5a, 0xa5, 2, 2, 1, 0] + text("next"), at: 0)])
        #expect(kept.records.map(\.name) == ["toy.number", "toy.number", "toy.text"])
        #expect(kept.records.map(\.kind) == [.malformed, .malformed, .message])
        #expect(kept.records[0].notes.map(\.path) == ["digit"])
        #expect(kept.notes[0].contains("at 4: illegal value 12"))
        #expect(kept.notes[1].contains("at 5: wants 2 bytes, has 1"))
    }
    @Test func bytesThatNoHeaderDeclares() {
        for cut in 1..<30 {
            let all = text("first") + [UInt8](repeating: 7, count: 20) + text("second")
            let (kept, _) = tap(
                wire.opening + [wire.say(Array(all.prefix(cut)), at: 0), wire.say(Array(all.dropFirst(cut)), at: cut)])
            #expect(kept.records.map(\.name) == ["toy.text", "toy.malformed", "toy.text"])
            #expect(kept.records.map(\.offset) == [0, 9, 29])
            #expect(kept.records[1].length == 20)
            #expect(kept.notes.count == 1)
            let frame = cut < 9 ? 5 : 4
            #expect(
                kept.notes[0]
                    == "20 bytes that no header declares, after toy.text, which declares 9 bytes (frame \(frame)): magic at 0: "
                    + "wants 0x5aa5, has 0x0707")
        }
    }
    /// False beginnings inside malformed data do not split them, at any cut.
    @Test func falseBeginnings() {
        let all = text("first") + [7, 0x5a, 0xa5, 9, 0x5a, 7, 0x5a, 0x5a, 0xa5, 3, 0x5a] + text("second") + [0x5a]
        for cut in 1..<all.count {
            let (kept, _) = tap(
                wire.opening + [wire.say(Array(all.prefix(cut)), at: 0), wire.say(Array(all.dropFirst(cut)), at: cut)])
            #expect(
                kept.records.map(\.length) == [9, 11, 10, 1] && kept.records[1].kind == .malformed
                    && kept.records[2].kind == .message, "cut at \(cut)")
        }
    }
    /// A false beginning at the very end does not count if too few bytes follow.
    @Test func falseBeginningAtTheEnd() {
        let (kept, _) = tap(wire.opening + [wire.say(text("first") + [7, 7, 0x5a, 0xa5], at: 0)])
        #expect(kept.records.map(\.length) == [9, 4])
        #expect(kept.records.last?.kind == .malformed)
        let long = [7, 7, 0x5a, 0xa5, 1, 200] + [UInt8](repeating: 1, count: 20)
        let (cut, _) = tap(wire.opening + [wire.say(text("first") + long, at: 0)])
        #expect(cut.records.map(\.length) == [9, 2, 24])
        #expect(cut.records.map(\.kind) == [.message, .malformed, .incomplete])
    }
    @Test func muchThatIsNoMessage() {
        let all = text("first") + [UInt8](repeating: 7, count: 150_000) + text("second")
        for size in [1000, 1460, 30_000] {
            let segments = stride(from: 0, to: all.count, by: size).map {
                wire.say(Array(all[$0..<min($0 + size, all.count)]), at: $0)
            }
            let (kept, _) = tap(wire.opening + segments)
            #expect(kept.records.map(\.length) == [9, 65_536, 65_536, 18_928, 10])
        }
    }
    @Test func manyConnections() {
        var segments: [Tap] = []
        var limits = CaptureLimits()
        limits.flows = 1000
        for i in 0..<limits.flows + 10 {
            var w = wire
            w.client = Endpoint(v4: 0x0b00_0000 + UInt32(i), port: 40_000)
            segments.append(w.say(Array(text("hello").prefix(6)), at: 0))
        }
        let (kept, tally) = tap(segments, .ipv4, reading: ReadingOptions(limits: limits))
        #expect(tally.flows == limits.flows + 10)
        #expect(tally.flowsGivenUp == 250)
        #expect(kept.records.count == tally.flows)
        #expect(kept.captureNotes.map(\.flow) == [1])
        #expect(kept.captureNotes[0].text.contains("tcp 11.0.0.0:40000 - 10.0.0.2:9000 (flow 1)"))
        #expect(kept.records.first?.flow == 1)
    }

    /// The waiting data of all connections are bounded. The connection that was silent longest is given up, and named.
    @Test func memoryInAll() {
        var limits = CaptureLimits()
        limits.memory = 64 << 10
        var segments: [Tap] = []
        let half = Array(text(String(repeating: "x", count: 200)).prefix(150))
        for i in 0..<2000 {
            var w = wire
            w.client = Endpoint(v4: 0x0b00_0000 + UInt32(i), port: 40_000)
            // An incomplete message, and a message after a hole.
            segments += [w.say(half, at: 0), w.say(text("late"), at: 5000)]
        }
        let (kept, tally) = tap(segments, .ipv4, reading: ReadingOptions(limits: limits))
        #expect(tally.flows == 2000)
        #expect(tally.flowsGivenUp > 1500 && tally.flowsGivenUp < 2000)
        #expect(kept.captureNotes.count == tally.flowsGivenUp)
        #expect(kept.captureNotes.first?.flow == 1)
        #expect(
            kept.captureNotes.first?.text.hasPrefix("tcp 11.0.0.0:40000 - 10.0.0.2:9000 (flow 1) is dropped") == true)
        // No captured bytes are lost: all are reported.
        #expect(kept.bytes.reduce(0) { $0 + $1.count } == 2000 * 158)
        #expect(kept.said.count { $0 == "> toy.text late" } == 2000)
        #expect(tap(segments, .ipv4).1.flowsGivenUp == 0)
    }
    /// A connection that was given up continues, as after a gap.
    @Test func givenUpGoesOn() {
        var limits = CaptureLimits()
        limits.memory = 1 << 10
        let long = text(String(repeating: "x", count: 250))
        var other = wire
        other.client.port = 1
        var segments = wire.opening + [wire.say(Array(long.prefix(200)), at: 0)]
        for i in 0..<6 {
            other.client.port += 1
            segments.append(other.say(Array(long.prefix(200 + i)), at: 0))
        }
        segments += [wire.say(Array(long.dropFirst(200)) + text("again"), at: 200)]
        let (kept, tally) = tap(segments, reading: ReadingOptions(limits: limits))
        let mine = kept.records.indices.filter { kept.records[$0].flow == 1 }
        #expect(tally.flowsGivenUp > 0)
        #expect(mine.map { kept.records[$0].name } == ["toy.incomplete", "toy.incomplete", "toy.text"])
        #expect(mine.map { kept.records[$0].offset } == [0, 200, 254])
        #expect(kept.records[mine[0]].notes.map(\.text).contains { $0.contains("too many bytes wait") })
    }
    /// Closed connections are forgotten, so that a long capture of short ones needs little memory.
    @Test func closedConnectionsAreForgotten() {
        var limits = CaptureLimits()
        limits.closedFlows = 10
        limits.flows = 40
        var segments: [Tap] = []
        for i in 0..<500 {
            var w = wire
            w.client = Endpoint(v4: 0x0b00_0000 + UInt32(i), port: 40_000)
            segments +=
                w.opening + [
                    w.say(text("a"), at: 0, [.fin, .acknowledges]),
                    w.answer([], at: 0, received: 6, [.fin, .acknowledges]),
                ]
        }
        let (kept, tally) = tap(segments, reading: ReadingOptions(limits: limits))
        #expect(tally.flows == 500 && kept.records.count == 500)
        #expect(tally.flowsGivenUp == 0 && kept.captureNotes.isEmpty)
        #expect(kept.records.map(\.flow) == Array(1...500))
    }
    /// The protocol that the user chose is kept: the reader tries every byte, and reports once for each stretch that
    /// the data do not match.
    @Test func ruleThatIsWrongForLong() {
        let other = [UInt8](repeating: 7, count: 20_000)
        var segments = wire.opening
        for i in 0..<40 { segments.append(wire.say(other, at: i * other.count)) }
        segments.append(wire.say(text("found"), at: 40 * other.count))
        let rule = DecodeAs(transport: .tcp, port: 9000, protocolName: "toy")
        let (kept, tally) = tap(segments, reading: ReadingOptions(rules: [rule]))
        #expect(kept.said.last == "> toy.text found")
        #expect(tally.unknownFlows == 0)
        #expect(kept.captureNotes.count == 1)
        let wanted = "bytes from offset 0 of what 10.0.0.1:40000 sends in flow 1: a rule selects toy"
        #expect(kept.captureNotes.first?.text.contains(wanted) == true, "\(kept.captureNotes)")
        #expect(kept.bytes.reduce(0) { $0 + $1.count } == 40 * other.count + 9, "all of it is told")
        // The port alone is not such a choice.
        #expect(tap(segments).1.unknownFlows == 1)
    }
    /// A stream that changes to another protocol is reported with the place, and is unknown from there on.
    @Test func streamThatFlipsItsProtocol() {
        let other = [UInt8](repeating: 7, count: 20_000)
        var segments = wire.opening + [wire.say(text("first"), at: 0), wire.answer(text("ok"), at: 0)]
        for i in 0..<20 { segments.append(wire.say(other, at: 9 + i * other.count)) }
        segments.append(wire.say(text("lost"), at: 9 + 20 * other.count))
        let (kept, tally) = tap(segments)
        #expect(kept.said.prefix(2) == ["> toy.text first", "< toy.text ok"])
        #expect(!kept.said.contains("> toy.text lost"))
        #expect(tally.unknownFlows == 1)
        #expect(kept.captureNotes.count == 1)
        let note = kept.captureNotes.first
        #expect(note?.severity == .warning && note?.flow == 1)
        #expect(note?.text.contains("is no longer toy") == true)
        #expect(note?.text.contains("from offset 9 of what 10.0.0.1:40000 sends (frame 6)") == true)
        // The bytes until then are reported, and all bytes count as payload.
        #expect(kept.bytes.reduce(0) { $0 + $1.count } >= CaptureLimits().strange)
        #expect(tally.payload == 9 + 6 + 20 * other.count + 8)
    }
    @Test func repetitionsAreCounted() {
        let (_, tally) = tap(
            wire.opening + [
                wire.say(text("hello"), at: 0), wire.say(text("hello"), at: 0), wire.say(text("jello"), at: 0),
            ])
        #expect(tally.repeatedBytes == 18 && tally.contradictions == 1)
    }
    /// A repetition is compared with the bytes of up to `StreamHistory.depth` before, at any cut.
    @Test func differsFarBack() {
        let stream = (0..<40).flatMap { _ in text(String(repeating: "y", count: 250)) }
        // A single byte may be a probe.
        for back in [2, 5000, StreamHistory.depth] {
            for differs in [false, true] {
                var again = Array(stream.suffix(back).prefix(100))
                if differs { again[again.count - 1] ^= 1 }
                let segments = stride(from: 0, to: stream.count, by: 700).map {
                    wire.say(Array(stream[$0..<min($0 + 700, stream.count)]), at: $0)
                }
                let (kept, tally) = tap(wire.opening + segments + [wire.say(again, at: stream.count - back)])
                #expect(tally.contradictions == (differs ? 1 : 0), "\(back)")
                #expect(kept.said.count == 40 + (differs ? 1 : 0))
            }
        }
    }
    /// The protocol that the first bytes suggest does not depend on how they were cut.
    @Test func protocolIsGuessedAlikeHoweverCut() {
        let all = text(String(repeating: "x", count: 200)) + text("next")
        for size in [1, 7, 9, 100, 203, 204, 300] {
            let segments = stride(from: 0, to: all.count, by: size).map {
                strange.say(Array(all[$0..<min($0 + size, all.count)]), at: $0)
            }
            let (kept, _) = tap(strange.opening + segments)
            #expect(kept.records.map(\.length) == [204, 8] && kept.notes.isEmpty, "\(size)")
        }
        // No more bytes arrived, so a likely protocol is sufficient.
        let (kept, tally) = tap(strange.opening + [strange.say(Array(all.prefix(100)), at: 0)])
        #expect(kept.records.map(\.name) == ["toy.incomplete"] && tally.unknownFlows == 0)
        #expect(kept.notes.first == "toy is likely by the first bytes")
    }
    /// A probe returns a likelihood. Two likely protocols wait for more data; a certain one wins.
    @Test func probes() {
        func protocolNamed(_ name: String, _ likelihood: Likelihood) -> Definition {
            var d = Definition.toy
            (d.name, d.configuration.ports) = (name, [])
            d.reading.probe = { _ in likelihood }
            return d
        }
        let said = strange.opening + [strange.say(text("hello"), at: 0)]
        func name(_ definitions: [Definition]) -> String? {
            tap(said, .ethernet, definitions).0.records.first?.protocolName
        }
        #expect(name([protocolNamed("a", .no), protocolNamed("b", .likely)]) == "b")
        #expect(name([protocolNamed("a", .likely), protocolNamed("b", .certain)]) == "b")
        #expect(name([protocolNamed("a", .no)]) == nil)
        #expect(name([protocolNamed("a", .likely), protocolNamed("b", .likely)]) == nil, "too few bytes to choose")
        let (kept, _) = tap(said, .ethernet, [protocolNamed("b", .likely)])
        #expect(kept.notes == ["b is likely by the first bytes"])
        let much = (0..<60).map { strange.say(text(String(repeating: "x", count: 200)), at: 204 * $0) }
        let both = [protocolNamed("a", .likely), protocolNamed("b", .likely)]
        #expect(
            tap(strange.opening + much, .ethernet, both).0.notes == [
                "a is one of several likely protocols by the first bytes"
            ])
    }
}
