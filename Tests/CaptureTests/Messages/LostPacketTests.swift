import DXOS
import Gossipsub
import Nano
import Node
import PeerPigeon
import Testing
import WebSocket
import Wire

@testable import Capture

/// Tests of captures that lack packets: a missing packet never causes a violation.
struct LostPacketTests {
    static let folder = NanoCaptureTests.folder + "../"
    static let definitions: [Definition] = [.nano, .dxos, .peerPigeon, .gossipsub, .webSocket]
    /// Captures with a step: each test run leaves out one packet. `step` 5 tries every fifth packet.
    static let captures: [(name: String, step: Int)] = [
        ("cases/rust-plaintext.pcap", 1), ("gossipsub/lib2p2-plaintext-mplex.pcap", 1),
        ("gossipsub/lib2p2-plaintext-yamux.pcap", 1), ("gossipsub/gossipsub-plaintext-yamux.pcap", 1),
        ("gossipsub/gossipsub-noise-yamux.pcap", 5), ("gossipsub/gossipsub-noise-mplex.pcap", 9),
        ("websocket/ws-to-websockets-deflate.pcap", 5), ("websocket/relay.pcap", 2),
        ("dxos/dxos-signal-two-peers.pcap", 5), ("peerpigeon/peerpigeon-node.pcap", 9),
        ("nano/nano-node-light-v2.pcap", 3),
    ]
    struct Taken {
        var time: Capture.Timestamp
        var length: Int
        var link: LinkType
        var bytes: [UInt8]
    }
    static func packets(_ path: String) throws -> [Taken] {
        var file = try CaptureFile(path)
        var out: [Taken] = []
        while let packet = try file.next() {
            out.append(
                Taken(
                    time: packet.time, length: packet.length, link: packet.link,
                    bytes: packet.bytes.withUnsafeBytes { [UInt8]($0) }))
        }
        return out
    }
    static func read(
        _ packets: [Taken], without lost: Int?, _ secrets: Secrets, _ rules: [DecodeAs] = [],
        of definitions: [Definition] = definitions
    ) -> (kept: Kept, tally: Tally) {
        var table = FlowTable(definitions, ReadingOptions(rules: rules, secrets: secrets))
        var kept = Kept()
        for (i, packet) in packets.enumerated() where i != lost {
            table.receive(
                Packet(
                    number: i + 1, time: packet.time, length: packet.length, link: packet.link,
                    bytes: packet.bytes.span.bytes), &kept)
        }
        table.finish(&kept)
        return (kept, table.tally)
    }
    /// The requirements that the records violate.
    static func rules(_ kept: Kept) -> Set<String> {
        Set(kept.records.flatMap(\.notes).filter { $0.severity == .violation }.map { $0.requirement ?? "form" })
    }
    static func hasData(_ packet: Taken) -> Bool {
        let packet = Packet(
            number: 1, time: packet.time, length: packet.length, link: packet.link, bytes: packet.bytes.span.bytes)
        guard case .tcp(let segment) = Layers(packet) else { return false }
        return segment.length > 0
    }

    @Test(arguments: captures.indices) func missingPacketCausesNoViolation(_ capture: Int) throws {
        let (name, step) = Self.captures[capture]
        let packets = try Self.packets(Self.folder + name)
        let secrets =
            name.contains("noise")
            ? try GossipsubCaptureTests.keys(
                String(name.dropFirst("gossipsub/".count).dropLast(".pcap".count))) : Secrets()
        let before = Self.rules(Self.read(packets, without: nil, secrets).kept)
        for lost in packets.indices.filter({ Self.hasData(packets[$0]) }) where lost % step == 0 {
            let (kept, _) = Self.read(packets, without: lost, secrets)
            let new = Self.rules(kept).subtracting(before)
            #expect(new.isEmpty, "\(name) without frame \(lost + 1): \(new)")
        }
    }
    /// meshspec reads nothing while the boundary of messages is unknown, and reports the number of unread bytes.
    @Test(arguments: ["dxos", "peerpigeon"]) func countsUnreadBytesAfterMissingSegment(_ name: String) throws {
        let (kept, tally) = Self.read(
            try Self.packets(Self.folder + "cases/one-segment-\(name).pcap"), without: nil, Secrets())
        #expect(Self.rules(kept) == [] && tally.gaps == 1 && tally.gapBytes == 400)
        let unread = kept.notes.contains { $0.contains("of a message whose beginning is missing from the capture") }
        #expect(unread || tally.unreadBytes > 0)
    }
    /// Without the packets that open a connection, the side that sends first is its client. The ports do not matter.
    @Test(arguments: ["cases/rust-plaintext", "gossipsub/gossipsub-plaintext-yamux", "dxos/dxos-signal-two-peers"])
    func firstSenderIsClientWithoutSYN(_ name: String) throws {
        let packets = try Self.packets(Self.folder + name + ".pcap").filter(Self.hasData)
        #expect(Self.rules(Self.read(packets, without: nil, Secrets()).kept) == [])
    }
    /// The well-known port of a protocol does not select the protocol if the client has it.
    @Test func ignoresWellKnownPortOfTheClient() {
        let wire = Wire2(
            client: Endpoint(v4: 0x0a00_0001, port: 9000), server: Endpoint(v4: 0x0a00_0002, port: 40_000))
        let said = [UInt8](repeating: 7, count: 40)
        let (kept, tally) = tap(wire.opening + [wire.say(said, at: 0), wire.answer(said, at: 0, received: 40)])
        #expect(kept.records.isEmpty && tally.unknownFlows == 1)
    }
    /// Bytes that were in flight when the connection was reset belong to its last message.
    @Test func acceptsDataAfterReset() throws {
        let (kept, _) = Self.read(
            try Self.packets(Self.folder + "cases/ws-data-after-rst.pcap"), without: nil, Secrets())
        #expect(Self.rules(kept) == [])
    }
    /// An upgrade to another protocol is not read as WebSocket.
    @Test(arguments: ["h2c", "upgrade-tcp"]) func readsNoWebSocketAfterAnotherUpgrade(_ name: String) throws {
        let (kept, tally) = Self.read(try Self.packets(Self.folder + "cases/\(name).pcap"), without: nil, Secrets())
        #expect(kept.records.isEmpty && tally.unknownFlows == 1, "\(kept.said)")
    }
}
