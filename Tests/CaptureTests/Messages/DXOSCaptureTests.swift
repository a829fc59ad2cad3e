import DXOS
import Node
import Testing
import WebSocket
import Wire

@testable import Capture

/// Tests of the traffic of foreign clients with a foreign server, and with two hosts of this program, compared with the
/// result of an independent decoder.
struct DXOSCaptureTests {
    static let folder = NanoCaptureTests.folder + "../dxos/"
    static let names = ["dxos-signal-two-peers", "dxos-signal-go-behaviour", "dxos-signal-hosts"]

    private static func decoded(_ name: String) throws -> (Kept, Tally) {
        var file = try CaptureFile(folder + name + ".pcap")
        var table = FlowTable([.webSocket, .dxos])
        var kept = Kept()
        #expect(table.read(&file, &kept) == nil)
        return (kept, table.tally)
    }
    private static func text(_ value: Value?) -> String? { if case .text(let text) = value { text } else { nil } }

    /// Every message of every connection is decoded in order: its kind, id, method, payload and the payload's content.
    @Test(arguments: names) func equalsItsExpectation(_ name: String) throws {
        let bytes = try NanoCaptureTests.bytes(of: Self.folder + name + ".json")
        let wanted = try #require(JSON.parse(bytes))
        let (kept, tally) = try Self.decoded(name)
        // The first connection is a GET that is not an upgrade to WebSocket.
        #expect(tally.gaps == 0 && tally.unknownFlows == (name == "dxos-signal-hosts" ? 0 : 1))
        let connections = NanoCaptureTests.items(wanted["connections"])
        #expect(tally.flows == connections.count)
        var counts: [String: Int] = [:]
        for (i, connection) in connections.enumerated() {
            for (direction, isClient) in [("c2s", true), ("s2c", false)] {
                let messages = NanoCaptureTests.items(connection["messages"]).filter {
                    Self.text($0["dir"]) == direction
                }
                let found = kept.records.indices.filter {
                    let record = kept.records[$0]
                    return record.kind == .message && record.flow == i + 1 && record.isFromClient == isClient
                        && record.name.hasPrefix("dxos.")
                }
                try #require(found.count == messages.count)
                for (at, message) in zip(found, messages) {
                    let record = kept.records[at]
                    let place: Comment = "\(name) record \(record.number)"
                    #expect(record.notes.isEmpty, place)
                    #expect(UInt64(kept.bytes[at].count) == message["bytes"]?.integer, place)
                    let kind = Self.kind(record.name, kept.bytes[at])
                    #expect(kind == Self.text(message["kind"]), place)
                    counts["\(direction) \(kind)", default: 0] += 1
                    try Self.compare(record.name, kept.bytes[at], message, place)
                }
            }
        }
        for direction in ["c2s", "s2c"] {
            guard case .map(let kinds)? = wanted["messages_by_direction_and_kind"]?[direction] else { continue }
            for kind in kinds { #expect(UInt64(counts["\(direction) \(kind.key)"] ?? 0) == kind.value.integer) }
        }
    }
    private static func kind(_ name: String, _ bytes: [UInt8]) -> String {
        switch name {
        case "dxos.keepalive": return "text"
        case "dxos.response":
            guard let response = (try? Response(copying: bytes))?.response else { return "" }
            if response.payload != nil { return "response:payload" }
            if response.error != nil { return "response:error" }
            return response.close != nil ? "response:close" : "response:stream_ready"
        default: return String(name.dropFirst(5))
        }
    }
    private static func string(_ text: Wire.Text?) -> String? { text?.string(in: RawSpan()) }
    private static func compare(_ name: String, _ bytes: [UInt8], _ wanted: Value, _ place: Comment) throws {
        switch name {
        case "dxos.request":
            let request = try #require(try Request(copying: bytes).request)
            let method = string(request.method)
            #expect(UInt64(request.id ?? 0) == wanted["id"]?.integer && method == text(wanted["method"]), place)
            #expect(wanted["stream"] == .bool(request.stream ?? false), place)
            let payload = try #require(request.payload)
            let type = string(payload.typeURL) ?? ""
            #expect(type == text(wanted["payload_type"]), place)
            // The payload is decoded if the method is known.
            let isKnown =
                ["Join", "ReceiveMessages", "SendMessage"].contains { method == "dxos.mesh.signal.Signal." + $0 }
                || method == "meshspec.bus.Bus.Subscribe"
            #expect((payload.value == nil) == (isKnown || payload == Payload()), place)
            guard let application = text(wanted["application_type"]) else { return }
            let inner = try #require(payload.message?.payload)
            let innerType = string(inner.typeURL)
            #expect(innerType == application, place)
            // A payload of unknown type stays encoded.
            #expect((inner.value == nil) == application.hasPrefix("dxos.mesh."), place)
        case "dxos.response":
            let response = try #require(try Response(copying: bytes).response)
            #expect(UInt64(response.id ?? 0) == wanted["id"]?.integer, place)
            let type = response.payload.map { string($0.typeURL) ?? "" }
            #expect(type == text(wanted["payload_type"]), place)
            let event = response.payload?.swarmEvent
            #expect((event?.peerAvailable != nil) == (text(wanted["event"]) == "peer_available"), place)
            #expect((event?.peerLeft != nil) == (text(wanted["event"]) == "peer_left"), place)
            let peer = event?.peerAvailable?.peer ?? event?.peerLeft?.peer
            #expect(peer?.array().hex == text(wanted["peer"]), place)
            let error = string(response.error?.message)
            #expect(error == text(wanted["error"]), place)
        case "dxos.stream_close":
            let id = try StreamClose(copying: bytes).streamClose?.id ?? 0
            #expect(UInt64(id) == wanted["id"]?.integer, place)
        default: break
        }
    }
    /// A filter also finds violations that the description of a message finds, such as text that is not UTF-8.
    @Test func violationOfForm() throws {
        for (method, isWrong) in [([0x41, 0xff], true), ([0x41, 0x42], false)] as [([UInt8], Bool)] {
            let bytes = [0x0a, 4, 0x12, 2] + method
            let record = FilterTests().record(bytes, Request.self)
            #expect(try Filter("violation", [.dxos]).matches(record, bytes.span.bytes) == isWrong)
        }
    }
}
