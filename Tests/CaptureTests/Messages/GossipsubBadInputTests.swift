import Gossipsub
import Libp2p
import Node
import Testing
import Wire

@testable import Capture

/// Tests that an error in a layer or on a stream is reported at its place, and that the rest of the connection is still
/// read.
struct GossipsubBadInputTests {
    private static func token(_ text: String) -> [UInt8] { MultistreamToken(text).encoded() }
    private static func agreed(_ id: String) -> [UInt8] { token("/multistream/1.0.0") + token(id) }
    private static func data(_ stream: UInt32, _ bytes: [UInt8], flags: UInt16 = 0) -> [UInt8] {
        var frame = YamuxFrame(.data, flags: flags, stream: stream, length: UInt32(bytes.count))
        frame.payload = Bytes(bytes)
        return frame.encoded()
    }
    /// Returns SUBSCRIBE to a topic of one letter, preceded by its length.
    private static func rpc(_ letter: Character) -> [UInt8] {
        [7, 0x0a, 5, 8, 1, 0x12, 1] + Array(String(letter).utf8)
    }
    /// Reads a connection over plaintext and yamux with the pubsub streams 1, 3 and 5, and with 9 for identify push.
    /// Then the client sends the pieces.
    private static func told(_ pieces: [[UInt8]], limits: CaptureLimits = CaptureLimits()) -> Kept {
        let exchange = { PlaintextExchange(Identity(seed: [UInt8](repeating: $0, count: 32))).encoded() }
        let wire = Wire2()
        let pubsub = agreed("/meshsub/1.1.0")
        var client = agreed("/plaintext/2.0.0") + exchange(1) + agreed("/yamux/1.0.0")
        var server = agreed("/plaintext/2.0.0") + exchange(2) + agreed("/yamux/1.0.0")
        for (stream, id) in [(1, pubsub), (3, pubsub), (5, pubsub), (9, agreed("/ipfs/id/push/1.0.0"))]
            as [(UInt32, [UInt8])]
        {
            client += data(stream, id, flags: 1)
            server += data(stream, id, flags: 2)
        }
        var segments = wire.opening + [wire.say(client, at: 0), wire.answer(server, at: 0)]
        var at = client.count
        for piece in pieces {
            segments.append(wire.say(piece, at: at))
            at += piece.count
        }
        return tap(segments, .ethernet, [.gossipsub], reading: ReadingOptions(limits: limits)).0
    }
    /// Returns the topics of the decoded RPCs with their streams, and the places of undecodable data.
    private static func outline(_ kept: Kept) -> (read: [String], bad: [String]) {
        var (read, bad) = ([String](), [String]())
        for (record, bytes) in zip(kept.records, kept.bytes) {
            let stream = record.path.split(separator: "/").first { $0.hasPrefix("#") } ?? ""
            if record.kind == .message, record.name == "gossipsub.rpc" {
                let rpc = (try? RPC(copying: bytes))?.rpc
                read.append("\(stream) \(rpc?.subscriptions.first?.topic?.string(in: RawSpan()) ?? "")")
            } else if record.kind == .malformed {
                bad.append("\(record.path) \(record.offset)")
            }
        }
        return (read, bad)
    }

