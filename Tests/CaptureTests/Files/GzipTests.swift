import Testing

@testable import Capture

/// Returns a gzip file of stored blocks, so that tests need no compressor.
func gzip(_ bytes: [UInt8], crc: Bool = true) -> [UInt8] {
    var out: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]
    var at = 0
    repeat {
        let count = min(65_535, bytes.count - at)
        out += [at + count == bytes.count ? 1 : 0] + be16(count).reversed() + be16(count ^ 0xffff).reversed()
        out += bytes[at..<at + count]
        at += count
    } while at < bytes.count
    var sum: UInt32 = 0xffff_ffff
    for b in bytes {
        sum ^= UInt32(b)
        for _ in 0..<8 { sum = sum >> 1 ^ (sum & 1 != 0 ? 0xedb8_8320 : 0) }
    }
    out += be32(crc ? ~sum : 0).reversed() + be32(UInt32(bytes.count)).reversed()
    return out
}

struct GzipTests {
    var plain: [UInt8] {
        let wire = Wire2()
        return pcap((0..<2000).map { Tapped(Wrapping.raw.packet(wire.say(text("abcdefgh"), at: 12 * $0))) }, link: 101)
    }
    @Test func unpacked() throws {
        let (seen, _, error) = try packets(gzip(plain))
        #expect(error == nil && seen.count == 2000)
    }
    /// Members follow each other, as `cat a.gz b.gz` writes them. A member may end anywhere.
    @Test func members() throws {
        let all = plain
        for cut in [1, 3, 24, 70_001] {
            let both = gzip(Array(all.prefix(cut))) + gzip(Array(all.dropFirst(cut)))
            #expect(try packets(both).seen.count == 2000)
            // Data after the last member that are not a member are ignored, as gzip does.
            #expect(try packets(both + [0, 0, 0]).error == nil)
        }
    }
    @Test func cutAnywhere() throws {
        let whole = gzip(Array(plain.prefix(400)))
        for count in 2..<whole.count {
            guard let error = try packets(Array(whole.prefix(count))).error else {
                Issue.record("\(count) bytes")
                continue
            }
            #expect("\(error)".contains("the gzip data ends early"), "\(count) bytes: \(error)")
        }
    }
    @Test func damaged() throws {
        guard case .damaged(_, let why)? = try packets(gzip(plain, crc: false)).error else {
            return #expect(Bool(false), "a wrong checksum is told")
        }
        #expect(why.contains("incorrect data check"))
        var broken = gzip(plain)
        broken[10] = 7
        guard case .unreadable? = try packets(broken).error else { return #expect(Bool(false)) }
    }
    @Test func notACapture() throws {
        guard case .notACapture? = try packets(gzip(Array("hello, world, this is text".utf8))).error else {
            return #expect(Bool(false))
        }
        guard case .empty? = try packets(gzip([])).error else { return #expect(Bool(false)) }
    }
}

extension GzipTests {
    /// Data after a member that are neither a member nor padding were a damaged member, which the reader reports.
    @Test func damagedMember() throws {
        let all = plain
        let (first, second) = (gzip(Array(all.prefix(70_001))), gzip(Array(all.dropFirst(70_001))))
        // A change of the other header fields is not an error.
        for bit in Array(0..<32) where bit != 24 {
            var both = first + second
            both[first.count + bit / 8] ^= 1 << (bit % 8)
            #expect(try packets(both).error != nil, "bit \(bit)")
        }
        #expect(try packets(first + second + [0, 0, 0]).error == nil)
        #expect(try packets(first + [0] + second).error != nil)
        #expect(try packets(first + second + [1]).error != nil)
    }
}
