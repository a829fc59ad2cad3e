import DXOS
import Gossipsub
import Nano
import Node
import PeerPigeon
import RightMesh
import Testing
import WebSocket
import Wire

@testable import Capture

/// Tests that captures of every protocol give the same records, whatever link type, tunnel or order of segments carries
/// them.
struct ProtocolRewriteTests {
    static let folder = NanoCaptureTests.folder + "../"
    static let definitions: [Definition] = [.nano, .rightmesh, .webSocket, .dxos, .peerPigeon, .gossipsub]
    /// All captures of whole connections over TCP.
    static let captures = [
        "nano/nano-node-light-v2", "nano/nano-node-light-responder-bug", "dxos/dxos-signal-two-peers",
        "dxos/dxos-signal-go-behaviour", "dxos/dxos-signal-hosts", "peerpigeon/peerpigeon-node",
        "peerpigeon/peerpigeon-one-hub", "peerpigeon/peerpigeon-three-hubs", "gossipsub/gossipsub-plaintext-yamux",
        "gossipsub/gossipsub-noise-yamux", "gossipsub/gossipsub-noise-mplex", "gossipsub/lib2p2-plaintext-mplex",
        "gossipsub/lib2p2-plaintext-yamux", "websocket/relay", "websocket/relay-deflate",
        "websocket/websockets-to-meshspec-deflate", "websocket/websockets-to-ws", "websocket/ws-to-meshspec",
        "websocket/ws-to-websockets-deflate",
    ]
    /// The least number of datagrams in the capture of RightMesh that no IP fragments carry.
    static let datagrams = 600

