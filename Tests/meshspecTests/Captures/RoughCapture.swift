import Glibc
import Node
import Testing

@testable import Bench
@testable import meshspec

/// A generated capture with typical damage: missing packets, incomplete sets of IP fragments, connections that are
/// reset and opened again, other traffic between, and an end inside a packet.
struct RoughCapture {
    let folder: Folder
    let path: String

    init(megabytes: Int = 1, seed: UInt64 = 7) throws {
        let clean = try #require(GeneratedCapture(megabytes: megabytes, seed: seed))
        folder = try Folder()
        let bytes = try Self.read(clean.path)
        var random = Random(seed: seed)
        var out = Array(bytes[..<24])
        var at = 24
        var serial: UInt16 = 1
        func little(_ at: Int) -> Int { (0..<4).reduce(0) { $0 | Int(bytes[at + $1]) << ($1 * 8) } }
        while at + 16 <= bytes.count {
            let head = Array(bytes[at..<at + 8])
            let packet = Array(bytes[at + 16..<at + 16 + little(at + 8)])
            at += 16 + packet.count
            func add(_ packet: [UInt8]) {
                let count = UInt32(packet.count).littleEndian
                out += head
                for _ in 0..<2 { withUnsafeBytes(of: count) { out += $0 } }
                out += packet
            }
            switch Int.random(in: 0..<600, using: &random) {
            case 0..<4: break
            case 4..<14:
                serial &+= 1
                var pieces = Self.fragments(packet, serial)
                if pieces.count > 1, Int.random(in: 0..<8, using: &random) == 0 { pieces.removeLast() }
                if Bool.random(using: &random) { pieces.reverse() }
                pieces.forEach(add)
            case 14..<17:
                add(packet)
                add(Self.control(packet, flags: 0x04, back: 0))
                if Bool.random(using: &random) { add(Self.control(packet, flags: 0x02, back: 1)) }
            case 17..<22:
                add(Self.datagram(packet, (0..<20).map { _ in UInt8.random(in: 0...255, using: &random) }))
                add(packet)
            case 22..<24:
                // An ARP packet.
                add(Array(packet[..<12]) + [8, 6] + [UInt8](repeating: 0, count: 28))
                add(packet)
            case 24..<26:
                // A packet cut by the snap length.
                add(Array(packet[..<max(20, packet.count - 30)]))
            default: add(packet)
            }
        }
        path = try folder.write("rough.pcap", Array(out.dropLast(9)))
    }
    static func read(_ path: String) throws -> [UInt8] {
        let file = try #require(fopen(path, "rbe"))
        defer { fclose(file) }
        var out: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        while case let n = fread(&chunk, 1, chunk.count, file), n > 0 { out += chunk[..<n] }
        return out
    }
    /// Returns an Ethernet frame with IPv4 as two fragments.
    private static func fragments(_ packet: [UInt8], _ serial: UInt16) -> [[UInt8]] {
        let middle = (packet.count - 34) / 2 & ~7
        guard middle > 0 else { return [packet] }
        return [(0, middle, true), (middle, packet.count - 34, false)].map { start, stop, more in
            var head = Array(packet[..<34])
            let length = 20 + stop - start
            (head[16], head[17]) = (UInt8(length >> 8), UInt8(length & 255))
            (head[18], head[19]) = (UInt8(serial >> 8), UInt8(serial & 255))
            (head[20], head[21]) = (UInt8(start / 2048) | (more ? 0x20 : 0), UInt8(start / 8 & 255))
            return head + packet[34 + start..<34 + stop]
        }
    }
    /// Returns a segment without payload that follows a packet, `back` bytes before its end.
    private static func control(_ packet: [UInt8], flags: UInt8, back: UInt32) -> [UInt8] {
        var out = Array(packet[..<54])
        (out[16], out[17]) = (0, 40)
        let sequence = packet[38..<42].reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
        let next = sequence &+ UInt32(packet.count - 54) &- back
        for i in 0..<4 { out[38 + i] = UInt8(truncatingIfNeeded: next >> (24 - 8 * i)) }
        out[47] = flags
        return out
    }
    /// Returns a datagram between the same two endpoints.
    private static func datagram(_ packet: [UInt8], _ payload: [UInt8]) -> [UInt8] {
        var out = Array(packet[..<38])
        out[23] = 17
        let length = 8 + payload.count
        (out[16], out[17]) = (0, UInt8(20 + length))
        return out + [0, UInt8(length), 0, 0] + payload
    }
}
