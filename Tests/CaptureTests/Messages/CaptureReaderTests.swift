import Node
import Testing
import WebSocket
import Wire

@testable import Capture

struct CaptureReaderTests {
    let wire = Wire2()
    /// Returns a file with these texts, each in its own packet.
    func file(_ texts: [String], cut: Bool = false, gzipped: Bool = false) throws -> TemporaryFile {
        var at = 0
        let packets = texts.map { said in
            defer { at += text(said).count }
            return Tapped(Wrapping.raw.packet(wire.say(text(said), at: at)), time: Int64(at))
        }
        let bytes = pcap(packets, link: 101) + (cut ? [1, 2, 3] : [])
        return try TemporaryFile(gzipped ? gzip(bytes) : bytes)
    }
    func bytes(_ message: CapturedMessage?) -> [UInt8]? { message?.bytes }

    /// `read` continues after the messages that `next` returned. No message is repeated or lost.
    @Test(arguments: [false, true]) func oneByOne(_ gzipped: Bool) throws {
        let file = try file(["a", "b", "c", "d"], gzipped: gzipped)
        for taken in 0...4 {
            var capture = try CaptureReader(file.path, [.toy])
            var all: [[UInt8]] = []
            for _ in 0..<taken { if let next = bytes(try capture.next()) { all.append(next) } }
            #expect(all.count == taken)
            var kept = Kept()
            #expect(capture.read(into: &kept) == nil)
            #expect(all + kept.bytes == ["a", "b", "c", "d"].map { text($0) })
            #expect(bytes(try capture.next()) == nil)
            #expect(capture.tally.records == 4)
        }
    }
    /// The reader returns all complete messages, then the error once, then the end.
    @Test func damage() throws {
        let file = try file(["a", "b"], cut: true)
        var capture = try CaptureReader(file.path, [.toy])
        #expect(bytes(try capture.next()) == text("a"))
        #expect(bytes(try capture.next()) == text("b"))
        do throws(CaptureError) {
            _ = try capture.next()
            Issue.record("damage was not told")
        } catch {
            #expect(error == .truncatedInHeader(packets: 2))
        }
        #expect(bytes(try capture.next()) == nil)
        var kept = Kept()
        var again = try CaptureReader(file.path, [.toy])
        #expect(again.read(into: &kept) == .truncatedInHeader(packets: 2))
        #expect(kept.bytes.count == 2)
    }
    /// Units of layers are returned only on request.
    @Test func layers() throws {
        var counts: [Bool: [String: Int]] = [:]
        for all in [false, true] {
            var capture = try CaptureReader(WebSocketCaptureTests.folder + "ws-to-meshspec.pcap", [.webSocket])
            capture.givesLayers = all
            while let message = try capture.next() { counts[all, default: [:]][message.record.name, default: 0] += 1 }
        }
        #expect(counts[false]?["websocket.text"] ?? 0 > 0)
        #expect(counts[true]?["websocket.text"] == counts[false]?["websocket.text"])
        #expect(counts[true]?["websocket.frame"] ?? 0 > counts[false]?["websocket.frame"] ?? 0)
    }
    @Test func whatAMessageSays() throws {
        let file = try file(["hello"])
        var capture = try CaptureReader(file.path, [.toy])
        let message = try #require(try capture.next())
        #expect(message.fields["body"] == .bytes(Array("hello".utf8)))
        #expect(message.passes(try Filter("toy.text and body contains 656c6c", [.toy])))
        #expect(!message.passes(try Filter("src == 10.9.9.9", [.toy])))
    }
}
