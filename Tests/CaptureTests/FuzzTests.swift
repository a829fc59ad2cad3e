import Nano
import Node
import Testing

@testable import Capture

/// Whatever a capture holds, reading it ends, and says no more than there is.
struct FuzzTests {
    /// Half-right packets: good ones with bytes changed, cut, repeated and glued together.
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
        var file = try PcapFile(NanoCaptureTests.folder + "nano-node-light-v2.pcap")
        while link == .ethernet, let packet = try file.next() {
            good.append(packet.bytes.withUnsafeBytes { [UInt8]($0) })
        }
        let packets = Self.packets(5000, UInt64(number), good)
        let (kept, tally) = tap(packets, link, [.toy, .nano])
        #expect(tally.packets == 5000)
        // Nothing is told that was not captured.
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
            guard var pcap = try? PcapFile(file.path) else { continue }
            var table = FlowTable([.toy, .nano])
            _ = table.read(&pcap, &kept)
            #expect(table.tally.packets <= 60)
        }
    }
}
