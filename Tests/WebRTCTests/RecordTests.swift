import Capture
import Node
import Testing
import Wire

@testable import WebRTC

/// The records of a capture.
private struct Told: RecordSink {
    struct Line {
        var number: Int
        var name: String
        var path: String
        var frames: [Int]
        var isShown: Bool
        var origins: [RecordOrigin]
        var notes: [String]
    }
    var lines: [Line] = []
    var notes: [String] = []
    var wantsAnswers: Bool { true }
    var answers = 0
    mutating func note(_ note: CaptureNote) { notes.append(note.text) }
    mutating func record(_ record: borrowing Record, _ bytes: RawSpan) {
        if record.answers != nil { answers += 1 }
        lines.append(
            Line(
                number: record.number, name: record.name, path: record.path, frames: Array(record.frames),
                isShown: !record.isMereCarrier, origins: record.origins, notes: record.notes.map(\.text)))
    }
}

@Suite struct RecordTests {
    private static func read(_ name: String, keys: Bool = true, _ channels: [ChannelProtocol] = []) throws -> (
        Told, Tally
    ) {
        let secrets = keys ? try Recorded(name).secrets : Secrets()
        var reader = try CaptureReader(
            [Recorded.path(name + ".pcap")], [.webRTC(carrying: channels)], ReadingOptions(secrets: secrets))
        var told = Told()
        let damage = reader.read(into: &told)
        #expect(damage == nil)
        return (told, reader.tally)
    }

    @Test(arguments: Recorded.names) func showsMessagesAndHidesLayers(_ name: String) throws {
        let (told, tally) = try Self.read(name)
        let shown = told.lines.filter(\.isShown)
        #expect(shown.count { $0.name == "webrtc.text" } == 10 && shown.count { $0.name == "webrtc.binary" } == 8)
        #expect(shown.contains { $0.name == "stun.message" } && shown.contains { $0.name == "dtls.client_hello" })
        #expect(shown.count { $0.name == "dtls.record" } == 0 && told.lines.contains { $0.name == "dtls.record" })
        // A packet that ends the association is of interest by itself.
        #expect(shown.count { $0.name == "sctp.packet" } == 1)
        #expect(tally.sealedBytes == 0 && told.notes == [] && tally.unknownDatagrams == 0)
        // Each STUN request has its answer.
        #expect(told.answers * 2 == told.lines.count { $0.name == "stun.message" })
    }
    /// A message in several pieces has the frames and the packets of all pieces.
    @Test(arguments: Recorded.names) func knowsOriginsOfMessages(_ name: String) throws {
        let (told, _) = try Self.read(name)
        let large = try #require(told.lines.first { $0.name == "webrtc.binary" && $0.origins.count == 3 })
        #expect(large.frames.count == 3 && large.path == "dtls/sctp/#1/webrtc")
        for origin in large.origins {
            let packet = told.lines[origin.record - 1]
            #expect(packet.name == "sctp.packet" && packet.path == "dtls/sctp" && origin.isMade)
            let record = told.lines[try #require(packet.origins.first).record - 1]
            #expect(record.name == "dtls.record" && record.frames == packet.frames)
        }
    }
    @Test(arguments: Recorded.names) func countsEncryptedBytesWithoutKeys(_ name: String) throws {
        let (told, tally) = try Self.read(name, keys: false)
        #expect(tally.sealedBytes > tally.payload / 2)
        #expect(told.notes.count == 1 && told.notes[0].contains("encrypted, no key for client random"))
        let shown = Set(told.lines.filter(\.isShown).map(\.name))
        #expect(shown == ["stun.message", "dtls.client_hello", "tls.server_hello"])
    }
    @Test func decodesProtocolOfChannel() throws {
        let hello = ChannelProtocol("hello", labels: ["sketch"], messages: []) { bytes, isText in
            isText && bytes.byteCount > 16 ? ChannelText.self : nil
        }
        let (told, _) = try Self.read("sketch-libwebrtc", [hello])
        #expect(told.lines.contains { $0.path == "dtls/sctp/#1/hello" && $0.name == "webrtc.text" })
        let other = ChannelProtocol("hello", labels: ["other"], messages: []) { _, _ in ChannelText.self }
        #expect(try !Self.read("sketch-libwebrtc", [other]).0.lines.contains { $0.path.hasSuffix("hello") })
    }
    /// The first request of a session names the peers of the offer and the answer.
    @Test func namesPeersOfSession() throws {
        let recorded = try Recorded("sketch-libwebrtc")
        let request = try #require(recorded.datagrams.first { $0.bytes[0] == 0 && $0.bytes[1] == 1 })
        let text = try STUNMessage(copying: request.bytes)[.username]?.text?.string(in: RawSpan())
        let name = try #require(text)
        let ufrags = name.split(separator: ":").map(String.init)
        var observer = WebRTCObserver(memory: 1 << 20, Secrets(), [])
        observer.learn(SignaledEnd(ufrag: ufrags[1], peer: nil, other: "bbbb"))
        observer.learn(SignaledEnd(ufrag: ufrags[1], peer: "aaaa", other: "bbbb"))
        var out: [ObservedMessage] = []
        for _ in 0..<2 {
            observer.observe(
                request.bytes.span.bytes, from: request.source, to: request.destination, number: 1, at: .zero,
                into: &out)
        }
        #expect(
            out.map { $0.findings.map(\.text) } == [
                ["the session of peers aaaa and bbbb, by its offer and answer"], [],
            ])
        #expect(SignaledEnd.ufrag(in: "v=0\r\na=ice-ufrag:x+/y\r\na=ice-pwd:z\r\n") == "x+/y")
        #expect(SignaledEnd.ufrag(in: "v=0\r\n") == nil)
    }
}
