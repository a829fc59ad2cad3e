import Node
import RightMesh
import Testing
import Wire

@testable import Capture

/// Tests of the traffic of another implementation, compared with the result of an independent decoder, and rewritten.
struct RightMeshCaptureTests {
    static let name = "rightmesh-three-superpeers"
    static let folder = String(NanoCaptureTests.folder.dropLast("nano/".count)) + "rightmesh/"

    /// A datagram of the capture.
    struct Said {
        var from: Endpoint
        var to: Endpoint
        var payload: [UInt8]
        var time: Int64
    }
    static func said() throws -> [Said] {
        var out: [Said] = []
        var file = try CaptureFile(folder + name + ".pcap")
        while let packet = try file.next() {
            guard case .udp(let d) = Layers(packet) else { continue }
            out.append(
                Said(
                    from: d.source, to: d.destination,
                    payload: packet.bytes.extracting(d.payload).withUnsafeBytes { [UInt8]($0) },
                    time: packet.time.nanoseconds))
        }
        return out
    }
    static func ip(_ s: Said, _ content: ArraySlice<UInt8>, place: Int = 0, id: Int = 1) -> [UInt8] {
        [0x45, 0] + be16(20 + content.count) + be16(id) + be16(place) + [64, 17, 0, 0]
            + s.from.address.suffix(4) + s.to.address.suffix(4) + content
    }
    static func udp(_ s: Said) -> [UInt8] {
        be16(Int(s.from.port)) + be16(Int(s.to.port)) + be16(8 + s.payload.count) + [0, 0] + s.payload
    }
    static func packet(_ s: Said) -> Tapped { Tapped(ip(s, udp(s)[...]), time: s.time) }
    static func read(_ packets: [Tapped]) -> (Kept, Tally) { RewriteTests.read(packets, .raw, [.rightmesh]) }

    /// A complete message, regardless of how often and by which record it was reported.
    struct Whole: Hashable {
        var from: Endpoint
        var to: Endpoint
        var name: String
        /// The bytes without the header fields of the last fragment, which may differ.
        var bytes: [UInt8]
    }
    static func whole(_ kept: Kept) -> Set<Whole> {
        var out: Set<Whole> = []
        for (r, bytes) in zip(kept.records, kept.bytes) where r.kind == .message && r.name != "rightmesh.fragment" {
            out.insert(Whole(from: r.source, to: r.destination, name: r.name, bytes: bytes))
        }
        return out
    }
    static func text(_ value: Value?) -> String { NanoCaptureTests.string(value) ?? "" }
    static func number(_ value: Value?) -> Int { Int(clamping: value?.integer ?? 0) }
    static func isAgain(_ r: Record) -> Bool { r.notes.contains { $0.text.hasPrefix("said again") } }

