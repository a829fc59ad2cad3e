import Nano
import Testing
import Wire

@testable import Capture
@testable import Node
@testable import Records
@testable import Text

/// A message with a sentence that is too long.
private struct Wide: Message {
    static var name: StaticString { "test.wide" }
    static var form: Form { .json }
    static var summary: MessageSummary { [.value("text"), " ", .value("text")] }
    var text: Text?
    init() {}
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) { c.member("text", &text) }
}

/// Tests of the output about requests and their answers.
struct AnswerOutputTests {
    private static func record(_ type: any Message.Type, _ bytes: [UInt8], answers after: Int64?) -> Record {
        var record = Record(
            number: 14, time: Timestamp(nanoseconds: 1_000), start: Timestamp(nanoseconds: 0), source: .loopback(7075),
            destination: .loopback(40_000), transport: .tcp, flow: 1, protocolName: "nano", kind: .message,
            message: type, offset: 0, length: bytes.count, frames: FrameNumbers(3), isFromClient: false, notes: [])
        record.answers = after.map { AnsweredRequest(record: 12, after: $0) }
        return record
    }
    private static func render(
        _ renderer: some RecordRenderer, _ type: any Message.Type = TelemetryReq.self, answers after: Int64?
    ) -> String {
        var (renderer, out): (_, [UInt8]) = (renderer, [])
        let bytes = type.init().encoded()
        renderer.render(record(type, bytes, answers: after), bytes.span.bytes, to: &out)
        return String(decoding: out, as: UTF8.self)
    }

    @Test(
        arguments: zip(
            [
                0, 499, 310_000, 999_499, 999_500, 3_100_000, 9_949_000, 9_950_000, 31_400_000, 999_499_000,
                999_500_000,
                31_000_000_000, -2_000,
            ] as [Int64],
            [
                "0 us", "0 us", "310 us", "999 us", "1.0 ms", "3.1 ms", "9.9 ms", "10 ms", "31 ms", "999 ms", "1.0 s",
                "31 s", "-2 us",
            ])) func showsDurationWithTwoDigits(_ nanoseconds: Int64, _ text: String)
    {
        #expect(AnswerText.duration(nanoseconds) == text)
    }
    @Test func lineEndsWithRequest() {
        let line = Self.render(LineRenderer([.nano], colour: false), answers: 3_100_000)
        #expect(line.hasSuffix(", answers #12 after 3.1 ms 8 B\n"))
        #expect(!Self.render(LineRenderer([.nano], colour: false), answers: nil).contains("answers"))
    }
    /// A long sentence is cut at its width, and the ending follows it.
    @Test func endingFollowsWholeSentence() throws {
        var message = Wide()
        message.text = Text(String(repeating: "é\u{4e16}", count: 40))
        let bytes = message.encoded()
        var summaries = Summaries()
        for after in [nil, 3_100_000] as [Int64?] {
            let summary = summaries.text(Self.record(Wide.self, bytes, answers: after), bytes.span.bytes)
            let text = try #require(summary)
            let ending = ", answers #12 after 3.1 ms"
            #expect(text.hasSuffix(ending) == (after != nil))
            let width = CharacterWidth.of(text) - (after == nil ? 0 : ending.count)
            #expect((SummaryWriter.width - 1...SummaryWriter.width).contains(width))
        }
    }
    /// Computed values are apart from the fields, and filters read them.
    @Test func computedValuesAreBesideFields() throws {
        var publish = Publish()
        publish.block = .state(StateBlock())
        let (bytes, hash) = (publish.encoded(), StateBlock().hash)
        let record = Self.record(Publish.self, bytes, answers: nil)
        var (renderer, out): (_, [UInt8]) = (JSONRenderer(), [])
        renderer.render(record, bytes.span.bytes, to: &out)
        let json = try #require(JSON.parse(Array(out.dropLast())))
        #expect(json["computed"]?.string("state.hash") == hash.array.hex && json["fields"]?["state"]?["hash"] == nil)
        let filter = try Filter("nano.publish.state.hash == \(hash.array.hex)", [.nano])
        let isFound = filter.matches(record, bytes.span.bytes)
        var block = StateBlock()
        block.work = 1
        #expect(block.hash == hash, "the work is not hashed")
        block.balance.bytes[0] = 1
        publish.block = .state(block)
        let other = publish.encoded()
        let isOther = filter.matches(Self.record(Publish.self, other, answers: nil), other.span.bytes)
        #expect(isFound && !isOther)
    }
    @Test func jsonHasRequestAndSeconds() {
        let text = Self.render(JSONRenderer(), answers: 3_110_999)
        #expect(text.contains(#""frames":[3],"answers":{"n":12,"after":0.003110},"fields":{"#))
        #expect(!Self.render(JSONRenderer(), answers: nil).contains("answers"))
    }
    @Test func treeNamesRequest() {
        let text = Self.render(TreeRenderer(colour: false), answers: 3_100_000)
        #expect(text.contains("\n  answers #12 after 3.1 ms\n"))
    }
    @Test func fieldsAreColumnsAndFilters() throws {
        let definitions: [Definition] = [.nano]
        let fields = try ["answers", "answer.time"].map { try FieldReference($0, definitions) }
        #expect(Self.render(FieldsRenderer(fields, isCSV: false), answers: 3_100_000) == "12\t0.003100000\n")
        #expect(Self.render(FieldsRenderer(fields, isCSV: false), answers: nil) == "\t\n")
        let bytes = TelemetryReq().encoded()
        func passes(_ filter: Filter, _ after: Int64?) -> Bool {
            filter.matches(Self.record(TelemetryReq.self, bytes, answers: after), bytes.span.bytes)
        }
        let passing = ["answers == 12", "answers", "answer.time > 3ms", "answer.time < 0.0032", "answer.time"]
        for text in passing {
            let filter = try Filter(text, definitions)
            #expect(filter.testsAnswers && passes(filter, 3_100_000) && !passes(filter, nil), "\(text)")
        }
        #expect(try !Filter("n == 12", definitions).testsAnswers)
        #expect(try !passes(Filter("answer.time > 1s", definitions), 3_100_000))
    }

