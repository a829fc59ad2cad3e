import Nano
import Node
import Testing

@testable import Capture

/// Tests that reading ends for any capture, and reports only data that are in it.
struct FuzzTests {
    /// Returns half-valid packets: good ones with bytes changed, cut, repeated and joined.
    static func packets(_ count: Int, _ seed: UInt64, _ good: [[UInt8]]) -> [Tapped] {
        var random = Random(seed: seed)
        return (0..<count).map { _ in
            var bytes = good.randomElement(using: &random) ?? []
            switch Int.random(in: 0..<8, using: &random) {
            case 0: bytes = random.bytes(Int.random(in: 0...200, using: &random))
            case 1: bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))
            case 2: bytes += random.bytes(Int.random(in: 0...40, using: &random))
            case 3: break
            default:
                for _ in 0..<Int.random(in: 1...6, using: &random) where !bytes.isEmpty {
                    let i = Int.random(in: 0..<bytes.count, using: &random)
                    bytes[i] = UInt8.random(in: 0...255, using: &random)
                }
            }
            let extra = Int.random(in: 0..<4, using: &random) == 0 ? Int.random(in: 0...70_000, using: &random) : 0
            return Tapped(bytes, length: bytes.count + extra, time: Int64(bitPattern: random.next()) >> 20)
        }
    }
    @Test(arguments: LinkType.supported.indices) func garbage(_ number: Int) throws {
        let link = LinkType.supported[number]
        let wrapping = Wrapping.allCases.filter { $0.link == link }
        var wire = Wire2()
        var good: [[UInt8]] = []
        let talk = text("hello") + text("world") + [0x5a, 0xa5, 2, 2, 1, 0] + [7, 7] + text("end")
        for w in wrapping {
            (wire.client, wire.server) =
                w.isIPv6 ? LayersTests.v6 : (Wire2().client, Wire2().server)
            good += wire.opening.map(w.packet)
            for at in stride(from: 0, to: talk.count, by: 5) {
                good.append(w.packet(wire.say(Array(talk[at..<min(at + 9, talk.count)]), at: at)))
                good.append(w.packet(wire.answer(Array(talk[at...]), at: at, received: at)))
            }
            good.append(w.packet(wire.say([], at: talk.count, [.fin, .acknowledges])))
        }
        var file = try CaptureFile(NanoCaptureTests.folder + "nano-node-light-v2.pcap")
        while link == .ethernet, let packet = try file.next() {
            good.append(packet.bytes.withUnsafeBytes { [UInt8]($0) })
        }
        let packets = Self.packets(5000, UInt64(number), good)
        let (kept, tally) = tap(packets, link, [.toy, .nano])
        #expect(tally.packets == 5000)
        // The records contain only captured bytes.
        #expect(tally.payload <= packets.reduce(0) { $0 + max($1.length, $1.bytes.count) })
        #expect(kept.bytes.reduce(0) { $0 + $1.count } <= packets.reduce(0) { $0 + $1.bytes.count })
        for (record, bytes) in zip(kept.records, kept.bytes) {
            #expect(record.length == bytes.count)
            #expect(record.frames.allSatisfy { (1...5000).contains($0) })
        }
    }
    @Test(arguments: 0..<20 as Range<UInt64>) func garbageFiles(_ seed: UInt64) throws {
        var random = Random(seed: seed)
        let wire = Wire2()
        let good = (wire.opening + [wire.say(text("a"), at: 0)]).map { Tapped(Wrapping.ethernet.packet($0)) }
        for _ in 0..<50 {
            var bytes = pcap(good)
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            let file = try TemporaryFile(bytes)
            var kept = Kept()
            guard var pcap = try? CaptureFile(file.path) else { continue }
            var table = FlowTable([.toy, .nano])
            _ = table.read(&pcap, &kept)
            #expect(table.tally.packets <= 60)
        }
    }

    /// Any byte string can be read as a file: the beginning of a pcapng, gzip or classic file, then random bytes.
    @Test(arguments: 0..<20 as Range<UInt64>) func anyBytes(_ seed: UInt64) throws {
        var random = Random(seed: seed)
        var good = PcapngBytes(isBig: seed % 2 == 1)
        good.section(["x"])
        good.device(.ethernet, resolution: 9, name: "e")
        good.packet(Wrapping.ethernet.packet(Wire2().say(text("a"), at: 0)), comment: "c")
        good.block(4, [1, 0, 8, 0, 10, 0, 0, 1] + Array("a\0b\0".utf8))
        good.block(10, good.u32(1) + good.u32(4) + [1, 2, 3, 4])
        for _ in 0..<60 {
            var bytes = good.bytes
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes = Array(bytes.prefix(28)) + random.bytes(Int.random(in: 0...200, using: &random))
            case 1: bytes = gzip(bytes)
            case 2: bytes = random.bytes(Int.random(in: 0...60, using: &random))
            default: bytes += bytes
            }
            for _ in 0..<Int.random(in: 1...6, using: &random) where !bytes.isEmpty {
                let i = Int.random(in: 0..<bytes.count, using: &random)
                bytes[i] = Bool.random(using: &random) ? UInt8.random(in: 0...255, using: &random) : 0xff
            }
            let file = try TemporaryFile(bytes)
            guard var capture = try? CaptureFile(file.path) else { continue }
            var kept = Kept()
            var table = FlowTable([.toy, .nano])
            _ = table.read(&capture, &kept)
            #expect(table.tally.packets <= bytes.count / 12 && capture.information.sections >= 1)
        }
    }
    /// Streams with contradictory overlaps anywhere, around the end of sequence numbers and in any order, can be read.
    @Test(arguments: 0..<30 as Range<UInt64>) func overlappingLies(_ seed: UInt64) {
        var random = Random(seed: seed)
        var wire = Wire2()
        wire.up = UInt32.max &- UInt32.random(in: 0...3000, using: &random)
        var limits = CaptureLimits()
        (limits.waiting, limits.pieces, limits.memory) = (4096, 20, 8192)
        var segments = seed % 2 == 0 ? wire.opening : []
        var payload = 0
        for _ in 0..<600 {
            let at = Int.random(in: -200...6000, using: &random)
            let body =
                Bool.random(using: &random) ? text("hello") : random.bytes(Int.random(in: 0...300, using: &random))
            let flags: TCPFlags = [.acknowledges, Int.random(in: 0..<40, using: &random) == 0 ? .fin : .acknowledges]
            payload += body.count
            segments.append(
                Bool.random(using: &random)
                    ? wire.say(body, at: at, flags) : wire.answer(body, at: at, received: at, flags))
        }
        let (kept, tally) = tap(segments, reading: ReadingOptions(limits: limits))
        #expect(tally.payload <= payload)
        #expect(kept.bytes.reduce(0) { $0 + $1.count } <= tally.payload)
        for isClient in [true, false] {
            // The records of one direction of a connection follow each other without overlaps.
            for flow in Set(kept.records.map(\.flow)) {
                let mine = kept.records.filter { $0.isFromClient == isClient && $0.flow == flow }
                for (a, b) in zip(mine, mine.dropFirst()) { #expect(a.offset + Int64(a.length) <= b.offset) }
            }
        }
    }
}
