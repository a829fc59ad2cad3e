import Node
import TestLayers
import Testing
import Wire

@testable import Capture

/// Tests of an observer that all channels and connections of a capture share.
struct SharedObserverTests {
    let a = Wire2()
    let b = Wire2(client: Endpoint(v4: 0x0a00_0003, port: 40_001))
    var toy: Definition {
        var toy = Definition.toy
        toy.judging.messageObserver = { _, _ in ToyQuestions() }
        return toy
    }
    var layered: Definition { toy.inEnvelopes() }

    /// Returns the findings of the observer: record number, connection, path, text.
    func told(_ segments: [Tap], _ definition: Definition) -> [String] {
        let (kept, _) = tap(segments, .ethernet, [definition])
        return kept.records.flatMap { r in
            r.notes.filter { $0.requirement == "TOY-02" || $0.text.contains("closed by") }.map {
                "\(r.number) \(r.name) flow \(r.flow) \(r.path): \($0.severity) \($0.text)"
            }
        }
    }

    @Test func questionInOneConnectionAnswerInAnother() {
        let ask = a.say(text("ask time"), at: 0), answer = b.say(text("answer time"), at: 0)
        #expect(told(a.opening + b.opening + [ask, answer], toy) == [])
        #expect(
            told(a.opening + b.opening + [ask], toy) == [
                "2 toy.finding flow 1 : violation time was never answered"
            ])
        #expect(
            told(a.opening + b.opening + [answer], toy) == [
                "2 toy.finding flow 2 : violation time was never asked"
            ])
    }
    @Test func questionInOneChannelAnswerInAnother() {
        let opens = unit(.open, 1, Array("toy".utf8)) + unit(.open, 2, Array("toy".utf8))
        func said(_ first: String, _ second: String) -> [Tap] {
            a.opening + [a.say(opens + unit(.plain, 1, text(first)) + unit(.plain, 2, text(second)), at: 0)]
        }
        #expect(told(said("ask time", "answer time"), layered) == [])
        #expect(
            told(said("ask time", "answer place"), layered) == [
                "7 toy.finding flow 1 envelope/#1/toy: violation time was never answered",
                "8 toy.finding flow 1 envelope/#2/toy: violation place was never asked",
            ])
    }
    /// A message counts at the frame that completes it, no matter where it began.
    @Test func orderIsThatOfFrames() {
        let ask = text("ask time")
        let segments =
            a.opening + b.opening + [
                a.say(Array(ask[..<3]), at: 0), b.say(ask, at: 0), a.say(Array(ask[3...]), at: 3),
                b.say(text("answer time"), at: ask.count),
            ]
        #expect(told(segments, toy) == ["2 toy.text flow 1 : violation asked in record 1 already"])
    }
    /// Data missing in one connection may explain a message in another.
    @Test func whatIsMissingMayBeTheQuestion() {
        let segments = a.opening + b.opening + [a.say(text("late"), at: 50), b.say(text("answer time"), at: 0)]
        #expect(
            told(segments, toy).map { $0.split(separator: ":").last.map(String.init) } == [
                " warning time was never asked"
            ])
    }
    @Test func endsOfChannels() {
        let opens = unit(.open, 1, Array("toy".utf8)) + unit(.open, 2, Array("toy".utf8))
        let said = opens + unit(.plain, 1, text("one")) + unit(.plain, 2, text("two")) + unit(.close, 2)
        #expect(
            told(a.opening + [a.say(said, at: 0)], layered) == [
                "8 toy.finding flow 1 envelope/#2/toy: info envelope/#2/toy closed by us"
            ])
    }
    /// If a side ended a channel, its end is not reported again when it ends the connection.
    @Test func endIsToldOnce() {
        let said = unit(.open, 1, Array("toy".utf8)) + unit(.plain, 1, text("one")) + unit(.close, 1)
        let segments = a.opening + [a.say(said, at: 0), a.say([], at: said.count, [.acknowledges, .fin])]
        #expect(
            told(segments, layered) == ["5 toy.finding flow 1 envelope/#1/toy: info envelope/#1/toy closed by us"])
    }
    /// A connection is over when both sides ended it, when another one replaces it, or when the capture ends.
    @Test func connectionsThatAreOver() {
        func over(_ segments: [Tap]) -> [String] {
            let notes = tap(segments, .ethernet, [toy]).0.records.flatMap { $0.notes.map(\.text) }
            return notes.filter { $0.hasSuffix("is over") }
        }
        let said = text("one")
        let ends = [
            a.say([], at: said.count, [.acknowledges, .fin]), a.answer([], at: 0, [.acknowledges, .fin]),
            b.say(said, at: 0),
        ]
        let segments = a.opening + b.opening + [a.say(said, at: 0)]
        #expect(over(segments + ends).prefix(2) == ["connection 1 is over", "connection 1 is over"])
        #expect(Set(over(segments + ends)) == ["connection 1 is over", "connection 2 is over"])
        #expect(over(segments) == ["connection 1 is over"])
    }
    /// A finding at the end names the side that sent its message.
    @Test func sideOfWhatIsToldAtTheEnd() {
        for isAnswer in [false, true] {
            let said = isAnswer ? a.answer(text("ask time"), at: 0) : a.say(text("ask time"), at: 0)
            let (kept, _) = tap(a.opening + [said], .ethernet, [toy])
            #expect(kept.records.last?.name == "toy.finding" && kept.records.last?.isFromClient == !isAnswer)
        }
    }
}