    @Test func aGoodOne() {
        let all = Self.outline(Self.told([Self.data(1, Self.rpc("a")), Self.data(3, Self.rpc("b") + Self.rpc("c"))]))
        #expect(all.read == ["#1 a", "#3 b", "#3 c"] && all.bad.isEmpty)
    }
    /// A length beyond 1 MiB, or in a form that is not a varint, ends the stream at that place. Other streams continue.
    @Test(arguments: [[0x81, 0x80, 0x40], [0x87, 0x00], [UInt8](repeating: 0xff, count: 10)] as [[UInt8]])
    func lengths(_ length: [UInt8]) {
        let kept = Self.told([
            Self.data(1, Self.rpc("a") + length + [UInt8](repeating: 1, count: 30)), Self.data(3, Self.rpc("b")),
            Self.data(1, Self.rpc("c")), Self.data(3, Self.rpc("d")),
        ])
        let all = Self.outline(kept)
        #expect(all.read.filter { $0.hasPrefix("#3") } == ["#3 b", "#3 d"] && all.read.first == "#1 a")
        #expect(all.bad.first == "libp2p.yamux/#1/gossipsub 8", "\(all)")
        let notes = kept.records.filter { $0.kind == .malformed }.flatMap(\.notes)
        #expect(notes.contains { $0.text.contains("length") || $0.path == "length" }, "\(notes)")
    }
    /// An undecodable RPC is reported with its offset in the stream, and the next one is read.
    @Test(
        arguments: [[3, 0xff, 0xff, 0xff], [2, 0x0a, 9], [4, 0x0a, 2, 0x12, 9], [1, 0x0b], [2, 0x12, 0x80]] as [[UInt8]]
    )
    func undecodable(_ rpc: [UInt8]) {
        let all = Self.outline(
            Self.told([Self.data(1, Self.rpc("a") + rpc + Self.rpc("b")), Self.data(3, Self.rpc("c"))]))
        #expect(all.read == ["#1 a", "#1 b", "#3 c"], "\(all)")
        #expect(all.bad == ["libp2p.yamux/#1/gossipsub 8"], "\(all)")
    }
    /// An undecodable negotiation ends only its stream.
    @Test(arguments: [[0], [0x81, 0x00], [0x81, 0x08], [2, 0x61, 0x62]] as [[UInt8]])
    func tokens(_ token: [UInt8]) {
        let kept = Self.told([
            Self.data(7, Self.token("/multistream/1.0.0") + token, flags: 1), Self.data(1, Self.rpc("a")),
            Self.data(7, Self.rpc("b")), Self.data(3, Self.rpc("c")),
        ])
        let all = Self.outline(kept)
        #expect(all.read == ["#1 a", "#3 c"] && all.bad.first == "libp2p.yamux/#7/libp2p.stream 20", "\(all)")
    }
    /// After a frame that claims more than any window, the reader finds the next frame.
    @Test func muxer() {
        var long = Self.data(1, [])
        long[8] = 0x7f
        let all = Self.outline(Self.told([long, Self.data(1, Self.rpc("a")), Self.data(3, Self.rpc("b"))]))
        #expect(all.bad.first?.hasPrefix("libp2p.yamux ") == true, "\(all)")
        #expect(all.read.last == "#3 b", "\(all)")
    }
    /// Identify data with another form of the length, with a length beyond the limit, or with invalid content are
    /// reported.
    @Test(arguments: [[0x80, 0x00], [0x81, 0x80, 0x04], [2, 0x0a, 9]] as [[UInt8]])
    func identify(_ bad: [UInt8]) {
        let all = Self.outline(
            Self.told([Self.data(9, bad), Self.data(1, Self.rpc("a")), Self.data(3, Self.rpc("b"))]))
        #expect(all.read == ["#1 a", "#3 b"] && all.bad.first == "libp2p.yamux/#9/libp2p.identify_push 0", "\(all)")
    }
    /// If there are more streams than the limit, the reader reports that once and continues with the streams it knows.
    @Test func flood() {
        var limits = CaptureLimits()
        limits.channels = 16
        var pieces: [[UInt8]] = []
        for n in UInt32(10)..<300 { pieces.append(Self.data(2 * n + 1, [], flags: 1)) }
        let kept = Self.told(pieces + [Self.data(5, Self.rpc("z"))], limits: limits)
        #expect(Self.outline(kept).read == ["#5 z"])
        #expect(kept.captureNotes.count == 1 && kept.captureNotes[0].text.contains("more than 16 channels"))
    }
    /// A Noise frame that is too short for its tag, or does not fit the key, is reported. The connection is read up to
    /// it.
    @Test func noise() throws {
        let name = "gossipsub-noise-yamux"
        let (whole, _) = try GossipsubCaptureTests.decoded(name)
        let units = whole.records.indices.filter { !whole.records[$0].isCarried }
        for fault in ["short", "spoilt", "again"] {
            let wire = Wire2()
            var segments = wire.opening
            var said = [0, 0]
            var isBad = false
            for (n, i) in units.enumerated() {
                let side = whole.records[i].isFromClient ? 0 : 1
                var bytes = whole.bytes[i]
                if n >= units.count * 3 / 4, side == 0, !isBad {
                    isBad = true
                    switch fault {
                    case "short": bytes = [0, 15] + bytes
                    case "spoilt": bytes[bytes.count - 1] ^= 1
                    default: bytes += bytes
                    }
                }
                segments.append(side == 0 ? wire.say(bytes, at: said[0]) : wire.answer(bytes, at: said[1]))
                said[side] += bytes.count
            }
            var table = FlowTable([.gossipsub], ReadingOptions(secrets: try GossipsubCaptureTests.keys(name)))
            var kept = Kept()
            for (i, segment) in segments.enumerated() {
                let packet = Wrapping.ethernet.packet(segment)
                table.receive(
                    Packet(
                        number: i + 1, time: Timestamp(nanoseconds: Int64(i) * 1_000_000), length: packet.count,
                        link: .ethernet, bytes: packet.span.bytes), &kept)
            }
            table.finish(&kept)
            // The other side is read to its end, and this side up to the fault.
            func rpcs(_ kept: Kept, _ isFromClient: Bool) -> [[UInt8]] {
                kept.records.indices.filter {
                    kept.records[$0].name == "gossipsub.rpc" && kept.records[$0].isFromClient == isFromClient
                }.map { kept.bytes[$0] }
            }
            #expect(rpcs(kept, false) == rpcs(whole, false), "\(fault)")
            let (some, all) = (rpcs(kept, true), rpcs(whole, true))
            // A repeated frame is not a new frame, so reading continues after it.
            let isRead = fault == "again" ? some.count == all.count : some.count > 2 && some.count < all.count
            #expect(isRead && all.starts(with: some), "\(fault) \(some.count) of \(all.count)")
            #expect(
                fault == "short" ? kept.records.contains { $0.kind == .malformed } : !kept.captureNotes.isEmpty,
                "\(fault)")
            // Data that could not be read cause no violation.
            let blame = kept.records.filter { $0.kind == .message }.flatMap(\.notes).filter { $0.severity != .info }
            #expect(blame.isEmpty, "\(fault) \(blame.map { "\($0.requirement ?? "") \($0.text)" })")
        }
    }
    /// Reading packets with changed, cut, repeated and reordered bytes ends, and reports at most the captured bytes.
    @Test(arguments: GossipsubCaptureTests.names, 0..<6 as Range<UInt64>) func garbage(_ name: String, _ seed: UInt64)
        throws
    {
        var file = try CaptureFile(GossipsubCaptureTests.folder + name + ".pcap")
        var good: [[UInt8]] = []
        while let packet = try file.next() { good.append(packet.bytes.withUnsafeBytes { [UInt8]($0) }) }
        var random = Random(seed: seed)
        // The beginning is unchanged, so that all layers are established. The rest is mostly in order, with extra
        // packets between.
        let begun = good.count / 3
        var packets = good[..<begun].map { Tapped($0) }
        for packet in good[begun...] {
            var bytes = packet
            switch Int.random(in: 0..<8, using: &random) {
            case 0: continue
            case 1: packets.append(Tapped(bytes))
            case 2, 3:
                // Changes bytes after the headers of Ethernet, IPv4 and TCP.
                for _ in 0..<3 where bytes.count > 66 {
                    bytes[Int.random(in: 66..<bytes.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
                }
            case 4: packets += FuzzTests.packets(1, seed, good)
            default: break
            }
            packets.append(Tapped(bytes))
        }
        var table = FlowTable(
            [.gossipsub], ReadingOptions(scrutiny: .content, secrets: try GossipsubCaptureTests.keys(name)))
        var kept = Kept()
        for (i, p) in packets.enumerated() {
            table.receive(
                Packet(
                    number: i + 1, time: Timestamp(nanoseconds: Int64(i) * 1_000_000), length: p.length,
                    link: .ethernet,
                    bytes: p.bytes.span.bytes), &kept)
        }
        table.finish(&kept)
        #expect(kept.records.allSatisfy { $0.length >= 0 } && kept.records.count > 20)
        let told = kept.records.indices.reduce(0) { kept.records[$1].isCarried ? $0 : $0 + kept.bytes[$1].count }
        #expect(told <= packets.reduce(0) { $0 + $1.bytes.count })
    }
    /// A capture that lacks packets, or begins late, causes no violation of correct nodes.
    @Test(arguments: GossipsubCaptureTests.names, 0..<8 as Range<UInt64>) func losses(_ name: String, _ seed: UInt64)
        throws
    {
        var file = try CaptureFile(GossipsubCaptureTests.folder + name + ".pcap")
        var table = FlowTable(
            [.gossipsub], ReadingOptions(scrutiny: .content, secrets: try GossipsubCaptureTests.keys(name)))
        var (kept, random, number) = (Kept(), Random(seed: seed), 0)
        while let packet = try file.next() {
            number += 1
            // Drops the beginning, or every fifth packet.
            let isLost = seed == 0 ? number < 20 : Int.random(in: 0..<5, using: &random) == 0 && number > 3
            if !isLost { table.receive(packet, &kept) }
        }
        table.finish(&kept)
        let blamed = kept.records.flatMap(\.notes).filter { $0.requirement != nil && $0.severity > .info }
        #expect(blamed.isEmpty, "\(blamed)")
    }
}
