import Nano
import Node
import Testing
import Wire

@testable import Capture

/// Tests that rewrite the captures of `Captures/` in ways that must not change the result, and compare the messages
/// with their golden decode.
struct RewriteTests {
    static let names = ["nano-node-light-v2", "nano-node-light-responder-bug"]
    typealias Change = Rewriter.Change

    static func talk(_ name: String) throws -> Talk { try #require(try Talk(NanoCaptureTests.folder + name + ".pcap")) }
    /// Returns the records of the golden file, which `goldenFiles` of the renderers compares with the decode of the
    /// capture.
    static func golden(_ name: String) throws -> [Retold] { Retold.all(try NanoCaptureTests.decoded(name).0) }
    /// Changes the addresses of IPv6 packets. Records name addresses, so connections are compared instead.
    static func readdressed(_ tap: Tap, _ wrapping: Wrapping) -> Tap {
        guard wrapping.isIPv6 else { return tap }
        func other(_ e: Endpoint) -> Endpoint {
            Endpoint(
                high: 0x2001_0db8 << 32, low: UInt64(e.address.suffix(4).reduce(0) { $0 << 8 | UInt32($1) }),
                port: e.port)
        }
        var out = tap
        (out.from, out.to) = (other(tap.from), other(tap.to))
        return out
    }
    /// Returns the segments as packets.
    static func packets(_ rewriter: inout Rewriter, _ wrapping: Wrapping = .ethernet) -> [Tapped] {
        rewriter.segments().map {
            Tapped(wrapping.packet(readdressed($0.tap, wrapping)), time: $0.time.nanoseconds)
        }
    }
    /// Reads packets with their own times.
    static func read(
        _ packets: [(packet: Tapped, link: LinkType)], _ definitions: [Definition] = [.nano],
        scrutiny: Scrutiny = .state, secrets: Secrets = Secrets()
    ) -> (Kept, Tally) {
        var table = FlowTable(definitions, ReadingOptions(scrutiny: scrutiny, secrets: secrets))
        var kept = Kept()
        for (i, p) in packets.enumerated() {
            table.receive(
                Packet(
                    number: i + 1, time: p.packet.time, length: p.packet.length, link: p.link,
                    bytes: p.packet.bytes.span.bytes), &kept)
        }
        table.finish(&kept)
        return (kept, table.tally)
    }
    static func read(
        _ packets: [Tapped], _ link: LinkType, _ definitions: [Definition] = [.nano], scrutiny: Scrutiny = .state,
        secrets: Secrets = Secrets()
    ) -> (Kept, Tally) { read(packets.map { ($0, link) }, definitions, scrutiny: scrutiny, secrets: secrets) }
    static func read(files: [[UInt8]]) throws -> (Kept, Tally) {
        let files = try files.map { try TemporaryFile($0) }
        var all = try CaptureFiles(files.map(\.path))
        var table = FlowTable([.nano])
        var kept = Kept()
        #expect(table.read(&all, &kept) == nil)
        return (kept, table.tally)
    }
    /// Compares the records, and reports the first difference.
    static func expect(_ kept: Kept, _ golden: [Retold], _ what: String) {
        let found = Retold.all(kept)
        guard found != golden else { return }
        for (a, b) in zip(found, golden) where a != b {
            Issue.record("\(what): \(a) instead of \(b)")
            return
        }
        Issue.record("\(what): \(found.count) records instead of \(golden.count)")
    }
    static func payload(_ talk: Talk) -> Int { talk.pieces.reduce(0) { $0 + $1.bytes.count } }

    /// The talk without the acknowledgements of the capture gives the same records. All other tests start from it.
    @Test(arguments: names) func asItIs(_ name: String) throws {
        let talk = try Self.talk(name)
        var rewriter = Rewriter(talk, [.asItIs], seed: 0)
        let (kept, tally) = Self.read(Self.packets(&rewriter), .ethernet)
        Self.expect(kept, try Self.golden(name), "as it is")
        #expect(tally.payload == Self.payload(talk) && tally.repeatedBytes == 0)
        #expect(tally.packets == talk.pieces.count)
    }
    /// Each change alone does not change the records.
    @Test(arguments: names, Change.allCases) func changed(_ name: String, _ change: Change) throws {
        let talk = try Self.talk(name)
        let golden = try Self.golden(name)
        for seed in 0..<12 as Range<UInt64> {
            let changes: Set<Change> = change == .reordered ? [.cut, .reordered] : [change]
            var rewriter = Rewriter(talk, changes, seed: seed)
            let packets = Self.packets(&rewriter)
            let (kept, tally) = Self.read(packets, .ethernet)
            Self.expect(kept, golden, "\(change) seed \(seed)")
            // Only the expected counts differ.
            #expect(tally.payload == Self.payload(talk) && tally.gaps == 0 && tally.damagedPackets == 0)
            #expect((tally.repeatedBytes > 0) == [.repeated, .overlapping, .contradicted].contains(change))
            #expect((tally.contradictions > 0) == (change == .contradicted), "\(change) seed \(seed)")
            #expect(kept.notes.contains { $0.hasPrefix("bytes were repeated") } == (change == .contradicted))
            #expect(kept.records.flatMap(\.frames).allSatisfy { (1...packets.count).contains($0) })
        }
    }
    /// All changes together do not change the records.
    @Test(arguments: names, 0..<30 as Range<UInt64>) func everything(_ name: String, _ seed: UInt64) throws {
        let talk = try Self.talk(name)
        var random = Random(seed: seed)
        var changes: Set<Change> = [.cut, .reordered, .repeated, .overlapping, .wrapped]
        if Bool.random(using: &random) { changes.insert(.merged) }
        if seed % 5 == 0 { changes.insert(.oneByte) }
        var rewriter = Rewriter(talk, changes, seed: seed)
        let (kept, tally) = Self.read(Self.packets(&rewriter), .ethernet)
        Self.expect(kept, try Self.golden(name), "seed \(seed)")
        #expect(tally.payload == Self.payload(talk) && tally.gaps == 0 && tally.contradictions == 0)
    }
    /// The frames of a record are the packets of its bytes. A message cut into single bytes has one frame per byte.
    @Test(arguments: names) func framesOfSingleBytes(_ name: String) throws {
        var rewriter = Rewriter(try Self.talk(name), [.oneByte], seed: 1)
        let (kept, _) = Self.read(Self.packets(&rewriter), .ethernet)
        #expect(kept.records.allSatisfy { $0.frames.count == $0.length })
    }
    /// Every link type, with each combination of layers below TCP, gives the same records.
    @Test(arguments: names, Wrapping.allCases) func wrapped(_ name: String, _ wrapping: Wrapping) throws {
        var rewriter = Rewriter(try Self.talk(name), [.cut, .reordered], seed: 7)
        let (kept, _) = Self.read(Self.packets(&rewriter, wrapping), wrapping.link)
        Self.expect(kept, try Self.golden(name), wrapping.rawValue)
        #expect(kept.records.allSatisfy { $0.source.address.starts(with: [0x20, 0x01]) == wrapping.isIPv6 })
    }
    @Test(arguments: names) func radiotap(_ name: String) throws {
        var rewriter = Rewriter(try Self.talk(name), [.cut, .reordered], seed: 8)
        let header: [UInt8] = [0, 0, 8, 0, 0, 0, 0, 0]
        let snap: [UInt8] = [0xaa, 0xaa, 3, 0, 0, 0, 8, 0]
        let packets = Self.packets(&rewriter, .raw).map {
            Tapped(header + [8, 1] + [UInt8](repeating: 0, count: 22) + snap + $0.bytes, time: $0.time.nanoseconds)
        }
        Self.expect(Self.read(packets, .radiotap).0, try Self.golden(name), "radiotap")
    }
    /// Packets that IP cuts into fragments, in any order, give the same records.
    @Test(arguments: names, [false, true]) func fragments(_ name: String, _ isIPv6: Bool) throws {
        for seed in 0..<8 as Range<UInt64> {
            var random = Random(seed: seed)
            var rewriter = Rewriter(try Self.talk(name), [.cut, .wrapped], seed: seed)
            var packets: [Tapped] = []
            for (i, (tap, time)) in rewriter.segments().enumerated() {
                let tap = Self.readdressed(tap, isIPv6 ? .raw6 : .raw)
                let cuts = stride(from: 8, to: tap.tcp.count, by: 8 * Int.random(in: 1...9, using: &random))
                let parts =
                    isIPv6
                    ? IPFragmentsTests.v6(tap, cuts: Array(cuts), identification: UInt32(i))
                    : IPFragmentsTests.v4(tap, cuts: Array(cuts), identification: i)
                packets += parts.shuffled(using: &random).map { Tapped($0, time: time.nanoseconds) }
            }
            let (kept, tally) = Self.read(packets, .raw)
            Self.expect(kept, try Self.golden(name), "fragments seed \(seed)")
            #expect(tally.fragments == packets.count && tally.lostFragmentedPackets == 0)
        }
    }
    /// Every pcap format, in both byte orders and precisions, plain and packed, gives the same records.
    @Test(arguments: names, [false, true]) func pcapFiles(_ name: String, _ swapped: Bool) throws {
        let golden = try Self.golden(name)
        for nano in [false, true] {
            var rewriter = Rewriter(try Self.talk(name), [.cut, .reordered, .repeated], seed: 9)
            let file = pcap(Self.packets(&rewriter), swapped: swapped, nano: nano)
            Self.expect(try Self.read(files: [file]).0, golden, "pcap")
            Self.expect(try Self.read(files: [gzip(file)]).0, golden, "packed")
        }
    }
    /// Several devices of different link types and clocks, in several sections of both byte orders, give the same
    /// records.
    @Test(arguments: names) func pcapngFiles(_ name: String) throws {
        let wrappings: [Wrapping] = [.ethernet, .cooked, .raw, .doubleVlan, .null]
        for seed in 0..<6 as Range<UInt64> {
            var random = Random(seed: seed)
            var rewriter = Rewriter(try Self.talk(name), [.cut, .reordered], seed: seed)
            let segments = rewriter.segments()
            var file = PcapngBytes(isBig: seed % 2 == 1)
            for (i, (tap, time)) in segments.enumerated() {
                if i % 20 == 0 {
                    file.isBig = Bool.random(using: &random)
                    file.section(["part \(i / 20)"])
                    for (j, w) in wrappings.enumerated() { file.device(w.link, resolution: j % 2 == 0 ? 6 : 9) }
                }
                let device = Int.random(in: 0..<wrappings.count, using: &random)
                file.packet(
                    wrappings[device].packet(tap), device: UInt32(device),
                    ticks: UInt64(time.nanoseconds) / (device % 2 == 0 ? 1000 : 1), comment: "c")
            }
            Self.expect(try Self.read(files: [file.bytes]).0, try Self.golden(name), "pcapng seed \(seed)")
            Self.expect(try Self.read(files: [gzip(file.bytes)]).0, try Self.golden(name), "packed")
        }
    }
    /// Packets that are split over several files are merged by time.
    @Test(arguments: names) func severalFiles(_ name: String) throws {
        var rewriter = Rewriter(try Self.talk(name), [.cut], seed: 10)
        // The times are distinct, so that there is only one order.
        let packets = Self.packets(&rewriter).enumerated().map { i, p in
            Tapped(p.bytes, time: p.time.nanoseconds + Int64(i))
        }
        var random = Random(seed: 10)
        var parts = [[Tapped]](repeating: [], count: 4)
        for p in packets { parts[Int.random(in: 0..<4, using: &random)].append(p) }
        let files = [pcap(parts[0]), gzip(pcap(parts[1])), pcap(parts[2], swapped: true), pcap(parts[3])]
        Self.expect(try Self.read(files: files).0, try Self.golden(name), "several files")
    }
    /// If a snap length cuts packets, complete messages are decoded unchanged and the others are reported as
    /// incomplete. There is no violation.
    @Test(arguments: names) func snapped(_ name: String) throws {
        let golden = try Self.golden(name)
        let talk = try Self.talk(name)
        let total = Self.payload(talk)
        for snap in [60, 66, 80, 100, 150, 200, 300, 600] {
            var rewriter = Rewriter(talk, [.asItIs], seed: 11)
            var lost: [(flow: Int, isFromClient: Bool, range: Range<Int64>)] = []
            var packets: [Tapped] = []
            for (piece, (tap, time)) in zip(talk.pieces, rewriter.segments()) {
                let bytes = Wrapping.raw.packet(tap)
                let there = max(0, min(bytes.count, snap) - (bytes.count - piece.bytes.count))
                let start = Int64(piece.offset)
                if there < piece.bytes.count {
                    lost.append(
                        (
                            piece.connection + 1, piece.isFromClient,
                            start + Int64(there)..<start + Int64(piece.bytes.count)
                        ))
                }
                packets.append(Tapped(Array(bytes.prefix(snap)), length: bytes.count, time: time.nanoseconds))
            }
            let (kept, tally) = Self.read(packets, .raw)
            let lostBytes = lost.reduce(0) { $0 + $1.range.count }
            #expect(tally.gapBytes == lostBytes && tally.payload == total - lostBytes, "snap \(snap)")
            func isHurt(_ r: Retold) -> Bool {
                lost.contains {
                    $0.flow == r.flow && $0.isFromClient == r.isFromClient
                        && $0.range.overlaps(r.offset..<r.offset + Int64(r.bytes.count))
                }
            }
            let whole = golden.filter { $0.kind == .message && !isHurt($0) }.map {
                [$0.name, "\($0.flow) \($0.offset)", $0.bytes.hex]
            }
            let found = Retold.all(kept)
            let told = found.filter { $0.kind == .message }.map { [$0.name, "\($0.flow) \($0.offset)", $0.bytes.hex] }
            #expect(told == whole, "snap \(snap)")
            #expect(!found.contains { isHurt($0) }, "what was not captured is in no record")
            let blamed = found.flatMap(\.notes).count { $0.hasPrefix("violation") }
            #expect(blamed <= golden.flatMap(\.notes).count { $0.hasPrefix("violation") }, "snap \(snap)")
        }
    }
}