    // MARK: - Views

    /// The tree of a request names its answer, unless the request was dropped.
    @Test func viewNamesAnswerOfRequest() throws {
        let messages = try ViewSamples.messages(ViewSamples.good)
        let answer = try #require(messages.first { $0.record.answers != nil })
        let request = try #require(answer.record.answers?.record)
        var store = MessageStore(limit: 1 << 20, keepsNewest: true)
        for message in messages { _ = store.add(message) }
        let asked = try #require(messages.first { $0.record.number == request })
        let line = try #require(store.answer(to: asked))
        #expect(line.hasPrefix("answered by #\(answer.record.number) after "))
        var model = try ViewSamples.model()
        for _ in 1..<request { model.press(.down) }
        #expect(model.number == request)
        #expect(model.tree?.rows.contains { $0.text == line } == true)
        var small = MessageStore(limit: 1, keepsNewest: true)
        for message in messages { _ = small.add(message) }
        #expect(small.answer(to: asked) == nil)
    }

    // MARK: - Times

    @Test func countsTimesByRequest() throws {
        var times = AnswerTimes([.nano], nil)
        let messages = try ViewSamples.messages(ViewSamples.good)
        for message in messages { times.record(message.record, message.bytes.span.bytes) }
        let handshake = try #require(times.rows["nano.node_id_handshake"])
        let answered = messages.filter { $0.record.answers != nil && $0.record.name == "nano.node_id_handshake" }
        #expect(handshake.times.count == answered.count && !answered.isEmpty)
        #expect(handshake.requests >= handshake.times.count)
        #expect(handshake.percentiles[2] == answered.compactMap { $0.record.answers.map { Int($0.after) } }.max())
        var out: [UInt8] = []
        times.table(Style(hasColour: false), to: &out)
        times.json(to: &out)
        let lines = String(decoding: out, as: UTF8.self).split(separator: "\n").map(String.init)
        #expect(
            lines.first?.split(separator: " ").map(String.init) == [
                "request", "to", "count", "answered", "unanswered", "p50", "p95", "max",
            ])
        let ends = times.peers.values.map { $0.count > 1 ? $0.count : 0 }.reduce(0, +)
        #expect(lines.count == 1 + 2 * times.rows.count + ends && ends > 0)
        let asked = times.peers["nano.node_id_handshake"] ?? [:]
        #expect(asked.values.map(\.times.count).reduce(0, +) == handshake.times.count && asked.count > 1)
        #expect(lines.last?.hasPrefix(#"{"request":"nano."#) == true)
        // A filter selects requests and answers.
        var none = AnswerTimes([.nano], try Filter("nano.keepalive", [.nano]))
        for message in messages { none.record(message.record, message.bytes.span.bytes) }
        #expect(none.rows.isEmpty)
    }
}
