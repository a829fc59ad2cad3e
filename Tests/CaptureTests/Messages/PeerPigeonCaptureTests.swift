import Crypto
import Node
import PeerPigeon
import Testing
import WebSocket
import Wire

@testable import Capture

/// Tests of the traffic of foreign clients with foreign hubs and with our hub, compared with the result of an
/// independent decoder (`Tests/Interop/decode/gen/peerpigeon_messages.py`).
struct PeerPigeonCaptureTests {
    static let folder = NanoCaptureTests.folder + "../peerpigeon/"
    static let names = ["peerpigeon-one-hub", "peerpigeon-three-hubs", "peerpigeon-node"]
    private static let types = [
        "connected", "announce", "peer-discovered", "peer-disconnected", "offer", "answer", "ice-candidate", "ping",
        "pong", "goodbye", "cleanup", "error", "client-signal-relay", "connection-rejected", "cleanup-all",
    ]

    private static func decoded(_ name: String) throws -> (Kept, Tally) {
        var file = try CaptureFile(folder + name + ".pcap")
        var table = FlowTable([.webSocket, .peerPigeon])
        var kept = Kept()
        #expect(table.read(&file, &kept) == nil)
        return (kept, table.tally)
    }
    /// True for a finding of the end of the capture, which is not a message.
    private static func isFinding(_ record: Record) -> Bool { record.kind == .incomplete && record.length == 0 }
    /// Returns the PeerPigeon messages of one side of a connection, in order.
    private static func said(_ kept: Kept, _ flow: Int, byClient: Bool) -> [Int] {
        WebSocketCaptureTests.side(kept, flow, isClient: byClient, isCarried: true).filter {
            kept.records[$0].path == "websocket/peerpigeon" && !isFinding(kept.records[$0])
        }
    }

