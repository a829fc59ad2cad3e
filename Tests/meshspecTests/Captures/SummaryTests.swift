import Node
import Scenario
import Testing
import Text
import Wire

@testable import meshspec

/// The sentences that describe messages in lists.
@Suite(.serialized) struct SummaryTests {
    /// All messages that captures show.
    static let types: [any Message.Type] = {
        var known: Set<String> = []
        return Registry.decoded
            .flatMap { $0.allMessages + $0.contents + ($0.reading.inner?.kinds.map(\.type) ?? []) }
            .filter { known.insert($0.name.description).inserted }
    }()

    @Test func everyMessageHasOne() {
        #expect(Self.types.count > 60)
        for type in Self.types {
            let plan = SummaryPlan(type)
            #expect(plan != nil, "\(type.name)")
            #expect(plan?.unknownPaths ?? [] == [], "\(type.name)")
        }
    }
    /// Every vector, valid or not, has a sentence that fits and is safe.
    @Test func fitsIntoAListForEveryVector() throws {
        var suite = try Suite(Shell.package + "/Spec")
        let vectors = try #require(try suite.loadVectors())
        var count = 0
        for definition in Registry.definitions {
            for vector in vectors[definition.name] ?? [] {
                guard let type = ProtocolVector(definition, vector).type else { continue }
                let text = Self.summary(type, vector.bytes)
                count += 1
                #expect(CharacterWidth.of(text) <= SummaryWriter.width, "\(vector.name): \(text)")
                #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f }, "\(vector.name)")
            }
        }
        #expect(count > 300)
    }
    /// The sentences of messages of each protocol in captures.
    @Test(
        arguments: [
            "nano/nano-node-light-v2.pcap": [
                "nano.node_id_handshake handshake V2: query 1004d235.. and response by node_3dow3key.., answers #1 after 974 us 200 B",
                "nano.keepalive keepalive, 2 peers 152 B",
                "nano.keepalive keepalive, 1 peer 152 B",
                "nano.confirm_req ask for votes on block 01010101.. +19 1288 B",
                "nano.confirm_ack vote for block 991cf190.. by nano_3dow3key.., final 144 B",
                "nano.publish publish state block of nano_1ubmokui.., balance 664NANO, after ad1dcebb.. 224 B",
                "nano.telemetry_ack telemetry of node_3dow3key..: V28.0, 1 block, 1 peer 210 B",
            ],
            "rightmesh/rightmesh-three-superpeers.pcap": [
                "rightmesh.fragment info, fragment 2/3 of message 1 from 3696ad59.. 7992 B",
                "rightmesh.hello hello 704 routes (snapshot), 3 superpeers from dd1f8a07.. (message 6) 17116 B",
                "rightmesh.hello_ack hello ack to message 2: no route from 5b950e77.., answers #8 after 1.0 s 80 B",
                "rightmesh.find find ceda12bf.. +2 from 5b950e77.. (message 7) 152 B",
            ],
            "gossipsub/gossipsub-plaintext-yamux.pcap": [
                "libp2p.multistream negotiate /multistream/1.0.0 20 B",
                "libp2p.exchange identity of ..5zf8nLEG, key ed25519 79 B",
                "gossipsub.rpc graft BTC/USDT 15 B", "gossipsub.rpc idontwant 1 id 53 B",
                "gossipsub.rpc publish BTC/USDT 2,048 B from ..5zf8nLEG 2182 B",
            ],
            "gossipsub/lib2p2-plaintext-mplex.pcap": [
                "gossipsub.snapshot_part snapshot with 5 orders, last part, answers #116 after 1.0 ms 692 B",
                "libp2p.mplex_frame new_stream, stream 1, 1 B 3 B",
                "libp2p.rendezvous register in BTC/USDT for 7200 s 187 B",
            ],
            "dxos/dxos-signal-two-peers.pcap": [
                "dxos.request join ec18eac8.. as 2bd806c9.. (call 1) 140 B",
                "dxos.response peer available: 2bd806c9.., since 06:20:39 (call 1) 88 B",
                "dxos.request offer in ec18eac8.. (session 10031a84..), 2bd806c9.. > 81b637d8.. (call 2) 290 B",
                "dxos.stream_close close the stream (call 99) 4 B",
            ],
            "peerpigeon/peerpigeon-three-hubs.pcap": [
                "peerpigeon.peer_discovered peer discovered: a1a1a1a1.. in global 172 B",
                "peerpigeon.offer offer b1b1b1b1.. > a1a1a1a1.. (session 4611731400430051336) 534 B",
                "peerpigeon.peer_disconnected peer disconnected: b1b1b1b1.., reason bye 250 B",
            ],
            "tls/websocket-close.pcapng": [
                "tls.server_hello server hello, TLS 1.3, TLS_AES_256_GCM_SHA384 122 B",
                "websocket.upgrade GET / 153 B",
                "websocket.upgrade_response 101, websocket, answers #18 after 216 ms 129 B",
                "websocket.frame close 1000 bye, masked 11 B",
            ],
        ])
    func saysWhatHappened(_ capture: String, _ lines: [String]) throws {
        let shown = try Shell.run("meshspec decode --layers Captures/\(capture)").lines
        for line in lines { #expect(shown.contains { $0.contains(" " + line) }, "\(line)") }
    }
    private static func summary(_ type: any Message.Type, _ bytes: [UInt8]) -> String {
        guard let plan = SummaryPlan(type) else { return "" }
        var (dissector, unused) = (Dissector(), WordSet(plan.unused))
        let nodes = dissector.outline(type, bytes.span.bytes, leavingOut: &unused, keeping: plan.elements)
        var out: [UInt8] = []
        out.write(room: 256) { SummaryWriter.write(plan, nodes, in: bytes.span.bytes, to: &$0) }
        return String(decoding: out, as: UTF8.self)
    }
}
