import Capture
import Nano
import Node
import Testing
import Wire

@testable import Report
@testable import Scenario

/// Traces as packets: the handshake, numbers, checksums, ends and addresses.
struct WireImageTests {
    func entry(
        _ ms: Int, _ d: Direction, _ content: TraceEntry.Content, connection: Int = 0, theirs: String = "node"
    ) -> TraceEntry {
        TraceEntry(
            at: .milliseconds(ms), link: "c", ours: "peer", theirs: theirs, direction: d, content: content,
            connection: connection)
    }
    func bytes(_ n: Int, _ value: UInt8 = 7) -> TraceEntry.Content { .bytes([UInt8](repeating: value, count: n), nil) }
    func seen(
        _ trace: [TraceEntry], _ connections: [CaseConnection] = [], _ transport: Transport = .tcp
    ) -> [SeenPacket] {
        let all = WireImage(trace.map { CaseRecord.Exchange($0) }, connections, transport, port: 7075).packets.map(
            SeenPacket.init)
        #expect(all.filter { !$0.isSound }.isEmpty)
        return all
    }
    /// Returns lines such as `peer S` and `node P. 5`: the sender, the flags and the number of bytes.
    func told(_ all: [SeenPacket]) -> [String] {
        all.map { p in
            let who = p.source == "198.18.0.1" ? "peer" : p.source == "198.18.0.2" ? "node" : p.source
            return "\(who) \(p.flags ?? "udp")" + (p.payload.isEmpty ? "" : " \(p.payload.count)")
        }
    }
    /// Checks each sequence number against the bytes sent before it, like a receiver.
    func checkNumbers(_ all: [SeenPacket]) {
        var next: [String: UInt32] = [:]
        for p in all {
            let me = "\(p.source):\(p.sourcePort)"
            let other = "\(p.destination):\(p.destinationPort)"
            if let wanted = next[me] { #expect(p.sequence == wanted) }
            if p.flags?.contains(".") == true { #expect(p.acknowledged == next[other]) }
            let takes = p.flags?.contains("S") == true || p.flags?.contains("F") == true
            next[me] = p.sequence &+ UInt32(p.payload.count) &+ (takes ? 1 : 0)
        }
    }

    @Test func conversation() {
        let all = seen([
            entry(0, .sent, .opened), entry(1, .sent, bytes(5)), entry(2, .received, bytes(9)),
            entry(3, .sent, .closed("closed")),
        ])
        #expect(
            told(all) == [
                "peer S", "node S.", "peer .", "peer P. 5", "node P. 9", "peer F.", "node .", "node F.", "peer .",
            ])
        checkNumbers(all)
        #expect(all[0].destinationPort == 7075 && all[0].sourcePort == 49_152 && all[1].sourcePort == 7075)
        #expect(all[3].payload == [7, 7, 7, 7, 7])
    }
    /// A message of a layer is not payload, because the units of the layer already carried it.
    @Test func layers() {
        var (carried, last) = (entry(2, .received, bytes(7)), entry(4, .received, bytes(4)))
        (carried.carrier, last.carrier) = (.layers, .layers)
        let all = seen([
            entry(0, .sent, .opened), entry(1, .received, bytes(9)), carried, entry(3, .sent, bytes(5)), last,
            entry(5, .sent, .closed("closed")),
        ])
        #expect(
            told(all) == [
                "peer S", "node S.", "peer .", "node P. 9", "peer P. 5", "peer F.", "node .", "node F.", "peer .",
            ])
        checkNumbers(all)
    }
    /// A data channel has no stream: only its datagrams have packets. A sent message is in the next datagram, a received
    /// one in the last.
    @Test func dataChannel() {
        func message(_ ms: Int, _ direction: Direction) -> CaseRecord.Exchange {
            var e = entry(ms, direction, bytes(4), connection: 1)
            e.carrier = .layers
            return CaseRecord.Exchange(e)
        }
        func datagram(_ ms: Int, _ direction: Direction, _ value: UInt8) -> CaseDatagram {
            CaseDatagram(
                at: .milliseconds(ms), connection: 1, direction, local: .loopback(5), peer: .loopback(6), [value])
        }
        let connections = ["c", "ch"].map { CaseConnection(link: $0, ours: "peer", theirs: "node") }
        let image = WireImage(
            [CaseRecord.Exchange(entry(0, .sent, .opened)), message(3, .sent), message(6, .received)], connections,
            .tcp, port: 7075,
            [datagram(1, .sent, 1), datagram(2, .received, 2), datagram(4, .sent, 3), datagram(5, .received, 4)])
        let all = image.packets.map(SeenPacket.init)
        #expect(all.filter { !$0.isSound }.isEmpty)
        #expect(all.filter { $0.flags == nil }.map(\.payload) == [[1], [2], [3], [4]])
        #expect(all.suffix(4).map(\.sourcePort) == [5, 6, 5, 6])
        #expect(all.count == 7 && all.prefix(3).allSatisfy { $0.flags != nil })
        #expect(image.mainPackets == [0: 0, 1: 5, 2: 6])
    }
    /// A message that arrived in several datagrams has its entry with the last datagram. A sent message precedes its
    /// datagrams.
    @Test func messagesInDatagrams() {
        var (sent, came) = (entry(1, .sent, bytes(8)), entry(3, .received, bytes(6)))
        (sent.carrier, came.carrier) = (.datagrams, .datagrams)
        let image = WireImage(
            [
                entry(0, .received, bytes(1)), sent, entry(1, .sent, bytes(5)), entry(2, .received, bytes(3)),
                entry(3, .received, bytes(4)), came,
            ].map { CaseRecord.Exchange($0) }, [], .udp, port: 7075)
        #expect(image.packets.map(\.entry) == [0, 2, 3, 4])
        #expect(image.mainPackets == [0: 0, 2: 1, 3: 2, 4: 3, 5: 3])
    }
    /// The side that opens the connection sends the SYN. The listener has the port of the protocol.
    @Test func opensToUs() {
        let all = seen([entry(0, .received, .opened), entry(1, .received, bytes(5))])
        #expect(told(all) == ["node S", "peer S.", "node .", "node P. 5"])
        checkNumbers(all)
        #expect(all[0].destinationPort == 7075 && all[0].sourcePort == 49_152)
    }
    @Test func resets() {
        let ours = seen([
            entry(0, .sent, .opened), entry(1, .sent, .closed("reset")), entry(2, .received, bytes(5)),
        ])
        #expect(told(ours) == ["peer S", "node S.", "peer .", "peer R."])
        checkNumbers(ours)
        let theirs = seen([
            entry(0, .sent, .opened), entry(1, .received, .closed("reset in the middle of a message")),
        ])
        #expect(told(theirs).last == "node R.")
    }
    /// Bytes that arrived after our end precede the end of the other side.
    @Test func halfClosed() {
        let all = seen([
            entry(0, .sent, .opened), entry(1, .sent, .closed("closed")), entry(2, .received, bytes(5)),
            entry(3, .sent, bytes(2)),
        ])
        #expect(told(all) == ["peer S", "node S.", "peer .", "peer F.", "node .", "node P. 5", "node F.", "peer ."])
        checkNumbers(all)
    }
    /// If only our side ended, the end of the other side is at its recorded place, or it is missing.
    @Test func ourSideEnds() {
        let half = [entry(0, .sent, .opened), entry(1, .sent, .closed("half-closed")), entry(2, .received, bytes(5))]
        let open = seen(half)
        #expect(told(open) == ["peer S", "node S.", "peer .", "peer F.", "node .", "node P. 5"])
        checkNumbers(open)
        let ended = seen(half + [entry(3, .received, .closed("closed"))])
        #expect(told(ended) == told(open) + ["node F.", "peer ."])
        checkNumbers(ended)
    }
    @Test(arguments: [1, 1400, 1401, 2800, 100_000]) func segments(_ count: Int) {
        let all = seen([entry(0, .sent, .opened), entry(1, .received, bytes(count))])
        checkNumbers(all)
        let data = all.filter { !$0.payload.isEmpty }
        #expect(data.count == (count + 1399) / 1400 && data.map(\.payload.count).reduce(0, +) == count)
        #expect(data.allSatisfy { $0.payload.count <= 1400 && $0.source == "198.18.0.2" })
        #expect(data.last?.flags == "P." && data.dropLast().allSatisfy { $0.flags == "." })
        // The window is never full, because an ACK precedes that point.
        var open = 0
        for p in all.dropFirst(3) {
            open = p.payload.isEmpty ? 0 : open + p.payload.count
            #expect(open < 65_535)
        }
    }
    @Test func datagrams() {
        let all = seen(
            [
                entry(0, .sent, .opened), entry(1, .sent, bytes(5)), entry(2, .received, bytes(65_507)),
                entry(3, .received, .closed("closed")), entry(4, .sent, bytes(70_000)),
            ], [], .udp)
        #expect(told(all) == ["peer udp 5", "node udp 65507", "peer udp 65507"])
        #expect(all[0].destinationPort == 7075)
    }
    /// A UDP checksum of zero would mean that the packet has no checksum.
    @Test func zeroChecksum() {
        let from = Endpoint(v4: 0, port: 0)
        let packet = IPPacket.udp(from, from, [0xff, 0xda][...], number: 0)
        #expect(Array(packet[26..<28]) == [0xff, 0xff])
    }
    @Test func realAddresses() {
        let v4 = CaseConnection(
            link: "c", ours: "peer", theirs: "node", local: Endpoint("10.1.2.3:40000"), peer: Endpoint("10.1.2.4:7"))
        #expect(
            seen([entry(0, .sent, .opened)], [v4]).map { "\($0.source):\($0.sourcePort)" } == [
                "10.1.2.3:40000", "10.1.2.4:7", "10.1.2.3:40000",
            ])
        let v6 = CaseConnection(
            link: "c", ours: "peer", theirs: "node", local: Endpoint("[2001:db8::1]:40000"),
            peer: Endpoint("[2001:db8::2]:7"))
        let all = seen([entry(0, .sent, .opened), entry(1, .received, bytes(3))], [v6])
        #expect(all.map(\.source) == ["2001:db8::1", "2001:db8::2", "2001:db8::1", "2001:db8::2"])
        #expect(seen([entry(1, .received, bytes(3))], [v6], .udp).map(\.source) == ["2001:db8::2"])
        // `0.0.0.0` is not the address of an actor.
        let vague = CaseConnection(
            link: "c", ours: "peer", theirs: "node", local: Endpoint("0.0.0.0:1"), peer: Endpoint("10.1.2.4:7"))
        #expect(seen([entry(0, .sent, .opened)], [vague]).first?.source == "198.18.0.1")
    }
    /// Each actor has an address. Two connections between the same actors have different ports.
    @Test func actors() {
        let trace = [
            entry(0, .sent, .opened), entry(0, .sent, .opened, connection: 1),
            entry(0, .sent, .opened, connection: 2, theirs: "x y\u{202e}"),
        ]
        let image = WireImage(trace.map { CaseRecord.Exchange($0) }, [], .tcp, port: 7075)
        let first = image.packets.map(SeenPacket.init).filter { $0.flags == "S" }
        #expect(first.map(\.sourcePort) == [49_152, 49_153, 49_154])
        #expect(first.map(\.destination) == ["198.18.0.2", "198.18.0.2", "198.18.0.3"])
        #expect(image.names.map(\.name) == ["peer", "node", "x-y-"])
        // A shared address does not identify an actor.
        let shared = CaseConnection(
            link: "c", ours: "peer", theirs: "node", local: .loopback(1), peer: .loopback(2))
        #expect(WireImage([CaseRecord.Exchange(entry(0, .sent, .opened))], [shared], .tcp, port: 1).names.isEmpty)
    }
    /// A connection that waited for its step appears late in the trace. The packets are in the order of time anyway.
    @Test func order() {
        let image = WireImage(
            [
                entry(5, .sent, .opened), entry(2, .received, .opened, connection: 1),
                entry(3, .received, bytes(1), connection: 1), entry(6, .sent, bytes(1)),
            ].map { CaseRecord.Exchange($0) }, [], .tcp, port: 1)
        #expect(image.packets.map(\.at) == image.packets.map(\.at).sorted())
        #expect(image.packets.map(\.entry) == [1, 1, 1, 2, 0, 0, 0, 3])
        #expect(image.mainPackets == [1: 0, 2: 3, 0: 4, 3: 7])
    }
    /// The capture reader of the program finds the messages of the trace.
    @Test func readBack() throws {
        let type = Made.keepaliveType
        var trace = Made.trace(.message(type, Made.keepalive))
        trace[1].content = .message(type, Made.keepalive)
        let image = WireImage(trace.map { CaseRecord.Exchange($0) }, [], .tcp, port: 7075)
        let names = try kept(image)
        #expect(names == ["nano.keepalive", "nano.keepalive"])
    }
    private func kept(_ image: WireImage) throws -> [String] {
        var table = FlowTable([.nano])
        var kept = NamesOnly()
        #expect(!image.packets.isEmpty)
        for (i, p) in image.packets.enumerated() {
            table.receive(
                Packet(
                    number: i + 1, time: Timestamp(nanoseconds: 0), length: p.bytes.count, link: .raw,
                    bytes: p.bytes.span.bytes), &kept)
        }
        table.finish(&kept)
        return kept.names
    }
}

/// The names of the received records.
private struct NamesOnly: RecordSink {
    var names: [String] = []
    mutating func record(_ record: borrowing Record, _ bytes: RawSpan) { names.append(record.name) }
}
