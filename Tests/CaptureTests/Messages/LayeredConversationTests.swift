import Node
import TestLayers
import Testing
import Wire

@testable import Capture

/// Tests of streams that carry others: channels, messages, and the origins of the bytes of each record.
struct LayeredConversationTests {
    let wire = Wire2()
    let stream = Definition.toy.inEnvelopes()
    let messages = Definition.toy.inEnvelopes(carriesMessages: true)

    /// Returns the records in channels, one per line: path, number, text, frames, and the units of their bytes.
    func told(_ kept: Kept, frames: Bool = true) -> [String] {
        kept.records.indices.filter { kept.records[$0].path.hasSuffix("toy") || kept.records[$0].kind != .message }.map
        {
            let r = kept.records[$0]
            let text = String(decoding: kept.bytes[$0].dropFirst(r.kind == .message ? 4 : 0), as: UTF8.self)
            let origins = r.origins.map { "\($0.record):\($0.range)\($0.isMade ? " made" : "")" }
            return ([r.isFromClient ? ">" : "<", r.path, text] + (frames ? ["\(Array(r.frames))"] : []) + origins)
                .joined(separator: " ")
        }
    }

    @Test func streamsInChannels() {
        let opens = unit(.open, 1, Array("toy".utf8)) + unit(.open, 2, Array("toy".utf8))
        let first = text("hello"), second = text("there")
        let said =
            opens + unit(.plain, 1, Array(first[..<3])) + unit(.reversed, 2, second.reversed())
            + unit(.plain, 1, Array(first[3...]))
        let (kept, tally) = tap(wire.opening + [wire.say(said, at: 0)], .ethernet, [stream])
        #expect(told(kept) == ["> envelope/#2/toy there [4]", "> envelope/#1/toy hello [4]"])
        #expect(kept.records.map(\.name).filter { $0 == "envelope.unit" }.count == 5)
        #expect(kept.records.allSatisfy { $0.isCarrier == ($0.name == "envelope.unit") })
        // Cut into single bytes, each in its own frame.
        var segments = wire.opening
        for (i, byte) in said.enumerated() { segments.append(wire.say([byte], at: i)) }
        let (cut, other) = tap(segments, .ethernet, [stream])
        #expect(told(cut, frames: false) == told(kept, frames: false))
        #expect(tally.records == other.records)
        // The frames reach from the first byte of the unit to the last byte of the message. Units of 6, 6, 6, 12 and 9
        // bytes precede it.
        let hello = cut.records.last { $0.path.hasSuffix("toy") }
        #expect(hello.map { Array($0.frames) } == Array(4 + 12..<4 + 18) + Array(4 + 30..<4 + 39))
    }
    @Test func messagesInOneChannel() {
        let opens = unit(.open, 0, Array("toy".utf8))
        let hello = text("hello")
        let said =
            opens + unit(.plain, 0, Array(hello[..<3])) + unit(.reversed, 0, hello[3...].reversed()) + unit(.end)
        let (kept, _) = tap(wire.opening + [wire.say(said, at: 0)], .ethernet, [messages])
        #expect(told(kept) == ["> envelope/toy hello [4] 2:3..<6 3:3..<9 made"])
    }
    /// The memory of layers counts like waiting data. Beyond the limit, the connection that was silent longest is given
    /// up first.
    @Test func memoryOfLayers() {
        var limits = CaptureLimits()
        limits.memory = 20_000
        let keep = unit(.keep, 0, [UInt8](repeating: 1, count: 200))
        let opens = unit(.open, 0, Array("toy".utf8))
        func notes(_ count: Int) -> (notes: [String], givenUp: Int) {
            let said = Array((0..<count).map { _ in keep }.joined()) + opens + unit(.plain, 0, text("hello"))
            let (kept, tally) = tap(
                wire.opening + [wire.say(said, at: 0)], .ethernet, [stream], reading: ReadingOptions(limits: limits))
            #expect(told(kept).count == 1)
            return (kept.captureNotes.map(\.text), tally.flowsGivenUp)
        }
        #expect(notes(2).givenUp == 0)
        let (said, givenUp) = notes(200)
        #expect(givenUp == 1 && said.contains { $0.contains("is dropped with the 4") }, "\(said)")
    }
    /// A message may be empty. Data that are not a message, or more than one, are reported.
    @Test func messagesThatAreNone() {
        func notes(_ message: [UInt8]) -> [String] {
            let said = unit(.open, 0, Array("toy".utf8)) + unit(.plain, 0, message) + unit(.end)
            let (kept, _) = tap(wire.opening + [wire.say(said, at: 0)], .ethernet, [messages])
            return kept.records.filter { $0.path.hasSuffix("toy") }.flatMap {
                ["\($0.kind) \($0.length)"] + $0.notes.map { "\($0.severity): \($0.text)" }
            }
        }
        #expect(notes(text("a")) == ["message 5"])
        #expect(notes([]) == ["malformed 0", "violation: 0 bytes that are no message: at least 4 more are needed"])
        #expect(
            notes(text("ab").dropLast()) == [
                "malformed 5", "violation: 5 bytes that are no message: at least 1 more are needed",
            ])
        #expect(
            notes(text("a") + [1, 2]) == [
                "message 5", "malformed 2", "violation: 2 bytes that are no message: they follow the message",
            ])
        #expect(notes([1, 2, 3, 4]).first == "malformed 4")
    }
    /// The side that opens a channel is its client: the toy server must not send first.
    @Test func channelsOfTheServer() {
        let open = unit(.open, 7, Array("toy".utf8))
        func findings(opensIt: Bool) -> [String] {
            let (kept, _) = tap(
                wire.opening + [
                    opensIt ? wire.answer(open, at: 0) : wire.say(open, at: 0),
                    wire.answer(unit(.plain, 7, text("a")), at: opensIt ? open.count : 0),
                ], .ethernet, [stream])
            return kept.records.flatMap(\.notes).compactMap(\.requirement)
        }
        #expect(findings(opensIt: false) == ["TOY-01"])
        #expect(findings(opensIt: true) == [])
    }
    /// Units have their own observer.
    @Test func unitsAreObserved() {
        let (kept, _) = tap(wire.opening + [wire.say(unit(.plain, 99, [1]), at: 0)], .ethernet, [stream])
        #expect(kept.records.flatMap(\.notes).compactMap(\.requirement) == ["ENV-01"])
    }
    /// Data of an unknown protocol are recorded as units only, which then do not count as carriers.
    @Test func unknownChannels() {
        let said = unit(.open, 1, Array("what".utf8)) + unit(.plain, 1, text("a"))
        let (kept, _) = tap(wire.opening + [wire.say(said, at: 0)], .ethernet, [stream])
        #expect(kept.records.map(\.name) == ["envelope.unit", "envelope.unit"])
    }
    /// The bytes of both sides after the change belong to the other protocol, in any frames.
    @Test(arguments: [1, 3, 1000]) func streamBecomesAnother(step: Int) {
        let up = unit(.become, 0, Array("toy".utf8)) + text("one") + text("two")
        let down = text("three")
        var segments = wire.opening
        for at in stride(from: 0, to: up.count, by: step) {
            segments.append(wire.say(Array(up[at..<min(up.count, at + step)]), at: at))
        }
        segments.append(wire.answer(down, at: 0, received: up.count))
        let (kept, _) = tap(segments, .ethernet, [stream])
        #expect(told(kept, frames: false) == ["> toy one", "> toy two", "< toy three"])
    }
    /// Waiting bytes of the other side belong to the new protocol.
    @Test func bytesThatWaitBecomeAnother() {
        let become = unit(.become, 0, Array("toy".utf8))
        let (kept, _) = tap(
            wire.opening + [
                wire.answer([0x5a], at: 0), wire.say(become, at: 0),
                wire.answer(Array(text("three").dropFirst()), at: 1, received: become.count),
            ], .ethernet, [stream])
        #expect(told(kept) == ["< toy three [4, 6]"])
    }
    /// An envelope in an envelope is read, and so is a layer that waits for the other side.
    @Test func layersInLayers() {
        let inner = unit(.open, 2, Array("toy".utf8)) + unit(.reversed, 2, text("deep").reversed())
        let said = unit(.open, 1, Array("envelope".utf8)) + unit(.plain, 1, inner)
        let (kept, _) = tap(wire.opening + [wire.say(said, at: 0)], .ethernet, [stream])
        #expect(told(kept, frames: false) == ["> envelope/#1/envelope/#2/toy deep"])
    }
    @Test func waitsForTheOtherSide() {
        let open = unit(.open, 1, Array("toy".utf8)), ask = unit(.ask)
        let behind = unit(.plain, 1, text("late"))
        let up = open + ask + behind
        let (kept, _) = tap(
            wire.opening + [wire.say(up, at: 0), wire.answer(unit(.grant), at: 0, received: up.count)], .ethernet,
            [stream])
        #expect(kept.records.map { $0.isFromClient ? ">" : "<" }.joined() == ">><>>")
        #expect(told(kept, frames: false) == ["> envelope/#1/toy late"])
        let (never, _) = tap(wire.opening + [wire.say(up, at: 0)], .ethernet, [stream])
        #expect(told(never, frames: false).count == 1 && never.records.last?.kind == .incomplete)
    }
    /// After a gap the reader searches for units again, and their content has no known position.
    @Test func gapsInLayers() {
        let open = unit(.open, 1, Array("toy".utf8))
        let first = unit(.plain, 1, text("first")), lost = unit(.plain, 1, text("lost")),
            last = unit(.plain, 1, text("last"))
        let all = open + first + lost + last
        let (kept, _) = tap(
            wire.opening + [
                wire.say(open + first, at: 0), wire.say(last, at: all.count - last.count),
                wire.answer([], at: 0, received: all.count),
            ], .ethernet, [stream])
        #expect(
            told(kept, frames: false).filter { $0.contains("toy") } == [
                "> envelope/#1/toy first", "> envelope/#1/toy last",
            ])
        #expect(kept.notes.contains { $0.contains("\(lost.count) bytes are missing") })
    }
    /// The number of channels is limited.
    @Test func channelsAreBounded() {
        var limits = CaptureLimits()
        limits.channels = 2
        let opens = (1...4).flatMap { unit(.open, $0, Array("toy".utf8)) }
        let said = opens + (1...4).flatMap { unit(.plain, $0, text("\($0)")) }
        let (kept, _) = tap(
            wire.opening + [wire.say(said, at: 0)], .ethernet, [stream], reading: ReadingOptions(limits: limits))
        #expect(told(kept, frames: false) == ["> envelope/#1/toy 1", "> envelope/#2/toy 2"])
        #expect(kept.captureNotes.map(\.text).filter { $0.contains("more than 2 channels of envelope") }.count == 1)
    }
    /// A channel that both sides ended no longer counts, and its number can be used again.
    @Test func endedChannelsGiveTheirPlaceAway() {
        var limits = CaptureLimits()
        limits.channels = 1
        func opens(_ number: UInt8) -> [UInt8] { unit(.open, number, Array("toy".utf8)) }
        let first = opens(1) + unit(.plain, 1, text("one")) + unit(.close, 1)
        let second = opens(2) + unit(.plain, 2, text("two"))
        func told(_ segments: [Tap]) -> [String] {
            self.told(
                tap(wire.opening + segments, .ethernet, [stream], reading: ReadingOptions(limits: limits)).0,
                frames: false)
        }
        #expect(told([wire.say(first + second, at: 0)]) == ["> envelope/#1/toy one"])
        #expect(
            told([
                wire.say(first, at: 0), wire.answer(unit(.close, 1), at: 0, received: first.count),
                wire.say(second, at: first.count),
            ]) == ["> envelope/#1/toy one", "> envelope/#2/toy two"])
        #expect(
            told([
                wire.say(first, at: 0), wire.answer(unit(.close, 1), at: 0, received: first.count),
                wire.say(first, at: first.count),
            ]) == ["> envelope/#1/toy one", "> envelope/#1/toy one"])
    }
}
