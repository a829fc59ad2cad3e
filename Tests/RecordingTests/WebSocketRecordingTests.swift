import Capture
import Node
import Scenario
import Testing
import WebSocket

@testable import Recording

/// WebSocket connections of other implementations as scenarios. The reference node replaces either side.
struct WebSocketRecordingTests {
    /// The two ends of the first connection.
    private struct Ends: RecordSink {
        var client: Endpoint?
        var server: Endpoint?
        mutating func record(_ record: borrowing Record, _ bytes: RawSpan) {
            guard client == nil, record.isFromClient else { return }
            (client, server) = (record.source, record.destination)
        }
    }
    static func ends(_ name: String) throws -> (server: String, client: String) {
        var ends = Ends()
        _ = try Captured.read("websocket/\(name).pcap", into: &ends)
        return (try #require(ends.server).description, try #require(ends.client).description)
    }
    static func settings(_ name: String) throws -> Settings {
        try Definition.webSocket.settings(["deflate": name.hasSuffix("deflate") ? "on" : "off"])
    }

    @Test(arguments: ["websockets-to-ws", "ws-to-websockets-deflate"], [false, true])
    func replays(name: String, isClient: Bool) throws {
        let ends = try Self.ends(name)
        // The recording has one connection, because the reference node opens one.
        let recording = try Captured.recording(
            "websocket/\(name).pcap", [isClient ? ends.client : ends.server], flow: 1)
        let text = recording.text
        #expect(text.contains("protocol: websocket") && text.contains("msg: websocket.frame"), "\(text)")
        // The expected proof follows from the key that the client sends. A key of the runner is sent as recorded.
        #expect(text.contains("websocket.accept(") == isClient, "\(text)")
        #expect(text.contains("$contains: {name: Sec-WebSocket-Accept") == !isClient, "\(text)")
        guard !isClient else { return }
        // The reference node omits the reason in its Close frame. The earlier part is equal.
        let result = try Captured.run(text, try Self.settings(name), .webSocket)
        let reason = result.problem?.reason ?? ""
        #expect(reason == "payload: wanted 0x03e8726561736f6e20c3bc, had 0x03e8", "\(reason)\n\(text)")
        // The scenario checks the recorded values.
        let wrong = try Captured.run(text, try Self.settings(name), bug: "accept-of-lower-case", .webSocket)
        #expect(wrong.verdict == .fail && wrong.problem?.reason != reason, "\(text)")
    }
}
