import Testing

@testable import Crypto

/// The check value of the catalogue of CRCs, and the examples of RFC 3720, appendix B.4.
@Test(
    arguments: [
        (Array("123456789".utf8), 0xe306_9283), ([], 0),
        ([UInt8](repeating: 0, count: 32), 0x8a91_36aa), ([UInt8](repeating: 0xff, count: 32), 0x62a8_ab43),
        (Array(0..<32), 0x46dd_794e), (Array((0..<32).reversed()), 0x113f_db5c),
    ] as [([UInt8], UInt32)])
func knownChecksums(bytes: [UInt8], crc: UInt32) {
    #expect(CRC32C.checksum(bytes.span.bytes) == crc)
    #expect(CRC32C.portable(bytes.span.bytes) == crc)
}

/// The instruction and the tables agree at all lengths near a change of their stride, and at each alignment.
@Test func bothWaysAgree() {
    var state: UInt64 = 0x5eed
    let bytes = (0..<20_000).map { _ -> UInt8 in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 33)
    }
    for count in Array(0...40) + Array(3060...3090) + [6143, 6144, 6145, 9216, 19_000, 19_987] {
        for start in 0..<9 {
            let part = bytes.span.bytes.extracting(start..<start + count)
            let (fast, portable) = (CRC32C.checksum(part), CRC32C.portable(part))
            #expect(fast == portable, "\(count) bytes from \(start)")
        }
    }
}
