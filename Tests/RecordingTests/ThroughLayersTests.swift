import Nano
import Network
import Node
import TestLayers
import Testing
import Wire

@testable import Capture
@testable import Recording
@testable import Records
@testable import Report
@testable import Scenario

/// A protocol in a made-up layer works in all parts of the program: run, evidence, decode, views, monitor, record and
/// replay. They know the layer only by its definition.
struct ThroughLayersTests {
    static let stream = Definition.nano.inEnvelopes()
    static let messages = Definition.nano.inEnvelopes(carriesMessages: true)
    static let text = """
        meshspec: 1
        id: nano.layers.case
        title: A handshake in envelopes
        protocol: nano
        covers: [NANO-16]
        actors:
          peer: {role: ref, key: $(key('peer'))}
          node: {role: dut}
        steps:
          - open: {from: peer, to: node, as: c}
          - send: {via: c, msg: nano.node_id_handshake, fields: {query: "$(random(32, 'cookie'))"}}
          - expect: {via: c, msg: nano.node_id_handshake, within: 5s}
            req: NANO-16
        """
    /// Records with their bytes.
    struct Kept: RecordSink {
        var all: [(record: Record, bytes: [UInt8])] = []
        mutating func note(_ note: CaptureNote) {}
        mutating func record(_ record: borrowing Record, _ bytes: RawSpan) {
            all.append((copy record, bytes.withUnsafeBytes { [UInt8]($0) }))
        }
    }
    func run(_ text: String, _ definition: Definition, bug: String? = nil) throws -> CaseResult {
        let source = SourceFile(name: "layers.yaml", bytes: Array(text.utf8))
        let (scenario, problems) = Scenario.load(source, Library(definitions: [definition]))
        #expect(problems.isEmpty, "\(problems.map(\.message))\n\(text)")
        var options = RunOptions(subject: .builtIn(bug: bug), settings: try definition.settings(), seed: 7)
        options.keepsEvidence = true
        var result: CaseResult?
        Runner(definition, RequirementList(), options).simulate(Schedule(try #require(scenario).cases)) { result = $0 }
        return try #require(result)
    }
    /// Reads the evidence of a case as a capture.
    func read(
        _ r: CaseResult, _ definition: Definition, beside others: [Definition] = [], into sink: inout some RecordSink
    ) -> Tally {
        let image = WireImage(CaseRecord.Exchange.all(r), r.connections, .tcp, port: 7075)
        var table = FlowTable([definition] + others)
        for (i, p) in image.packets.enumerated() {
            let packet = Packet(
                number: i + 1, time: Timestamp(nanoseconds: p.at.nanoseconds), length: p.bytes.count, link: .raw,
                bytes: p.bytes.span.bytes)
            table.receive(packet, &sink)
        }
        table.finish(&sink)
        return table.tally
    }
    func records(
        _ r: CaseResult, _ definition: Definition, beside others: [Definition] = []
    ) -> [(record: Record, bytes: [UInt8])] {
        var kept = Kept()
        _ = read(r, definition, beside: others, into: &kept)
        return kept.all
    }

    /// The capture of a case has exactly the bytes on the wire. The carried messages are found in it.
    @Test(arguments: [false, true]) func evidence(carriesMessages: Bool) throws {
        let definition = carriesMessages ? Self.messages : Self.stream
        let r = try run(Self.text, definition)
        #expect(r.verdict == .pass, "\(r.problem?.reason ?? "")")
        let all = records(r, definition)
        for way in [Direction.sent, .received] {
            let wire = r.trace.filter { !$0.isCarried && $0.direction == way }.flatMap(\.bytes)
            let units = all.filter { $0.record.isCarrier && $0.record.isFromClient == (way == .sent) }
            #expect(units.flatMap(\.bytes) == wire)
            let carried = r.trace.filter { $0.isCarried && $0.direction == way }
            let messages = all.filter { !$0.record.isCarrier && $0.record.isFromClient == (way == .sent) }
            #expect(messages.map(\.bytes) == carried.map(\.bytes) && !carried.isEmpty)
            #expect(messages.allSatisfy { $0.record.kind == .message && $0.record.name == "nano.node_id_handshake" })
        }
    }
    /// The comments and the culprit of a carried message are at the packet that carried it.
    @Test func evidencePlaces() throws {
        let r = try run(Self.text, Self.stream, bug: "bad-signature")
        let exchanges = CaseRecord.Exchange.all(r)
        let image = WireImage(exchanges, r.connections, .tcp, port: 7075)
        let answer = try #require(r.trace.lastIndex { $0.isCarried && $0.direction == .received })
        let packet = try #require(image.mainPackets[answer])
        let entry = try #require(image.packets[packet].entry)
        #expect(entry < answer && !image.packets[packet].bytes.isEmpty)
        #expect(r.trace[entry].direction == .received)
    }
    /// Each view shows the carried messages with their place. If the user asks for layers, it also shows the units.
    @Test func views() throws {
        for definition in [Self.stream, Self.messages] {
            let all = records(try run(Self.text, definition), definition)
            func render(_ renderer: some RecordRenderer, _ one: (record: Record, bytes: [UInt8])) -> String {
                var renderer = renderer
                var out: [UInt8] = []
                renderer.render(one.record, one.bytes.span.bytes, to: &out)
                return String(decoding: out, as: UTF8.self)
            }
            let message = try #require(all.first { !$0.record.isCarrier })
            let unit = try #require(all.first { $0.record.isCarrier && $0.bytes.count > 100 })
            #expect(message.record.path == "envelope/#1/nano" && unit.record.path == "envelope")
            let line = render(LineRenderer([definition], colour: false), message)
            #expect(line.contains("nano.node_id_handshake") && line.contains("envelope/#1/nano"), "\(line)")
            let tree = render(TreeRenderer(colour: false), message)
            #expect(tree.contains("query") && tree.contains("envelope/#1/nano"), "\(tree)")
            let hex = render(HexRenderer(colour: false), message)
            #expect(hex.contains("envelope/#1/nano") && hex.contains("  0000  52 "), "\(hex)")
            let envelope = try #require(definition.reading.layers?["envelope"])
            let origin = envelope.carriesMessages
            let units = message.record.origins.map { "#\($0.record)" }
            #expect(units.isEmpty != origin && units.allSatisfy(hex.contains), "\(hex)")
            let json = render(JSONRenderer(), message)
            #expect(json.contains(#""path":"envelope/#1/nano""#), "\(json)")
            #expect(render(HexRenderer(colour: false), unit).contains("envelope.unit"))
            #expect(render(LineRenderer([definition], colour: false), unit).contains("kind=2"))
        }
    }
    /// The rules of the protocol and of the layer apply inside the layer.
    @Test func monitor() throws {
        let rules = RequirementList(
            [Requirement(id: "NANO-18", level: .must, kind: "both", text: "", source: "", quote: "")])
        func verdict(_ bug: String?) throws -> Verdict {
            var monitor = Monitor([rules])
            for one in records(try run(Self.text, Self.stream, bug: bug), Self.stream) {
                _ = monitor.judge(one.record, one.bytes.span.bytes)
            }
            return monitor.verdict(isIncomplete: false)
        }
        #expect(try verdict(nil) == .pass)
        #expect(try verdict("bad-signature") == .fail)
    }
    /// A conversation in the layer becomes a scenario with messages of the protocol, which runs in the layer again.
    @Test(arguments: [false, true]) func recordAndReplay(carriesMessages: Bool) throws {
        let definition = carriesMessages ? Self.messages : Self.stream
        let made = try recording(try run(Self.text, definition), definition)
        #expect(!made.text.contains("envelope") && made.losses.isEmpty, "\(made.text)")
        #expect(try run(made.text, definition).verdict == .pass)
        #expect(try run(made.text, definition, bug: "no-answer").verdict == .fail)
        #expect(try run(made.text, definition, bug: "bad-signature").verdict == .fail)
    }
    func recording(
        _ r: CaseResult, _ definition: Definition, beside others: [Definition] = []
    ) throws -> Recording {
        let server = try #require(records(r, definition, beside: others).first { $0.record.isFromClient }).record
            .destination
        var recorder = Recorder([definition] + others, of: [try #require(NodeAddress("\(server)"))])
        let tally = read(r, definition, beside: others, into: &recorder)
        return try recorder.finish("layers.pcapng", tally)
    }
    /// A second channel is a separate link. Bytes that are not a message are sent through the layer again.
    @Test func recordOther() throws {
        let r = try run(
            Self.text
                + """

                  - send: {via: c, msg: envelope.unit, fields: {kind: 1, channel: 9, body: 0x6e616e6f}}
                  - send: {via: c, msg: envelope.unit, fields: {kind: 3, channel: 9, body: $(wire(c)[0])}}
                  - send: {via: c, raw: 0x5204000000000000, above: envelope}
                """.replacing("$(wire(c)[0])", with: "0x5243130000010000"), Self.stream)
        let made = try recording(r, Self.stream)
        #expect(made.text.contains("- open: {stream: c, as: d, proto: nano}"), "\(made.text)")
        #expect(made.text.contains("above: envelope"), "\(made.text)")
    }
}
