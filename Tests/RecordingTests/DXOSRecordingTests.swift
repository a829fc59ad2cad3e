import DXOS
import Node
import Testing
import WebSocket

@testable import Capture
@testable import Recording
@testable import Scenario

/// Conversations of DXOS in WebSocket as scenarios. The runner opens them with its own handshake.
struct DXOSRecordingTests {
    private static let text = """
        meshspec: 1
        id: dxos.recording.case
        title: Two peers that meet
        protocol: dxos
        covers: [SIG-41]
        actors:
          client: {role: ref}
          node: {role: dut}
        steps:
          - let: {s0: "$(random(32, 's0'))", pa: "$(random(32, 'pa'))", pb: "$(random(32, 'pb'))"}
          - open: {from: client, to: node, as: a}
          - send:
              via: a
              msg: dxos.request
              fields:
                request:
                  method: $(signal + '.Join')
                  stream: true
                  payload: {join_request: {swarm: $(s0), peer: $(pa)}}
          - expect: {via: a, msg: dxos.response, within: 5s, fields: {response: {stream_ready: true}}}
          - open: {from: client, to: node, as: b}
          - send:
              via: b
              msg: dxos.request
              fields:
                request:
                  id: 7
                  method: $(signal + '.Join')
                  stream: true
                  payload: {join_request: {swarm: $(s0), peer: $(pb)}}
          - expect: {via: b, msg: dxos.response, within: 5s, fields: {response: {id: 7, stream_ready: true}}}
          - expect: {via: b, msg: dxos.response, within: 5s}
          - expect: {via: a, msg: dxos.response, within: 5s}
            req: SIG-41
          - send: {via: b, msg: dxos.stream_close, fields: {stream_close: {id: 7}}}
          - expect: {via: a, msg: dxos.response, within: 5s}
        """

    @Test func recordAndReplay() throws {
        let layers = ThroughLayersTests()
        let made = try layers.recording(try layers.run(Self.text, .dxos), .dxos, beside: [.webSocket])
        // The runner opens the layers on its own, with its own key.
        #expect(!made.text.contains("websocket") && made.losses.isEmpty, "\(made.text)")
        #expect(made.text.contains("id: 7"), "\(made.text)")
        #expect(try layers.run(made.text, .dxos).verdict == .pass, "\(made.text)")
        for bug in ["no-announcement", "no-late-joiner", "never-peer-left", "needs-open"] {
            #expect(try layers.run(made.text, .dxos, bug: bug).verdict == .fail, "\(bug)")
        }
    }
    /// Conversations of another implementation, with the clients of its server. A reference node may send an answer and
    /// a forwarded message in another order. It does not end connections like that server. The earlier part is mostly
    /// equal.
    @Test(arguments: [("two-peers", "48080", "js-2023"), ("go-behaviour", "48083", "go")])
    func ofAnotherServer(name: String, port: String, build: String) throws {
        let recording = try Captured.recording("dxos/dxos-signal-\(name).pcap", ["127.0.0.1:" + port])
        #expect(recording.text.contains("protocol: dxos") && !recording.text.contains("websocket"))
        #expect(recording.losses.isEmpty, "\(recording.losses)")
        let settings = try Definition.dxos.settings(["build": build, "encoding": "canonical", "grace": "2s"])
        let result = try Captured.run(recording.text, settings, .dxos)
        #expect(result.trace.count { $0.isCarried } > 40, "\(result.problem?.reason ?? "")")
        let wrong = try Captured.run(recording.text, settings, bug: "wrong-id", .dxos)
        #expect(wrong.verdict == .fail && wrong.trace.count < result.trace.count)
    }
}