    @Test func equalsItsExpectation() throws {
        let wanted = try #require(
            JSON.parse(try NanoCaptureTests.bytes(of: Self.folder + Self.name + ".expected.json")))
        var file = try CaptureFile(Self.folder + Self.name + ".pcap")
        var table = FlowTable([.rightmesh])
        var kept = Kept()
        #expect(table.read(&file, &kept) == nil)
        #expect(table.tally.packets == Self.number(wanted["packets"]))
        #expect(table.tally.datagrams == Self.number(wanted["udp_datagrams"]))
        #expect(!kept.records.contains { $0.kind == .malformed })
        #expect(kept.records.flatMap(\.notes).allSatisfy { $0.severity != .violation })
        let log = NanoCaptureTests.items(wanted["log"])
        let found = kept.records.indices.filter {
            let r = kept.records[$0]
            return r.kind == .message && r.name != "rightmesh.fragment" && !Self.isAgain(r)
        }
        try #require(found.count == log.count && log.count > 250)
        for (at, entry) in zip(found, log) { compare(kept.records[at], kept.bytes[at], entry) }
        // The number and the size of the datagrams of each type match the expectation.
        var (datagrams, bytes): ([String: Int], [String: Int]) = ([:], [:])
        for (r, b) in zip(kept.records, kept.bytes) where r.kind == .message && !r.isReassembled {
            let type = try #require(kept.typeName(r, b))
            datagrams[type, default: 0] += 1
            bytes[type, default: 0] += b.count
        }
        for (found, key) in [(datagrams, "rmpx_datagrams_by_type"), (bytes, "bytes_by_type")] {
            guard case .map(let entries)? = wanted[key] else { throw Missing() }
            #expect(
                found == Dictionary(uniqueKeysWithValues: entries.map { ($0.key, Self.number($0.value)) }), "\(key)")
        }
        let again = kept.records.count { $0.kind == .message && Self.isAgain($0) }
        #expect(again == Self.number(wanted["drops_by_kind"]?["dupDone"]))
        let doubled = kept.records.count { $0.notes.contains { $0.text == "this fragment was there already" } }
        #expect(doubled == Self.number(wanted["drops_by_kind"]?["dup"]))
        let lost = kept.records.filter { $0.kind == .incomplete }
        #expect(lost.count == Self.number(wanted["messages_never_completed"]))
        let superseded = lost.count { $0.notes[0].text.hasSuffix("(a newer message was whole first)") }
        #expect(superseded == Self.number(wanted["other_counters"]?["superseded"]))
        let unfinished = lost.count {
            $0.notes[0].text.hasSuffix("(the capture ends)") || $0.notes[0].text.hasSuffix("(4 s after the first)")
        }
        #expect(unfinished == Self.number(wanted["left_unfinished_at_end"]))
    }
    struct Missing: Error {}

    func compare(_ record: Record, _ bytes: [UInt8], _ wanted: Value) {
        let place: Comment = "record \(record.number), \(record.name)"
        #expect(record.name == "rightmesh." + Self.text(wanted["type"]).lowercased(), place)
        #expect(record.source.description == Self.text(wanted["from"]), place)
        #expect(record.destination.description == Self.text(wanted["to"]), place)
        let passed = Double(record.time.nanoseconds - record.start.nanoseconds) / 1e9
        #expect(abs(passed - (Double(Self.text(wanted["t"])) ?? -1)) < 0.000_001_5, place)
        #expect(record.isReassembled == (Self.number(wanted["fragments"]) > 1), place)
        if record.isReassembled { #expect(record.parts.count == Self.number(wanted["fragments"]) + 3, place) }
        #expect(record.length == 72 + Self.number(wanted["bodyLen"]), place)
        guard let tree = record.message?.dissect(bytes) else { return }
        let fields = tree.fields(in: bytes.span.bytes)
        for (ours, theirs) in [("src", "src"), ("dst", "dst")] {
            guard case .bytes(let id)? = fields[ours] else { continue }
            #expect(id.hex == Self.text(wanted[theirs]), place)
        }
        for (ours, theirs) in [
            ("msg_id", "msgId"), ("ack_id", "ackId"), ("boot", "boot"), ("frag_count", "fragments"),
            ("body_len", "bodyLen"), ("hop_limit", "hopLimit"),
        ] { #expect(Self.number(fields[ours]) == Self.number(wanted[theirs]), "\(place) \(ours)") }
        #expect(fields["body_crc"]?.integer == UInt64(Self.text(wanted["bodyCRC"]), radix: 16), place)
        for section in ["peers", "superpeers", "targets"] {
            let ours = fields[section].map { NanoCaptureTests.items($0["records"]).count }
            #expect(ours == wanted[section].flatMap { $0 == .null ? nil : Self.number($0) }, "\(place) \(section)")
        }
        let isSnapshot = fields["peers"]?["flags"] == .text("snapshot")
        #expect(.bool(isSnapshot) == wanted["snapshot"], place)
        // Every byte belongs to a field.
        var owners = [Int](repeating: 0, count: bytes.count)
        for node in tree.nodes where node.shape == .leaf { for i in node.range { owners[i] += 1 } }
        // The flags and the role of a peer share a byte.
        #expect(owners.allSatisfy { $0 == 1 || $0 == 2 }, place)
    }

    /// The rewritten datagrams alone give the same messages.
    @Test func asItIs() throws {
        let (kept, tally) = Self.read(try Self.said().map(Self.packet))
        let (again, _) = Self.read(try Self.said().map(Self.packet))
        #expect(kept.records.count == 765 && again.bytes == kept.bytes && tally.gaps == 0)
    }
    /// If each datagram is repeated, the messages are the same, and each is reported as new once.
    @Test func doubled() throws {
        let said = try Self.said()
        let (once, _) = Self.read(said.map(Self.packet))
        let (twice, _) = Self.read(said.flatMap { [Self.packet($0), Self.packet($0)] })
        #expect(Self.whole(twice) == Self.whole(once))
        let isNew = { (r: Record) in r.kind == .message && r.name != "rightmesh.fragment" && !Self.isAgain(r) }
        #expect(twice.records.count(where: isNew) == once.records.count(where: isNew))
        #expect(
            twice.records.filter { $0.kind == .incomplete }.map(\.notes)
                == once.records.filter { $0.kind == .incomplete }.map(\.notes))
        #expect(twice.records.flatMap(\.notes).allSatisfy { $0.severity != .violation })
    }
    /// Datagrams that overtake each other by about a millisecond in transit give the same messages.
    @Test(arguments: 0..<12 as Range<UInt64>) func reordered(_ seed: UInt64) throws {
        var random = Random(seed: seed)
        let said = try Self.said()
        let moved = said.map { s in (s, s.time + Int64.random(in: 0...400_000, using: &random)) }
            .sorted { $0.1 < $1.1 }
            .map { s, time in Said(from: s.from, to: s.to, payload: s.payload, time: time) }
        let (once, _) = Self.read(said.map(Self.packet))
        let (again, _) = Self.read(moved.map(Self.packet))
        func bodies(_ kept: Kept) -> Set<Whole> {
            // The order of fragments affects only the header.
            Set(
                Self.whole(kept).map {
                    Whole(from: $0.from, to: $0.to, name: $0.name, bytes: Array($0.bytes[8..<56] + $0.bytes[72...]))
                })
        }
        #expect(bodies(again) == bodies(once))
        #expect(again.records.flatMap(\.notes).allSatisfy { $0.severity != .violation })
    }
    /// Datagrams that IP cuts into fragments give the same messages, with the frames of the fragments.
    @Test func ipFragments() throws {
        let said = try Self.said()
        let (once, _) = Self.read(said.map(Self.packet))
        var packets: [Tapped] = []
        for (n, s) in said.enumerated() {
            let datagram = Self.udp(s)
            for from in stride(from: 0, to: datagram.count, by: 1480) {
                let to = min(from + 1480, datagram.count)
                let place = (to < datagram.count ? 0x2000 : 0) | from / 8
                packets.append(Tapped(Self.ip(s, datagram[from..<to], place: place, id: n), time: s.time))
            }
        }
        let (cut, tally) = Self.read(packets)
        #expect(tally.packets > 3 * said.count && cut.bytes == once.bytes)
        #expect(cut.records.map(\.name) == once.records.map(\.name))
        // The bytes of the parts are at the stated places.
        for (r, bytes) in zip(cut.records, cut.bytes) where r.isReassembled {
            #expect(Set(r.parts.map(\.number)).isSubset(of: Set(r.frames)))
            var at = 0
            for part in r.parts {
                // The number and the length of a fragment do not belong to the message.
                #expect(part.range.lowerBound == at + ([56, 68].contains(at) ? 2 : 0))
                at = part.range.upperBound
                guard part.range.lowerBound >= 72 else { continue }
                let ip = packets[part.number - 1].bytes
                // The first fragment has the UDP header.
                let skip = ip[6] & 0x1f == 0 && ip[7] == 0 ? 28 : 20
                #expect(
                    Array(ip[(skip + part.offset)..<(skip + part.offset + part.range.count)])
                        == Array(bytes[part.range]))
            }
            #expect(at == bytes.count)
        }
    }
    /// If a snap length cuts packets, only messages with complete datagrams are reported. There is no violation.
    @Test(arguments: [60, 100, 300, 1300, 4000, 7000, 8020]) func snapped(_ snap: Int) throws {
        let said = try Self.said()
        let (once, _) = Self.read(said.map(Self.packet))
        let packets = said.map { s in
            let all = Self.ip(s, Self.udp(s)[...])
            return Tapped(Array(all.prefix(snap)), length: all.count, time: s.time)
        }
        let (kept, tally) = Self.read(packets)
        #expect(Self.whole(kept).isSubset(of: Self.whole(once)))
        let lost = said.map { max(0, $0.payload.count + 28 - max(28, snap)) }
        #expect(tally.gapBytes == lost.reduce(0, +) && tally.gaps == lost.count { $0 > 0 })
        #expect(
            kept.records.count {
                $0.message == nil && $0.length > 0 || $0.notes.contains { $0.text.contains("missing from the capture") }
            } >= tally.gaps)
        #expect(kept.records.flatMap(\.notes).allSatisfy { $0.severity != .violation })
        let whole = Self.whole(once).filter { $0.bytes.count <= min(8000, snap - 28) }
        #expect(whole.isSubset(of: Self.whole(kept)))
    }
    /// If any frames are missing, there is no violation.
    @Test(arguments: 0..<40) func framesMissing(_ part: Int) throws {
        let said = try Self.said()
        let packets = said.enumerated().filter { $0.offset % 40 != part }.map { Self.packet($0.element) }
        let (kept, _) = RewriteTests.read(packets, .raw, [.rightmesh], scrutiny: .content)
        #expect(kept.records.flatMap(\.notes).filter { $0.severity == .violation } == [])
    }
    /// A capture from the middle, or with the packets of one node alone, has no violation.
    @Test(arguments: 1..<8) func fromTheMiddle(_ part: Int) throws {
        let said = try Self.said()
        let late = said.dropFirst(part * 80).map(Self.packet)
        #expect(
            RewriteTests.read(Array(late), .raw, [.rightmesh], scrutiny: .content).0.records.flatMap(\.notes).filter {
                $0.severity == .violation
            } == [])
        let end = said[part * 80].from
        let one = said.filter { $0.from == end || $0.to == end }.map(Self.packet)
        #expect(
            RewriteTests.read(one, .raw, [.rightmesh], scrutiny: .content).0.records.flatMap(\.notes).filter {
                $0.severity == .violation
            } == [])
    }
}

extension Kept {
    /// Returns the type in the header of a datagram, with the name that the other decoder uses.
    func typeName(_ record: Record, _ bytes: [UInt8]) -> String? {
        let names = ["", "HELLO", "HELLO_ACK", "INFO", "INFO_ACK", "FIND", "FIND_ACK"]
        return bytes.count > 3 && bytes[3] < 7 ? names[Int(bytes[3])] : nil
    }
}
