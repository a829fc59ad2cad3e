import Node
import PeerPigeon
import Testing
import WebSocket

@testable import Capture
@testable import Recording
@testable import Scenario

/// Conversations of clients with a hub as scenarios. Each connection has the id of its peer in its target.
struct PeerPigeonRecordingTests {
    private static let text = """
        meshspec: 1
        id: peerpigeon.recording.case
        title: Two peers that meet
        protocol: peerpigeon
        covers: [HUB-18]
        actors:
          client: {role: ref}
          node: {role: dut}
        steps:
          - let: {pa: "$(hex(random(20, 'pa')))", pb: "$(hex(random(20, 'pb')))"}
          - open: {from: client, to: node, as: a, target: "/?peerId=$(pa)"}
          - expect: {via: a, msg: peerpigeon.connected, within: 5s, fields: {data: {peerId: $(pa)}}}
          - open: {from: client, to: node, as: b, target: $('/ws?peerId=' + pb)}
          - expect: {via: b, msg: peerpigeon.connected, within: 5s, fields: {data: {peerId: $(pb)}}}
          - send: {via: a, msg: peerpigeon.announce, fields: {networkName: global, data: {peerId: $(pa)}}}
          - send: {via: b, msg: peerpigeon.announce, fields: {networkName: global, data: {peerId: $(pb), "a: b": 1}}}
          - expect: {via: a, msg: peerpigeon.peer_discovered, within: 5s}
          - expect: {via: b, msg: peerpigeon.peer_discovered, within: 5s}
          - send:
              via: a
              msg: peerpigeon.offer
              fields: {data: {type: offer, sdp: "v=0 a session"}, targetPeerId: $(pb), networkName: global}
          - expect: {via: b, msg: peerpigeon.offer, within: 5s, fields: {fromPeerId: $(pa)}}
            req: HUB-18
          - send:
              via: b
              msg: peerpigeon.answer
              fields: {data: {type: answer, sdp: "v=0 a session"}, targetPeerId: $(pa), networkName: global}
          - expect: {via: a, msg: peerpigeon.answer, within: 5s}
          - send: {via: a, raw: $(utf8('no JSON')), above: websocket}
          - send: {via: a, msg: peerpigeon.ping}
          - expect: {via: a, msg: peerpigeon.pong, within: 5s}
          - close: {via: b}
          - expect: {via: a, msg: peerpigeon.peer_disconnected, within: 5s}
        """

    @Test func recordAndReplay() throws {
        let layers = ThroughLayersTests()
        let made = try layers.recording(try layers.run(Self.text, .peerPigeon), .peerPigeon, beside: [.webSocket])
        // The runner opens the layers on its own, each with its recorded target.
        #expect(!made.text.contains("msg: websocket") && made.losses.isEmpty, "\(made.losses) \(made.text)")
        #expect(made.text.split(separator: "target: ").count == 3 && made.text.contains("/ws?peerId="))
        #expect(made.text.contains("sdp: v=0 a session") && made.text.contains("isHub: false"), "\(made.text)")
        #expect(try layers.run(made.text, .peerPigeon).verdict == .pass, "\(made.text)")
        for bug in Self.bugs {
            #expect(try layers.run(made.text, .peerPigeon, bug: bug).verdict == .fail, "\(bug)")
        }
    }
    private static let bugs = [
        "others-not-told", "announcer-not-told", "signal-without-target", "drops-announced-data",
    ]

    /// Conversations of a hub in Python with its clients. The hub of this program does the same.
    @Test func ofAnotherHub() throws {
        let (recording, result) = try Self.replayed("one-hub", "24456", "v1.1.3")
        #expect(result.verdict == .pass, "\(result.reason ?? result.problem?.reason ?? "")")
        #expect(result.trace.count { $0.isCarried } > 240)
        // The file has the parts that no step expresses: refused connections, the id of the hub, and the end of the
        // capture.
        #expect(!recording.losses.isEmpty && recording.losses.allSatisfy { recording.text.contains($0) })
        let settings = try Definition.peerPigeon.settings(profile: "v1.1.3")
        for bug in Self.bugs {
            let wrong = try Captured.run(recording.text, settings, bug: bug, .peerPigeon)
            #expect(wrong.verdict == .fail && wrong.trace.count < result.trace.count, "\(bug)")
        }
    }
    /// An earlier hub of this program sent leaves in one form less. A hub in Python sends its own id to a new hub last.
    /// The earlier part is equal, and the test checks the reason and the length of that part.
    @Test(arguments: [
        ("node", "3000", "robust", 15, "networkName: wanted global, had nothing"),
        ("three-hubs", "27656", "v1.1.3", 10, "data: wanted {peerId: e0e0e0e0"),
    ])
    func ofOthersThatDiffer(name: String, port: String, profile: String, least: Int, why: String) throws {
        let (_, result) = try Self.replayed(name, port, profile)
        #expect(result.verdict == .fail && result.problem?.reason.hasPrefix(why) ?? false, "\(result)")
        #expect(result.trace.count { $0.isCarried } >= least)
    }
    private static func replayed(
        _ name: String, _ port: String, _ profile: String
    ) throws -> (Recording, CaseResult) {
        let recording = try Captured.recording("peerpigeon/peerpigeon-\(name).pcap", ["127.0.0.1:" + port])
        #expect(recording.text.contains("protocol: peerpigeon") && !recording.text.contains("msg: websocket"))
        let settings = try Definition.peerPigeon.settings(profile: profile)
        return (recording, try Captured.run(recording.text, settings, .peerPigeon))
    }
}
