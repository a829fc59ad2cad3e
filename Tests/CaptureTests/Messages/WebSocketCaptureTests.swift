import Node
import Testing
import WebSocket
import Wire

@testable import Capture

/// Tests of the traffic of two foreign implementations, and of our node with them, compared with the result of an
/// independent decoder.
struct WebSocketCaptureTests {
    static let folder = NanoCaptureTests.folder + "../websocket/"
    static let names = [
        "websockets-to-ws", "ws-to-websockets-deflate", "websockets-to-meshspec-deflate", "ws-to-meshspec", "relay",
        "relay-deflate",
    ]
    static func decoded(_ name: String) throws -> (Kept, Tally) {
        var file = try CaptureFile(folder + name + ".pcap")
        var table = FlowTable([.webSocket])
        var kept = Kept()
        #expect(table.read(&file, &kept) == nil)
        return (kept, table.tally)
    }
    /// Returns the records of one side of a connection in the order of its stream: the WebSocket units, or the carried
    /// messages.
    static func side(_ kept: Kept, _ flow: Int, isClient: Bool, isCarried: Bool = false) -> [Int] {
        kept.records.indices.filter { i in
            let r = kept.records[i]
            return r.flow == flow && r.isFromClient == isClient && r.isCarried == isCarried
        }.sorted { kept.records[$0].offset < kept.records[$1].offset }
    }