    struct Taken {
        var layers: Layers
        var payload: [UInt8]
        var time: Capture.Timestamp
    }
    /// Reads the packets of a capture.
    static func packets(_ name: String) throws -> [Taken] {
        var file = try CaptureFile(folder + name + ".pcap")
        var out: [Taken] = []
        while let packet = try file.next() {
            let layers = Layers(packet)
            guard case .udp(let d) = layers else { continue }
            let payload = packet.bytes.extracting(d.payload).withUnsafeBytes { [UInt8]($0) }
            out.append(Taken(layers: layers, payload: payload, time: packet.time))
        }
        return out
    }
    /// Returns the records of the capture as it was recorded.
    static func golden(_ name: String) throws -> [Retold] {
        var file = try CaptureFile(folder + name + ".pcap")
        var table = FlowTable(definitions, ReadingOptions(secrets: try secrets(name)))
        var kept = Kept()
        #expect(table.read(&file, &kept) == nil)
        let all = Retold.all(kept)
        try #require(all.count > 5)
        return all
    }
    /// The keys of the connections of a capture.
    static func secrets(_ name: String) throws -> Secrets {
        try GossipsubCaptureTests.keys(String(name.drop { $0 != "/" }.dropFirst()))
    }
    static func rewriter(_ name: String, _ changes: Set<Rewriter.Change>, seed: UInt64) throws -> Rewriter {
        Rewriter(try #require(try Talk(folder + name + ".pcap")), changes, seed: seed)
    }

    @Test(arguments: captures) func everyLinkType(_ name: String) throws {
        let (golden, secrets) = (try Self.golden(name), try Self.secrets(name))
        for wrapping in Wrapping.allCases {
            var rewriter = try Self.rewriter(name, [.asItIs], seed: 0)
            let packets = RewriteTests.packets(&rewriter, wrapping)
            let (kept, tally) = RewriteTests.read(packets, wrapping.link, Self.definitions, secrets: secrets)
            RewriteTests.expect(kept, golden, "\(name) \(wrapping)")
            #expect(tally.damagedPackets + tally.otherPackets == 0, "\(wrapping)")
        }
    }
    @Test(arguments: captures) func everyTunnel(_ name: String) throws {
        let (golden, secrets) = (try Self.golden(name), try Self.secrets(name))
        for tunnel in TunnelTests.Wrapper.allCases {
            var rewriter = try Self.rewriter(name, [.cut, .reordered], seed: 3)
            let inside = tunnel.isIPv6Inside ? Wrapping.raw6 : .raw
            let packets = RewriteTests.packets(&rewriter, inside).map {
                Tapped(tunnel.packet($0.bytes), time: $0.time.nanoseconds)
            }
            let (kept, tally) = RewriteTests.read(packets, tunnel.link, Self.definitions, secrets: secrets)
            RewriteTests.expect(kept, golden, "\(name) \(tunnel)")
            #expect(tally.damagedPackets + tally.otherPackets + tally.datagrams == 0, "\(tunnel)")
        }
    }
    @Test(arguments: captures, Rewriter.Change.allCases)
    func everyChange(_ name: String, _ change: Rewriter.Change) throws {
        let (golden, secrets) = (try Self.golden(name), try Self.secrets(name))
        for seed in 0..<2 as Range<UInt64> {
            let changes: Set<Rewriter.Change> = change == .reordered ? [.cut, .reordered] : [change]
            var rewriter = try Self.rewriter(name, changes, seed: seed)
            let (kept, _) = RewriteTests.read(
                RewriteTests.packets(&rewriter), .ethernet, Self.definitions, secrets: secrets)
            RewriteTests.expect(kept, golden, "\(name) \(change) seed \(seed)")
        }
    }
    @Test(arguments: captures, [false, true]) func fragments(_ name: String, _ isIPv6: Bool) throws {
        var random = Random(seed: 5)
        var rewriter = try Self.rewriter(name, [.asItIs], seed: 5)
        var packets: [Tapped] = []
        for (i, (tap, time)) in rewriter.segments().enumerated() {
            let tap = RewriteTests.readdressed(tap, isIPv6 ? .raw6 : .raw)
            let cuts = Array(stride(from: 64, to: tap.tcp.count, by: 8 * Int.random(in: 9...60, using: &random)))
            let parts =
                isIPv6
                ? IPFragmentsTests.v6(tap, cuts: cuts, identification: UInt32(i))
                : IPFragmentsTests.v4(tap, cuts: cuts, identification: i)
            // A mirror port may deliver each fragment twice.
            packets += (parts + parts).shuffled(using: &random).map { Tapped($0, time: time.nanoseconds) }
        }
        let (kept, tally) = RewriteTests.read(packets, .raw, Self.definitions, secrets: try Self.secrets(name))
        RewriteTests.expect(kept, try Self.golden(name), "\(name) fragments")
        #expect(tally.lostFragmentedPackets == 0)
    }
    /// Datagrams of RightMesh give the same records in every link type and tunnel.
    @Test func everyLinkTypeAndTunnelOfDatagrams() throws {
        let all = try Self.packets("rightmesh/rightmesh-three-superpeers")
        try #require(all.count >= Self.datagrams)
        func records(_ link: LinkType, _ isIPv6: Bool, _ wrap: ([UInt8], Endpoint, Endpoint) -> [UInt8]) -> [Retold] {
            let packets = all.compactMap { taken -> (Tapped, LinkType)? in
                guard case .udp(let d) = taken.layers else { return nil }
                var ends = Tap(from: d.source, to: d.destination, sequence: 0)
                ends = RewriteTests.readdressed(ends, isIPv6 ? .raw6 : .raw)
                let udp = be16(Int(d.source.port)) + be16(Int(d.destination.port)) + be16(8 + taken.payload.count)
                let content = wrap(udp + [0, 0] + taken.payload, ends.from, ends.to)
                return (Tapped(content, time: taken.time.nanoseconds), link)
            }
            return Retold.all(RewriteTests.read(packets.map { (packet: $0.0, link: $0.1) }, Self.definitions).0)
        }
        func rewrapped(_ wrapping: Wrapping) -> [Retold] {
            records(wrapping.link, wrapping.isIPv6) { wrapping.packet(17, $0, from: $1, to: $2) }
        }
        let golden = rewrapped(.raw)
        #expect(golden.count > Self.datagrams)
        for wrapping in Wrapping.allCases where !wrapping.isIPv6 {
            #expect(rewrapped(wrapping) == golden, "\(wrapping)")
        }
        for tunnel in TunnelTests.Wrapper.allCases where !tunnel.isIPv6Inside {
            let found = records(tunnel.link, false) { tunnel.packet(Wrapping.raw.packet(17, $0, from: $1, to: $2)) }
            #expect(found == golden, "\(tunnel)")
        }
    }
}
