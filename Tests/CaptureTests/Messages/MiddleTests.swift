import DXOS
import Gossipsub
import Nano
import Node
import PeerPigeon
import Testing
import WebSocket
import Wire

@testable import Capture

/// Tests of captures that begin inside a connection, or hold one direction of it: what is there is decoded, and what
/// depends on the missing part is not judged.
struct MiddleTests {
    typealias Lost = LostPacketTests

    private static func read(_ packets: [Lost.Taken], _ rules: [DecodeAs] = []) -> (kept: Kept, tally: Tally) {
        Lost.read(packets, without: nil, Secrets(), rules)
    }
    private static func count(_ name: String, in kept: Kept, fromClient: Bool? = nil) -> Int {
        kept.records.count {
            $0.kind == .message && $0.protocolName == name && (fromClient ?? $0.isFromClient) == $0.isFromClient
        }
    }
    /// Three connections of a DXOS server without their upgrades.
    @Test(arguments: [true, false]) func readsMessagesWithoutTheUpgrade(_ isTold: Bool) throws {
        let rules = isTold ? [DecodeAs(transport: .tcp, port: 48080, protocolName: "dxos")] : []
        let packets = try Lost.packets(Lost.folder + "cases/dxos-mid.pcap")
        let (kept, tally) = Self.read(packets, rules)
        #expect(Lost.rules(kept) == [] && tally.unknownFlows == 0 && tally.unreadBytes == 0)
        #expect(Self.count("dxos", in: kept) == 71 && Self.count("websocket", in: kept) == 75)
        let isNoted = kept.captureNotes.contains { $0.text.contains("the upgrade was not seen") }
        #expect(isNoted, "\(kept.captureNotes.map(\.text))")
    }
    /// The client's port is the lower one, so that only the mask of the frames shows who the client is.
    @Test func maskShowsTheClient() throws {
        let (kept, _) = Self.read(try Lost.packets(Lost.folder + "cases/dxos-mid.pcap"))
        let requests = kept.records.filter { $0.name == "dxos.request" }
        #expect(!requests.isEmpty && requests.allSatisfy { $0.destination.port == 48080 })
    }
    /// What the clients sent without the answers, and the answers alone.
    @Test(
        arguments: [
            "dxos/dxos-signal-two-peers", "peerpigeon/peerpigeon-one-hub", "gossipsub/gossipsub-plaintext-yamux",
            "gossipsub/lib2p2-plaintext-mplex", "gossipsub/lib2p2-plaintext-yamux",
        ], [true, false])
    func readsOneDirection(_ capture: String, _ isClients: Bool) throws {
        let packets = try Lost.packets(Lost.folder + capture + ".pcap")
        let name = String(capture.prefix { $0 != "/" })
        let whole = Self.read(packets).kept
        let servers = Set(whole.records.map { $0.isFromClient ? $0.destination : $0.source })
        let half = packets.filter { taken in
            let packet = Packet(
                number: 1, time: taken.time, length: taken.length, link: taken.link, bytes: taken.bytes.span.bytes)
            guard case .tcp(let segment) = Layers(packet) else { return false }
            return servers.contains(segment.destination) == isClients
        }
        let (kept, _) = Self.read(half)
        #expect(Lost.rules(kept).isSubset(of: Lost.rules(whole)))
        #expect(Self.count(name, in: kept) == Self.count(name, in: whole, fromClient: isClients))
    }
    /// The frames of yamux and mplex show the streams, and the messages in them show the protocol.
    @Test(
        arguments: [
            ("gossipsub-plaintext-yamux", 34510), ("lib2p2-plaintext-mplex", 41105), ("lib2p2-plaintext-yamux", 41104),
        ], [true, false])
    func readsStreamsWithoutTheirBeginning(_ capture: (name: String, port: UInt16), _ isTold: Bool) throws {
        let packets = try Lost.packets(Lost.folder + "gossipsub/\(capture.name).pcap")
        let rules = isTold ? [DecodeAs(transport: .tcp, port: capture.port, protocolName: "gossipsub")] : []
        let whole = Self.read(packets).kept.records.filter { $0.protocolName == "gossipsub" }
        for first in stride(from: 4, to: packets.count, by: 3) {
            let (kept, _) = Self.read(Array(packets[first...]), rules)
            let wanted = whole.filter { $0.frames.allSatisfy { $0 > first } }
            let found = kept.records.filter { $0.protocolName == "gossipsub" && $0.kind == .message }
            #expect(found.map(\.length) == wanted.map(\.length), "\(capture.name) from frame \(first + 1)")
            #expect(found.map(\.source) == wanted.map(\.source) && Lost.rules(kept) == [])
        }
    }
    /// The handshake of a connection is not needed to read its streams.
    @Test(arguments: [10, 16, 18]) func readsStreamsAfterLossInTheHandshake(_ lost: Int) throws {
        let packets = try Lost.packets(Lost.folder + "gossipsub/gossipsub-plaintext-yamux.pcap")
        let (kept, _) = Lost.read(packets, without: lost - 1, Secrets())
        #expect(Self.count("gossipsub", in: kept) > 8 && Lost.rules(kept) == [])
    }
    /// Bytes in the form of a frame that carry no message of a known protocol.
    @Test func takesNoOtherFramesForYamux() {
        let frame: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 12] + Array("\u{b}hello world".utf8)
        let wire = Wire2()
        let (kept, tally) = tap(
            [wire.say(frame, at: 0), wire.say(frame, at: frame.count)], .ethernet, Lost.definitions)
        #expect(kept.records.isEmpty && tally.unknownFlows == 1, "\(kept.said)")
    }
    @Test(arguments: Lost.captures.indices) func beginningLaterCausesNoViolation(_ capture: Int) throws {
        let (name, step) = Lost.captures[capture]
        let packets = try Lost.packets(Lost.folder + name)
        let before = Lost.rules(Self.read(packets).kept)
        // Connections open in the first packets.
        for first in Array(1..<24) + Array(stride(from: 24, to: packets.count, by: 4 * step)) {
            let new = Lost.rules(Self.read(Array(packets[first...])).kept).subtracting(before)
            #expect(new.isEmpty, "\(name) from frame \(first + 1): \(new)")
        }
    }
    /// JSON of another program, in a capture without the upgrade, and after the upgrade of its own target.
    @Test(arguments: [#"{"type":"chat","text":"hello"}"#, #"{"op":"subscribe"}"#, "[1,2]"])
    func takesNoOtherJSONForPeerPigeon(_ text: String) {
        let frame = Frame(.text, Array(text.utf8), key: Fixed<4>(repeating: 5)).encoded()
        let wire = Wire2()
        let (kept, tally) = tap(
            [wire.say(frame, at: 0), wire.say(frame, at: frame.count)], .ethernet, Lost.definitions)
        #expect(kept.records.isEmpty && tally.unknownFlows == 1, "\(kept.said)")
    }
    /// The target of a connection names no protocol, so that its messages name none, also after missing bytes.
    @Test func targetDecidesAfterMissingBytes() {
        let ping = Frame(.text, Array(#"{"type":"ping"}"#.utf8), key: Fixed<4>(repeating: 5)).encoded()
        var segments = Self.turns([Self.request, Self.response(), ping])
        let next = Self.request.count + ping.count + 10
        segments += [0, 1].map { Wire2().say(ping, at: next + $0 * ping.count) }
        let (kept, _) = tap(segments, .ethernet, Lost.definitions)
        #expect(kept.records.count { $0.name == "websocket.text" } == 3, "\(kept.said)")
        #expect(!kept.records.contains { $0.protocolName == "peerpigeon" })
    }
    /// After a missing segment, messages are found again where a segment begins with one.
    @Test(arguments: [("dxos", 17), ("peerpigeon", 139), ("mplex", 4991)])
    func resumesAtSegmentThatFits(_ name: String, _ unread: Int) throws {
        let (kept, tally) = Self.read(try Lost.packets(Lost.folder + "cases/one-segment-\(name).pcap"))
        #expect(Lost.rules(kept) == [] && tally.unreadBytes == unread)
    }

    // MARK: - HTTP before the upgrade

    private static let request = Array(
        ("GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n").utf8)
    private static func response(_ field: String = "") -> [UInt8] {
        Array(
            ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\(field)\r\n").utf8)
    }
    /// Returns a connection in which the two sides take turns, beginning with the client.
    private static func turns(_ said: [[UInt8]]) -> [Tap] {
        let wire = Wire2()
        var segments = wire.opening
        var at = (client: 0, server: 0)
        for (i, bytes) in said.enumerated() {
            if i % 2 == 0 {
                segments.append(wire.say(bytes, at: at.client))
                at.client += bytes.count
            } else {
                segments.append(wire.answer(bytes, at: at.server, received: at.client))
                at.server += bytes.count
            }
        }
        return segments
    }
    /// A proxy and a health check use the connection before its upgrade.
    @Test(arguments: [
        ("CONNECT hub:80 HTTP/1.1\r\nHost: hub:80\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n"),
        ("GET /health HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{\"ok\":true}"),
        ("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n"),
    ]) func readsUpgradeAfterOtherExchanges(_ asked: String, _ answered: String) {
        let frames = (Frame(.text, Array("one".utf8), key: Fixed<4>(repeating: 5)), Frame(.text, Array("two".utf8)))
        let (kept, tally) = tap(
            Self.turns([
                Array(asked.utf8), Array(answered.utf8), Self.request, Self.response(), frames.0.encoded(),
                frames.1.encoded(),
            ]), .ethernet, [.webSocket])
        #expect(kept.records.filter(\.isPlain).map(\.name) == ["websocket.text", "websocket.text"], "\(kept.said)")
        #expect(tally.unknownFlows == 0 && Lost.rules(kept) == [])
        let heads = kept.records.prefix { $0.name != "websocket.frame" }.map(\.name)
        let hasBody = answered.hasSuffix("}")
        #expect(
            heads == ["http.request", "http.response"] + (hasBody ? ["http.body"] : [])
                + ["websocket.upgrade", "websocket.upgrade_response"])
        #expect(kept.records[1].answers?.record == kept.records[0].number)
    }
    /// A rule for the port also decodes a connection that asks for no upgrade.
    @Test func readsPlainHTTPOfNamedPort() throws {
        var options = ReadingOptions()
        options.rules = [DecodeAs(transport: .tcp, port: 9000, protocolName: "peerpigeon")]
        let (kept, tally) = tap(
            Self.turns([
                Array("GET /health HTTP/1.1\r\nHost: a\r\n\r\n".utf8),
                Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n{\"peers\":7}\r\n0\r\n\r\n".utf8),
            ]), .ethernet, [.webSocket, .peerPigeon], reading: options)
        #expect(kept.records.map(\.name) == ["http.request", "http.response", "http.body", "http.body"])
        let body = kept.bytes[2]
        let node = try #require(HTTPBody.dissect(body).node("json"))
        let peers = node.leafValue(in: body.span.bytes)["peers"]
        #expect(peers == .uint(7))
        #expect(HTTPBody.dissect(kept.bytes[3]).node("json") == nil && tally.unknownFlows == 0)
    }
    /// Plain HTTP is no protocol that meshspec knows.
    @Test func leavesPlainHTTPUnread() {
        let (kept, tally) = tap(
            Self.turns([
                Array("GET /health HTTP/1.1\r\nHost: a\r\n\r\n".utf8),
                Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".utf8),
            ]), .ethernet, [.webSocket])
        #expect(kept.records.isEmpty && tally.unknownFlows == 1)
    }
    /// RSV1 marks compressed messages. Without an agreed extension no message may have it.
    @Test(arguments: [("", true), ("Sec-WebSocket-Extensions: permessage-deflate\r\n", false)])
    func bitOfCompressionNeedsAnAgreement(_ field: String, _ isWrong: Bool) {
        let offer = String(decoding: Self.request, as: UTF8.self).replacing(
            "Host: a\r\n", with: "Host: a\r\nSec-WebSocket-Extensions: permessage-deflate\r\n")
        // The compressed text `Hello` of RFC 7692, section 7.2.3.1.
        let hello: [UInt8] = [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00]
        var frame = Frame(.text, hello, key: Fixed<4>(repeating: 5))
        frame.header.rsv1 = 1
        let (kept, _) = tap(
            Self.turns([Array(offer.utf8), Self.response(field), frame.encoded()]), .ethernet, [.webSocket])
        #expect(Lost.rules(kept).contains("WS-27") == isWrong, "\(kept.notes)")
    }
}
