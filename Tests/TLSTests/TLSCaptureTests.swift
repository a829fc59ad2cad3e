import Capture
import Glibc
import Node
import Testing
import WebSocket
import Wire

@testable import TLS

/// The output of a capture: names, paths and bytes of records, and notes.
private struct Told: RecordSink, Equatable {
    var lines: [String] = []
    /// The records that are shown without layers.
    var shown: [String] = []
    var data: [[UInt8]] = []
    var notes: [String] = []
    mutating func note(_ note: CaptureNote) { notes.append(note.text) }
    mutating func record(_ record: borrowing Capture.Record, _ bytes: RawSpan) {
        lines.append("\(record.path) \(record.name) \(record.isFromClient ? ">" : "<")")
        if !record.isMereCarrier { shown.append(lines[lines.count - 1]) }
        data.append(bytes.withUnsafeBytes { [UInt8]($0) })
    }
}

@Suite struct TLSCaptureTests {
    /// Returns a WebSocket connection over TLS between our own ends: a request, its answer, and a message in each
    /// direction.
    static func connection() throws -> Pair {
        var options = TLSOptions()
        options.applicationProtocols = ["http/1.1"]
        let context = try TLSContext(options)
        var pair = try Pair(context, context)
        let request =
            "GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        let response =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
        pair.send(Array(request.utf8), from: .us)
        pair.send(Array(response.utf8), from: .them)
        pair.send([0x81, 0x85, 0, 0, 0, 0] + Array("hello".utf8), from: .us)
        pair.send([0x81, 0x02] + Array("hi".utf8), from: .them)
        pair.close(from: .us)
        return pair
    }
    /// Returns the packets as pcapng, in segments of at most `cut` bytes, with or without the keys.
    static func capture(_ pair: Pair, cut: Int = 1400, keyLog: [UInt8]? = nil) -> [UInt8] {
        var writer = PcapngWriter(application: "test")
        if let keyLog { writer.add(keyLog: keyLog) }
        writer.addInterface(.raw)
        var next: [Opener: UInt32] = [.us: 1000, .them: 5000]
        var time: Int64 = 1_700_000_000_000_000_000
        func put(_ side: Opener, _ flags: UInt8, _ payload: [UInt8]) {
            let ports: [UInt8] = side == .us ? [0x9c, 0x40, 0x01, 0xbb] : [0x01, 0xbb, 0x9c, 0x40]
            func number(_ n: UInt32) -> [UInt8] {
                (0..<4).map { UInt8(truncatingIfNeeded: n >> (24 - 8 * UInt32($0))) }
            }
            let tcp =
                ports + number(next[side] ?? 0) + number(next[side.opposite] ?? 0) + [0x50, flags, 1, 0, 0, 0, 0, 0]
                + payload
            let length = 20 + tcp.count
            let addresses: [UInt8] = side == .us ? [10, 0, 0, 1, 10, 0, 0, 2] : [10, 0, 0, 2, 10, 0, 0, 1]
            let ip: [UInt8] =
                [0x45, 0, UInt8(length >> 8), UInt8(length & 255), 0, 1, 0x40, 0, 64, 6, 0, 0] + addresses + tcp
            writer.add(packet: ip, at: Timestamp(nanoseconds: time))
            time += 1_000_000
            next[side, default: 0] += UInt32(payload.count) + (flags & 3 != 0 ? 1 : 0)
        }
        put(.us, 0x02, [])
        put(.them, 0x12, [])
        for (side, bytes) in pair.wire {
            var at = 0
            while at < bytes.count {
                put(side, 0x18, Array(bytes[at..<min(bytes.count, at + cut)]))
                at += cut
            }
        }
        put(.us, 0x11, [])
        put(.them, 0x11, [])
        return writer.bytes
    }
    private func decode(_ capture: [UInt8], _ secrets: Secrets) throws -> (told: Told, information: CaptureInformation)
    {
        let folder = Glibc.getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(folder)/tls-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        try #require(descriptor >= 0)
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer {
            close(descriptor)
            unlink(path)
        }
        try #require(Glibc.write(descriptor, capture, capture.count) == capture.count)
        var file = try CaptureFile(path, secrets: secrets)
        var webSocket = Definition.webSocket
        webSocket.reading.layers = webSocket.reading.layers?.secured(isBottom: false)
        var table = FlowTable([webSocket, .tls], ReadingOptions(secrets: secrets))
        var told = Told()
        #expect(table.read(&file, &told) == nil)
        return (told, file.information)
    }

