import Node
import Testing
import Wire

@testable import Capture

/// Connections shared out among threads: each says what it says among the others.
struct LaneReaderTests {
    struct Taps: PacketSource {
        private var bytes: [UInt8] = []
        private var ends: [Int] = []
        private var at = -1
        init(_ packets: [Tapped]) {
            for packet in packets {
                bytes += packet.bytes
                ends.append(bytes.count)
            }
        }
        mutating func advance() throws(CaptureError) -> Bool {
            at += 1
            return at < ends.count
        }
        @_lifetime(borrow self)
        func current() -> Packet {
            Packet(
                number: at + 1, time: Timestamp(nanoseconds: Int64(at) * 1_000_000), length: 0, link: .raw,
                bytes: bytes.span.bytes.extracting((at == 0 ? 0 : ends[at - 1])..<ends[at]))
        }
    }
    /// The same, a few packets at a time in memory that is used again unless somebody keeps it.
    struct Windows: PacketSource {
        final class Window {
            let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)
            deinit { bytes.deallocate() }
        }
        private let packets: [Tapped]
        private var at = -1
        private var window = Window()
        private(set) var windowNumber = 1
        private var places: Range<Int> = 0..<0
        var keeper: AnyObject? { window }
        init(_ packets: [Tapped]) { self.packets = packets }
        mutating func advance() throws(CaptureError) -> Bool {
            at += 1
            guard at < packets.count else { return false }
            let packet = packets[at].bytes
            if at % 7 == 0 || places.upperBound + packet.count > window.bytes.count {
                if !isKnownUniquelyReferenced(&window) {
                    window = Window()
                    windowNumber += 1
                }
                window.bytes.initializeMemory(as: UInt8.self, repeating: 0xee)
                places = 0..<0
            }
            places = places.upperBound..<places.upperBound + packet.count
            UnsafeMutableRawBufferPointer(rebasing: window.bytes[places]).copyBytes(from: packet)
            return true
        }
        @_lifetime(borrow self)
        func current() -> Packet {
            let bytes = UnsafeRawBufferPointer(rebasing: window.bytes[places]).bytes
            return Packet(
                number: at + 1, time: Timestamp(nanoseconds: Int64(at) * 1_000_000), length: 0, link: .raw,
                bytes: unsafe _overrideLifetime(bytes, borrowing: self))
        }
    }
    /// What is said of a record, apart from its numbers.
    struct Said: Equatable {
        var name: String
        var bytes: [UInt8]
        var time: Timestamp
        var start: Timestamp
        var frames: [Int]
        var offset: Int64
        var isFromClient: Bool
        var notes: [Finding]
    }
    struct Direction: Hashable {
        var source: Endpoint
        var destination: Endpoint
        var transport: Transport
    }
    static func said(_ sinks: [Kept]) -> [Direction: [Said]] {
        var out: [Direction: [Said]] = [:]
        for sink in sinks {
            for (r, bytes) in zip(sink.records, sink.bytes) {
                let direction = Direction(source: r.source, destination: r.destination, transport: r.transport)
                out[direction, default: []].append(
                    Said(
                        name: r.name, bytes: bytes, time: r.time, start: r.start, frames: Array(r.frames),
                        offset: r.offset, isFromClient: r.isFromClient, notes: r.notes))
            }
        }
        return out
    }

    /// Connections and datagrams of 30 ends, with all that happens to them.
    static func traffic(_ seed: UInt64) -> [Tapped] {
        var random = Random(seed: seed)
        var out: [Tapped] = []
        var wires = (0..<30).map { i in
            var w = Wire2()
            w.client = Endpoint(v4: 0x0b00_0000 + UInt32(i), port: 40_000)
            if i % 5 == 4 { w.server.port = 5555 }
            return w
        }
        var sent = [(up: Int, down: Int)](repeating: (0, 0), count: wires.count)
        func put(_ taps: [Tap]) { out += taps.map { Tapped(Wrapping.raw.packet($0)) } }
        for w in wires { put(w.opening) }
        for step in 0..<3000 {
            let i = Int.random(in: 0..<wires.count, using: &random)
            let word = text(String(repeating: "abcdefgh", count: Int.random(in: 1...20, using: &random)))
            let isUp = Bool.random(using: &random)
            let offset = isUp ? sent[i].up : sent[i].down
            let segment = isUp ? wires[i].say(word, at: offset) : wires[i].answer(word, at: offset)
            if isUp { sent[i].up += word.count } else { sent[i].down += word.count }
            switch Int.random(in: 0..<40, using: &random) {
            case 0: break
            case 1: put([segment, segment])
            case 2:
                var other = segment
                other.payload[5] ^= 1
                put([segment, other])
            case 3:
                // The next one comes before it.
                out.insert(Tapped(Wrapping.raw.packet(segment)), at: out.count - 1)
            case 4:
                put([segment, wires[i].say([], at: sent[i].up, .reset)])
                wires[i].up &+= 1_000_000
                wires[i].down &+= 1_000_000
                sent[i] = (0, 0)
                if step % 2 == 0 { put(wires[i].opening) }
            case 5:
                put([segment, wires[i].say([], at: sent[i].up, [.fin, .acknowledges])])
                sent[i].up += 1
            case 6: put([segment, wires[i].say([0xff, 0xff, 0xff], at: sent[i].up)])
            case 7...10:
                let port = UInt16(40_000 + step % 3)
                let datagram = DatagramTests().packet(word, from: port)
                let middle = 20 + (datagram.count - 20) / 2 & ~7
                guard middle > 20, step % 2 == 0 else {
                    out.append(Tapped(datagram))
                    continue
                }
                var pieces = [20..<middle, middle..<datagram.count].map { range in
                    let place = (range.upperBound < datagram.count ? 0x2000 : 0) | (range.lowerBound - 20) / 8
                    return datagram[..<2] + be16(20 + range.count) + be16(step) + be16(place) + datagram[8..<20]
                        + datagram[range]
                }
                if step % 7 == 0 { pieces.removeLast() }
                out += pieces.map { Tapped(Array($0)) }
            case 11: out.append(Tapped([0x45, 0, 0]))
            case 12: out.append(Tapped([0x45, 0, 0, 20, 0, 0, 0, 0, 64, 1] + [UInt8](repeating: 1, count: 10)))
            default: put([segment])
            }
        }
        return out
    }

    @Test(arguments: [1, 2, 3] as [UInt64], [4096, 20]) func sameAsOne(_ seed: UInt64, _ closedFlows: Int) throws {
        let packets = Self.traffic(seed)
        let definitions = [.toy, DatagramTests.udp]
        var limits = CaptureLimits()
        limits.closedFlows = closedFlows
        let (kept, tally) = tap(packets, .raw, definitions, limits: limits)
        #expect(tally.gaps > 10 && tally.contradictions > 10 && tally.reassembledPackets > 10 && tally.flows > 40)
        #expect(tally.lostFragmentedPackets > 0 && tally.damagedPackets > 0 && tally.otherPackets > 0)
        #expect(tally.datagrams > 50)
        for threads in 1...4 {
            for (count, bytes) in [(1, 1), (50, 1 << 20), (1024, 256 << 10)] {
                var size = LaneReader.Size()
                (size.packets, size.bytes, size.quiet) = (count, bytes, threads == 4 ? 50_000 : 0)
                let reader = LaneReader(definitions, limits: limits, threads: threads, size: size)
                var source = Taps(packets)
                let outcome = try #require(reader.read(&source) { Kept() })
                #expect(outcome.damage == nil)
                #expect(outcome.tally == tally)
                #expect(outcome.sinks.count { !$0.records.isEmpty } > FlowLane.count / 2)
                #expect(Self.said(outcome.sinks) == Self.said([kept]))
                var windows = Windows(packets)
                let other = try #require(reader.read(&windows) { Kept() })
                #expect(other.tally == tally)
                #expect(Self.said(other.sinks) == Self.said([kept]))
                // Some were kept, where a batch has more than a window.
                #expect(count == 1 || windows.windowNumber > 1)
            }
        }
    }
    /// What is given up depends on all connections: then it is for one table to read.
    @Test(arguments: [false, true]) func limits(_ isMemory: Bool) {
        var limits = CaptureLimits()
        if isMemory { limits.memory = 4096 } else { limits.flows = 24 }
        var size = LaneReader.Size()
        size.quiet = 0
        var source = Taps(Self.traffic(1))
        #expect(LaneReader([.toy], limits: limits, threads: 3, size: size).read(&source) { Kept() } == nil)
    }
    @Test func lanes() {
        var counts = [Int](repeating: 0, count: FlowLane.count)
        for i in 0..<4096 {
            let (a, b) = (
                Endpoint(v4: 0x0a00_0000 + UInt32(i / 64), port: UInt16(40_000 + i % 64)),
                Endpoint(v4: 0x0a00_0001, port: 7075)
            )
            #expect(FlowLane(a, b) == FlowLane(b, a))
            counts[FlowLane(a, b).number] += 1
        }
        // 512 each by chance.
        #expect(counts.allSatisfy { (420...610).contains($0) }, "\(counts)")
    }
}
