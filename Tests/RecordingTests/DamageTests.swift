import Capture
import Nano
import Node
import Scenario
import Testing

@testable import Recording

/// Incomplete captures, and questions that they cannot answer.
struct DamageTests {
    /// The recording reports a connection that began before the capture. If the cookie is missing, it cannot make a
    /// signature again.
    @Test func midStream() throws {
        let made = try Captured.recording(Captured.bug, ["127.0.0.1:39168"], without: [1, 2, 3, 4])
        #expect(made.losses.contains { $0.contains("before the capture began") }, "\(made.losses)")
        let later = try Captured.recording(Captured.v2, ["127.0.0.1:7075"], without: Set(1...6))
        #expect(later.losses.contains { $0.contains("a new signature of ours") }, "\(later.losses)")
        #expect(later.text.contains("signature: 0xe2ea701f"))
        // The bytes under the node's signature are unknown.
        let client = try Captured.recording(Captured.v2, ["127.0.0.1:40358"], without: Set(1...6))
        #expect(client.losses.contains { $0.contains("a check of response.signature") }, "\(client.losses)")
    }
    /// A gap in the sent data: the recording reports the messages around it and does not send them.
    @Test func gap() throws {
        let made = try Captured.recording(Captured.v2, ["127.0.0.1:7075"], without: [35])
        #expect(!made.text.contains("0x0202020202020202"))
        #expect(made.text.contains("#15 frame 31"))
        let (recorder, tally) = try Captured.recorder(Captured.v2, ["127.0.0.1:7075"], without: [35])
        #expect(tally.gaps == 1)
        #expect(try recorder.finish("x", tally).origins.values.contains { $0.number > 15 })
    }
    @Test func nobody() throws {
        let (recorder, tally) = try Captured.recorder(Captured.v2, ["10.0.0.1"])
        let error = #expect(throws: RecordingError.self) { try recorder.finish("x", tally) }
        #expect(
            error?.description
                == "the capture has no message from that address: there is 127.0.0.1:7075, 127.0.0.1:40358, 127.0.0.1:7076, "
                + "127.0.0.1:43734")
        let (chosen, all) = try Captured.recorder(Captured.v2, ["127.0.0.1:7075"], flow: 2)
        let other = #expect(throws: RecordingError.self) { try chosen.finish("x", all) }
        #expect(other?.description.contains("or no message of it was selected") == true)
    }
    @Test func bothEnds() throws {
        let (recorder, tally) = try Captured.recorder(Captured.v2, ["127.0.0.1"])
        let error = #expect(throws: RecordingError.self) { try recorder.finish("x", tally) }
        #expect(
            error?.description
                == "both ends of connection 1 have that address: which one is it, 127.0.0.1:40358 or 127.0.0.1:7075?")
    }
    @Test func tooLong() throws {
        var recorder = Recorder([.nano], of: [try #require(NodeAddress("127.0.0.1:7075"))], limit: 200)
        var rounds = 0
        while recorder.isOpen, rounds < 1000 {
            _ = try Captured.read(Captured.v2, into: &recorder)
            rounds += 1
        }
        #expect(rounds < 1000)
        let error = #expect(throws: RecordingError.self) { try recorder.finish("x", Tally()) }
        #expect(error?.description.contains("more than 200 messages") == true)
    }
    /// The recording reports a reset by the node, because `closed` also matches an orderly end. It repeats a reset by
    /// our side.
    @Test func reset() throws {
        let node = try Captured.recording(Captured.bug, ["127.0.0.1:39168"])
        #expect(node.text.contains("event: closed"))
        #expect(node.losses.contains { $0.contains("the node ended connection 1 by a reset") }, "\(node.losses)")
        let ours = try Captured.recording(Captured.bug, ["127.0.0.1:7076"], flow: 1)
        #expect(ours.text.contains("close: {via: c, how: reset}"))
        #expect(!ours.losses.contains { $0.contains("by a reset") }, "\(ours.losses)")
    }
    /// The recording reports the first message of a connection that began before the capture.
    @Test func begun() throws {
        let made = try Captured.recording(Captured.v2, ["127.0.0.1:7075"], without: Set(1...6))
        #expect(
            made.losses.contains { $0.contains("connection 1 before the capture began, which begins with #1") },
            "\(made.losses)")
        for loss in made.losses { #expect(made.text.contains("# \(loss)")) }
    }
    /// A capture without a message of the node becomes a case that is skipped and cannot pass.
    @Test func silent() throws {
        let said = try Filter("src.port != 7075", [.nano])
        let (recorder, tally) = try Captured.recorder(Captured.v2, ["127.0.0.1:7075"], flow: 1, filter: said)
        var made = try recorder.finish("x", tally)
        // The node kept the connection open, which can be judged.
        #expect(made.recorded.skip == nil && made.text.contains("never:"))
        made.recorded.skip = "nobody: speaks"
        let result = try Captured.run(made.text, made.settings)
        #expect(result.verdict == .skip && result.reason == "nobody: speaks")
    }
    /// Sinks receive the start and the end of each connection.
    @Test func connections() throws {
        struct Sink: RecordSink {
            var told: [String] = []
            mutating func record(_ record: borrowing Record, _ bytes: RawSpan) {}
            mutating func connection(_ event: ConnectionEvent) {
                told.append("\(event.flow) \(event.what) \(event.isFromClient ? "client" : "server") \(event.frame)")
            }
        }
        var sink = Sink()
        _ = try Captured.read(Captured.bug, into: &sink)
        #expect(
            sink.told == [
                "1 begun client 1", "1 reset client 9", "2 begun client 10", "2 reset client 18", "3 begun client 19",
                "3 finished client 29", "3 finished server 30",
            ])
    }
}