    /// Alerts are in a separate channel. Without layers, only unknown data is shown.
    @Test func alertsAndWhatIsShown() throws {
        let pair = try Self.connection()
        let told = try decode(Self.capture(pair), pair.secrets).told
        #expect(
            told.lines.filter { $0.contains("tls.alert") } == [
                "tls/#2/tls.alert tls.alert >", "tls/#2/tls.alert tls.alert <",
            ])
        #expect(!told.shown.contains { $0.contains("tls.record") }, "\(told.shown)")
        #expect(told.shown.contains("tls/websocket websocket.upgrade >"))
        let blind = try decode(Self.capture(pair), Secrets()).told
        #expect(blind.shown.isEmpty)
    }
    @Test func keysOfAFile() throws {
        let pair = try Self.connection()
        let told = try decode(Self.capture(pair), pair.secrets).told
        #expect(
            told.lines.filter { !$0.hasPrefix("tls ") && !$0.contains("tls.handshake ") } == [
                "tls/websocket websocket.upgrade >", "tls/websocket websocket.upgrade_response <",
                "tls/websocket websocket.frame >", "tls/websocket/plain websocket.text >",
                "tls/websocket websocket.frame <", "tls/websocket/plain websocket.text <",
                "tls/#2/tls.alert tls.alert >", "tls/#2/tls.alert tls.alert <",
            ])
        let handshake = told.lines.filter { $0.hasPrefix("tls/#1/tls.handshake") }.map { $0.split(separator: " ")[1] }
        #expect(handshake.prefix(2) == ["tls.client_hello", "tls.server_hello"])
        #expect(handshake.contains("tls.encrypted_extensions"))
        let frame = try #require(told.lines.firstIndex(of: "tls/websocket websocket.frame <"))
        #expect(told.data[frame] == [0x81, 0x02] + Array("hi".utf8))
        #expect(told.notes.isEmpty)
    }
    /// Compares our captures with keys in the file with the results of tshark.
    @Test(arguments: ["websocket-deflate", "websocket-close"]) func runs(_ name: String) throws {
        let folder = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/Captures/tls/"
        let golden = JSON.parse(try bytes(of: folder + name + ".json"))
        let read = try decode(bytes(of: folder + name + ".pcapng"), Secrets())
        #expect(read.information.secretsBlocks == 1 && read.told.notes.isEmpty)
        func found(_ fits: (String) -> Bool) -> [(isClient: Bool, bytes: [UInt8])] {
            zip(read.told.lines, read.told.data).filter { fits($0.0) }.map { ($0.0.hasSuffix(">"), $0.1) }
        }
        func wanted(_ key: String) -> [Value] { if case .list(let items)? = golden?[key] { items } else { [] } }
        let handshake = found { $0.hasPrefix("tls/#1/") }
        #expect(handshake.count == wanted("handshake").count && handshake.count == 9)
        for (message, value) in zip(handshake, wanted("handshake")) {
            #expect(value == ["client": .bool(message.isClient), "type": .uint(UInt64(message.bytes[0]))])
        }
        let alerts = found { $0.contains(" tls.alert ") }
        #expect(alerts.count == wanted("alerts").count)
        for (alert, value) in zip(alerts, wanted("alerts")) {
            let (level, description) = (UInt64(alert.bytes[0]), UInt64(alert.bytes[1]))
            let said: Value = ["level": .uint(level), "description": .uint(description)]
            #expect(value["client"] == .bool(alert.isClient))
            #expect(value["level"] == said["level"] && value["description"] == said["description"])
        }
        let frames = found { $0.contains(" websocket.frame ") }
        var texts = found { $0.contains(" websocket.text ") }[...]
        #expect(frames.count == wanted("frames").count && frames.count >= 2)
        for (bytes, value) in zip(frames, wanted("frames")) {
            let frame = try Frame(copying: bytes.bytes)
            #expect(value["client"] == .bool(bytes.isClient))
            #expect(value["opcode"] == .uint(UInt64(frame.header.opcode.rawValue)))
            #expect(value["fin"] == .uint(UInt64(frame.header.fin)))
            if frame.header.opcode == .text {
                let text = texts.removeFirst()
                #expect(value["text"] == .text(String(decoding: text.bytes, as: UTF8.self)))
                #expect(text.isClient == bytes.isClient)
            } else {
                let payload = frame.payload.own ?? []
                #expect(value["code"] == .uint(UInt64(payload[0]) << 8 | UInt64(payload[1])))
            }
        }
        #expect(texts.isEmpty && !read.told.shown.contains { $0.contains("tls.") }, "\(read.told.shown)")
    }
    private func bytes(of path: String) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        var all = [UInt8](repeating: 0, count: 1 << 20)
        all.removeLast(all.count - max(0, Glibc.read(descriptor, &all, all.count)))
        return all
    }
    @Test func keysInTheCapture() throws {
        let pair = try Self.connection()
        let secrets = Secrets()
        let inFile = try decode(Self.capture(pair, keyLog: pair.secrets.keyLog), secrets)
        #expect(secrets.count == pair.secrets.count)
        #expect(inFile.information.secretsBlocks == 1)
        #expect(inFile.told == (try decode(Self.capture(pair), pair.secrets).told))
    }
    @Test func badKeysInTheCapture() throws {
        let pair = try Self.connection()
        let read = try decode(Self.capture(pair, keyLog: Array("no secret\n".utf8)), Secrets())
        #expect(read.information.complaints.count == 1)
        #expect(read.information.complaints.first?.hasPrefix("secrets block 1:1: ") ?? false)
    }
    @Test(arguments: [1, 2, 5, 100]) func cut(_ size: Int) throws {
        let pair = try Self.connection()
        let whole = try decode(Self.capture(pair), pair.secrets).told
        #expect(try decode(Self.capture(pair, cut: size), pair.secrets).told == whole)
    }
    /// The negotiated protocol is not mistaken for another one.
    @Test func otherApplicationProtocol() {
        let stack = LayerStack(bottom: "above", layers: [], resolve: { $0 == "own" ? "own" : nil })
        let known = stack.secured(isBottom: false, for: ["http/1.1"])
        #expect(known.bottom == "above" && known.security == nil)
        #expect(["tls", "tls/http/1.1", "own"].map(known.resolve) == ["above", "above", "own"])
        #expect(known.resolve("tls/h2") == nil)
        let below = stack.secured(isBottom: true)
        #expect(below.bottom == "tls" && below.security == "tls" && below.resolve("tls/h2") == "above")
    }
    @Test func withoutKeys() throws {
        let pair = try Self.connection()
        let told = try decode(Self.capture(pair), Secrets()).told
        #expect(!told.lines.contains { $0.contains("websocket") })
        #expect(told.notes.count == 1)
        #expect(told.notes.first?.contains("encrypted, no key for client random ") ?? false)
    }
}
