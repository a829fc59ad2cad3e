import Capture
import Nano
import Node
import Scenario
import Testing
import Wire

@testable import Recording

/// The fields of a message that a recording must name.
struct PruningTests {
    /// Each block of a list loses exactly the fields with default values. Marks of a few bytes lose them too.
    @Test func groups() throws {
        let blocks = (1...3).map { n -> Value in
            let state = Value.map([
                .init("account", .bytes([UInt8](repeating: UInt8(n), count: 32))),
                .init("link", .bytes([UInt8](repeating: 9, count: 32))),
            ])
            return Value.map([.init("type", .text("state")), .init("state", state)])
        }
        let given = Value.map([
            .init("pull_type", .text("blocks")), .init("id", .uint(7)),
            .init("blocks", .map([.init("entries", .list(blocks))])),
        ])
        let (bytes, errors) = SentMessage.encode(AscPullAck.self, given, defaults: .map([]))
        #expect(errors.isEmpty, "\(errors)")
        let message = RecordedMessage(type: AscPullAck.self, bytes: bytes, hint: 0)
        let fields = message.fields
        let pruning = Pruning(type: message.type, defaults: .map([]), bytes: bytes)
        let least = try #require(pruning.least(fields, AscPullAck.describe()))
        #expect(SentMessage.encode(AscPullAck.self, least, defaults: .map([])).bytes == bytes)
        guard case .list(let some)? = least.at("blocks.entries"), case .list(let all)? = fields.at("blocks.entries")
        else {
            Issue.record("\(least)")
            return
        }
        #expect(some.count == 3 && all.count == 3)
        for (a, b) in zip(some, all) {
            #expect(a.leaves.count < b.leaves.count && a.at("state.account") == b.at("state.account"), "\(a)")
        }
        let kept = KeptFields(least, of: fields)
        #expect(kept.part(of: fields) == least)
        // If the fields cannot produce the bytes, the message is sent as bytes.
        #expect(Pruning(type: message.type, defaults: .map([]), bytes: bytes + [0]).least(fields, []) == nil)
    }
    @Test func marks() {
        let whole = Value.map([
            .init("a", .list((0..<600).map { .uint($0) })), .init("b", .map([.init("c", 1), .init("d", 2)])),
            .init("e", .list([.map([.init("f", 3), .init("g", 4)]), .map([.init("f", 5), .init("g", 6)])])),
        ])
        let part = Value.map([
            .init("a", .list((0..<90).map { .uint($0) })), .init("b", .map([.init("d", 2)])),
            .init("e", .list([.map([.init("g", 4)]), .map([.init("f", 5)])])),
        ])
        #expect(KeptFields(part, of: whole).part(of: whole) == part)
        #expect(KeptFields(whole, of: whole).part(of: whole) == whole)
        #expect(KeptFields(.map([]), of: whole).part(of: whole) == .map([]))
    }
    /// No expression can name all blocks of a vote with the largest number of blocks.
    @Test func longLists() throws {
        let hashes = (0..<255).map { n in Value.bytes([UInt8](repeating: 1, count: 31) + [UInt8(n)]) }
        let settings = try Definition.nano.settings()
        let (bytes, errors) = SentMessage.encode(
            ConfirmAck.self, .map([.init("hashes", .list(hashes))]),
            defaults: Definition.nano.playing.defaults(settings))
        #expect(errors.isEmpty, "\(errors)")
        let (client, server) = (try #require(Endpoint("10.0.0.1:5000")), try #require(Endpoint("10.0.0.2:7075")))
        // A vote without a request would be left to the defaults.
        let messages: [(any Message.Type, [UInt8])] = [
            (ConfirmReq.self, ConfirmReq().encoded()), (ConfirmAck.self, bytes),
        ]
        let events = messages.enumerated().map { i, message in
            RecordedEvent(
                what: .message(RecordedMessage(type: message.0, bytes: message.1, hint: 0)), isOurs: i == 0, flow: 1,
                number: i + 1, frames: FrameNumbers(i + 1), time: Timestamp(nanoseconds: 0), since: "+0", place: i + 1,
                notes: [], offset: 0, length: message.1.count)
        }
        let flow = RecordedFlow(
            number: 1, client: client, server: server, transport: .tcp, protocolName: "nano", isOpenedByNode: false,
            isWhole: true)
        let traffic = RecordedTraffic(
            name: "x", definition: .nano, events: events, flows: [1: flow], tally: Tally())
        let made = try ScenarioWriter.recording(traffic, RecordingOptions())
        let (scenario, problems) = Scenario.load(
            SourceFile(name: "x", bytes: made.bytes), Library(definitions: [.nano]))
        #expect(scenario != nil && problems.isEmpty, "\(problems.map(\.message))")
        #expect(made.text.contains("nano.vote_hash(hashes, "))
    }
}