    @Test(arguments: names) func equalsItsExpectation(_ name: String) throws {
        let bytes = try NanoCaptureTests.bytes(of: Self.folder + name + ".json")
        let connections = NanoCaptureTests.items(try #require(JSON.parse(bytes)))
        let (kept, tally) = try Self.decoded(name)
        #expect(tally.flows == connections.count && connections.count == (name.hasPrefix("relay") ? 3 : 9))
        #expect(tally.gaps == 0 && tally.unknownFlows == 0)
        for (i, connection) in connections.enumerated() {
            for (key, isClient) in [("client", true), ("server", false)] {
                let found = Self.side(kept, i + 1, isClient: isClient)
                let wanted = try #require(connection[key])
                let frames = NanoCaptureTests.items(wanted["frames"])
                try #require(found.count == frames.count + 1 && !frames.isEmpty)
                #expect(kept.records[found[0]].name == (isClient ? "websocket.upgrade" : "websocket.upgrade_response"))
                #expect(UInt64(kept.records[found[0]].length) == wanted["head"]?.integer)
                for (at, frame) in zip(found.dropFirst(), frames) {
                    let record = kept.records[at]
                    let place: Comment = "\(name) record \(record.number)"
                    #expect(record.name == "websocket.frame" && record.notes.isEmpty, place)
                    #expect(UInt64(record.offset) == frame["at"]?.integer, place)
                    #expect(UInt64(record.length) == frame["length"]?.integer, place)
                    let read = try Frame(copying: kept.bytes[at])
                    let header = read.header
                    let bits = [header.fin, header.rsv1, header.opcode.rawValue, header.mask.value]
                    #expect(
                        bits.map { UInt64($0) } == ["fin", "rsv1", "opcode", "mask"].map { frame[$0]?.integer }, place)
                    #expect((read.payload.own ?? []).hex == NanoCaptureTests.string(frame["payload"]), place)
                }
            }
        }
    }
    /// Messages of no known protocol are joined, unmasked and inflated, each with its frames.
    @Test(arguments: names) func messages(_ name: String) throws {
        let bytes = try NanoCaptureTests.bytes(of: Self.folder + name + ".json")
        let connections = NanoCaptureTests.items(try #require(JSON.parse(bytes)))
        let (kept, _) = try Self.decoded(name)
        var count = 0
        for (i, connection) in connections.enumerated() {
            for (key, isClient) in [("client", true), ("server", false)] {
                let found = Self.side(kept, i + 1, isClient: isClient, isCarried: true)
                let wanted = NanoCaptureTests.items(connection[key]?["messages"])
                try #require(found.count == wanted.count)
                count += found.count
                for (at, message) in zip(found, wanted) {
                    let record = kept.records[at]
                    let place: Comment = "\(name) record \(record.number)"
                    let isText = message["opcode"]?.integer == 1
                    #expect(record.name == (isText ? "websocket.text" : "websocket.binary"), place)
                    #expect(record.kind == .message && record.notes.isEmpty && record.path == "websocket/plain", place)
                    #expect(kept.bytes[at].hex == NanoCaptureTests.string(message["payload"]), place)
                    #expect(record.carries == .nothing && record.isPlain && !record.isMereCarrier, place)
                    for origin in record.origins {
                        let frame = kept.records[origin.record - 1]
                        #expect(frame.name == "websocket.frame" && frame.isMereCarrier && !frame.isCarrier, place)
                        #expect(frame.flow == record.flow && frame.isFromClient == isClient, place)
                        #expect(origin.range.upperBound == frame.length, place)
                    }
                    #expect(!record.origins.isEmpty, place)
                }
            }
        }
        #expect(count == (name.hasPrefix("relay") ? 13 : 12))
        // The heads and control frames carry no messages, so they are shown.
        let shown = kept.records.filter { !$0.isMereCarrier && !$0.isPlain }
        let heads = ["websocket.upgrade", "websocket.upgrade_response"]
        #expect(shown.filter { heads.contains($0.name) }.count == 2 * connections.count)
        for (i, record) in kept.records.enumerated() where record.name == "websocket.frame" {
            #expect(record.isMereCarrier == (kept.bytes[i][0] & 8 == 0))
        }
    }
    /// A text that is not UTF-8 is still decoded, and has a violation.
    @Test(arguments: [([0x61, 0xff], false), ([0xc3], false), ([0xc3, 0xbc], true), ([], true)])
    func textOfOtherBytes(_ text: [UInt8], _ isGood: Bool) throws {
        let wire = Wire2()
        let request = Upgrade().encoded()
        let asked = String(decoding: request, as: UTF8.self).replacing(
            "\r\n\r\n", with: "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
        let head = Array(asked.utf8)
        let answer = Array(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n".utf8)
        let said = Frame(.text, text).encoded()
        let (kept, _) = tap(
            wire.opening + [
                wire.say(head, at: 0), wire.answer(answer + said, at: 0, received: head.count),
            ], .ethernet, [.webSocket])
        let found = try #require(kept.records.last { $0.isPlain }, "\(kept.records.map(\.name))")
        #expect(found.name == "websocket.text" && found.length == text.count)
        #expect(found.kind == (isGood ? .message : .malformed))
        #expect(found.notes.map(\.severity) == (isGood ? [] : [.violation]))
    }
    /// Segments of one byte or of seven bytes give the same records.
    @Test(arguments: names, [1, 7]) func cut(_ name: String, _ pieces: Int) throws {
        let (whole, _) = try Self.decoded(name)
        for flow in Set(whole.records.map(\.flow)) {
            let wire = Wire2()
            var segments = wire.opening
            var said = [0, 0]
            // The order is the order of the records, so that an answer follows its question.
            for i in whole.records.indices where whole.records[i].flow == flow && !whole.records[i].isCarried {
                let side = whole.records[i].isFromClient ? 0 : 1
                let bytes = whole.bytes[i]
                for start in stride(from: 0, to: bytes.count, by: pieces) {
                    let part = Array(bytes[start..<min(bytes.count, start + pieces)])
                    segments.append(side == 0 ? wire.say(part, at: said[0]) : wire.answer(part, at: said[1]))
                    said[side] += part.count
                }
            }
            let (again, _) = tap(segments, .ethernet, [.webSocket])
            func told(_ kept: Kept, _ flow: Int) -> [Retold] {
                Retold.all(kept).filter { $0.flow == flow }.map {
                    var one = $0
                    one.flow = 1
                    return one
                }
            }
            #expect(told(again, 1) == told(whole, flow))
        }
    }
}