    /// Every message of every connection is decoded in order: its kind, bytes, time, first frame, and the place of each
    /// member.
    @Test(arguments: names) func equalsItsExpectation(_ name: String) throws {
        let golden = try NanoCaptureTests.bytes(of: Self.folder + name + ".messages.json")
        let connections = NanoCaptureTests.items(JSON.parse(golden))
        let (kept, tally) = try Self.decoded(name)
        #expect(tally.gaps == 0 && tally.flows == connections.count)
        var count = 0
        for (i, connection) in connections.enumerated() {
            let messages = NanoCaptureTests.items(connection["messages"])
            for side in ["client", "server"] {
                let wanted = messages.filter { NanoCaptureTests.string($0["from"]) == side }
                let found = Self.said(kept, i + 1, byClient: side == "client")
                try #require(found.count == wanted.count, "\(name) connection \(i + 1) \(side)")
                count += found.count
                for (at, message) in zip(found, wanted) { try Self.compare(kept, at, message, name) }
            }
        }
        #expect(count == kept.records.count { $0.name.hasPrefix("peerpigeon.") && !Self.isFinding($0) } && count >= 100)
    }
    private static func compare(_ kept: Kept, _ at: Int, _ wanted: Value, _ name: String) throws {
        let (record, bytes) = (kept.records[at], kept.bytes[at])
        let place: Comment = "\(name) record \(record.number), \(record.name)"
        #expect(UInt64(bytes.count) == wanted["bytes"]?.integer && bytes.count == record.length, place)
        #expect(SHA256.hash(bytes).hex == NanoCaptureTests.string(wanted["sha256"]), place)
        if let text = NanoCaptureTests.string(wanted["text"]) { #expect(bytes == Array(text.utf8), place) }
        let seconds = Double(record.time.nanoseconds - record.start.nanoseconds) / 1_000_000_000
        #expect(abs(seconds - (Double(NanoCaptureTests.string(wanted["seconds"]) ?? "") ?? -1)) < 0.000_001_5, place)
        let frames = record.origins.map { kept.records[$0.record - 1] }
        #expect(UInt64(frames.first?.offset ?? -1) == wanted["at"]?.integer, place)
        #expect(frames.allSatisfy { $0.name == "websocket.frame" && $0.isFromClient == record.isFromClient }, place)
        guard case .map(let members)? = wanted["members"] else {
            // A text that is not a JSON object is malformed.
            return #expect(record.kind == .malformed && record.name == "peerpigeon.malformed", place)
        }
        let type = NanoCaptureTests.string(wanted["type"])
        let known = type.flatMap { types.contains($0) ? $0.replacing("-", with: "_") : nil }
        #expect(record.kind == .message && record.name == "peerpigeon." + (known ?? "unrouted"), place)
        let tree = try #require(record.message).dissect(bytes)
        #expect(tree.error == nil, place)
        for member in members {
            let ends = NanoCaptureTests.items(member.value).compactMap { $0.integer.map { Int($0) } }
            try #require(ends.count == 3)
            let field = tree.nodes.indices.first { tree.nodes[$0].depth == 0 && tree.path(of: $0) == member.key }
            guard let field else {
                let isNoted = tree.notes.contains { $0.kind == .unknown && $0.range == ends[0]..<ends[2] }
                #expect(isNoted, "\(place) \(member.key): \(tree.notes)")
                continue
            }
            #expect(tree.nodes[field].range == ends[0]..<ends[2], "\(place) \(member.key)")
            if tree.nodes[field].shape == .leaf {
                #expect(tree.nodes[field].content == ends[1]..<ends[2], "\(place) \(member.key)")
            }
        }
    }

    /// A message of 70,000 bytes has one frame in several segments, and the hub forwards it complete.
    @Test func longMessages() throws {
        let (kept, _) = try Self.decoded("peerpigeon-one-hub")
        let long = kept.records.indices.filter {
            kept.records[$0].name == "peerpigeon.offer" && kept.bytes[$0].count > 65_535
        }
        #expect(long.map { kept.bytes[$0].count } == [70_000, 70_082])
        for at in long {
            let frame = try #require(kept.records[at].origins.first)
            #expect(kept.records[frame.record - 1].frames.count > 1 && kept.records[at].notes.isEmpty)
        }
    }
    /// A refused upgrade has three records: the two heads, and the content of the response.
    @Test func refusedUpgrade() throws {
        let (kept, tally) = try Self.decoded("peerpigeon-one-hub")
        let refused = kept.records.indices.filter { kept.records[$0].flow == 9 }
        #expect(
            refused.map { kept.records[$0].name } == [
                "websocket.upgrade", "websocket.upgrade_response", "http.body",
            ])
        #expect(refused.map { kept.bytes[$0].count } == [162, 92, 47])
        #expect(kept.records.count { $0.kind == .malformed } == 7)
        // Two connections are plain HTTP.
        let told = kept.records.reduce(0) { $1.isCarried ? $0 : $0 + $1.length }
        #expect(tally.payload - told == 894 && tally.unknownFlows == 2)
    }
    /// Segments of one byte or of seven bytes give the same messages.
    @Test(arguments: [1, 7]) func cut(_ pieces: Int) throws {
        let (whole, _) = try Self.decoded("peerpigeon-three-hubs")
        for flow in [4, 9] {
            let wire = Wire2()
            var segments = wire.opening
            var said = [0, 0]
            for i in whole.records.indices where whole.records[i].flow == flow && !whole.records[i].isCarried {
                let side = whole.records[i].isFromClient ? 0 : 1
                for start in stride(from: 0, to: whole.bytes[i].count, by: pieces) {
                    let part = Array(whole.bytes[i][start..<min(whole.bytes[i].count, start + pieces)])
                    segments.append(side == 0 ? wire.say(part, at: said[0]) : wire.answer(part, at: said[1]))
                    said[side] += part.count
                }
            }
            let (again, _) = tap(segments, .ethernet, [.webSocket, .peerPigeon])
            for byClient in [true, false] {
                let (one, other) = (Self.said(whole, flow, byClient: byClient), Self.said(again, 1, byClient: byClient))
                #expect(one.map { whole.bytes[$0] } == other.map { again.bytes[$0] } && !one.isEmpty)
                #expect(one.map { whole.records[$0].name } == other.map { again.records[$0].name })
            }
        }
    }
}
