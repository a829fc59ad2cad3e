import Node
import Testing
import WebSocket
import Wire

@testable import Capture

/// Traffic of two implementations that are not ours, against what an independent decoder found in it.
struct WebSocketCaptureTests {
    static let folder = NanoCaptureTests.folder + "../websocket/"
    static let names = ["websockets-to-ws", "ws-to-websockets-deflate"]
    static func decoded(_ name: String) throws -> (Kept, Tally) {
        var file = try CaptureFile(folder + name + ".pcap")
        var table = FlowTable([.webSocket], scrutiny: .state)
        var kept = Kept()
        #expect(table.read(&file, &kept) == nil)
        return (kept, table.tally)
    }
    /// The records of one side of a connection, in the order of its stream.
    static func side(_ kept: Kept, _ flow: Int, isClient: Bool) -> [Int] {
        kept.records.indices.filter { kept.records[$0].flow == flow && kept.records[$0].isFromClient == isClient }
            .sorted { kept.records[$0].offset < kept.records[$1].offset }
    }

    @Test(arguments: names) func equalsItsExpectation(_ name: String) throws {
        let bytes = try NanoCaptureTests.bytes(of: Self.folder + name + ".json")
        let connections = NanoCaptureTests.items(try #require(JSON.parse(bytes)))
        let (kept, tally) = try Self.decoded(name)
        #expect(tally.flows == connections.count && connections.count == 9)
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
    /// Each byte in a segment of its own gives the same records, and so do segments of seven.
    @Test(arguments: names, [1, 7]) func cut(_ name: String, _ pieces: Int) throws {
        let (whole, _) = try Self.decoded(name)
        for flow in 1...9 {
            let wire = Wire2()
            var segments = wire.opening
            var said = [0, 0]
            // As the records came, so that an answer stays behind what it answers.
            for i in whole.records.indices where whole.records[i].flow == flow {
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
