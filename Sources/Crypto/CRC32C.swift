internal import CLinux

/// CRC-32C (Castagnoli; RFC 3720, appendix B.4): reflected, with all ones as initial value and as final XOR.
public enum CRC32C {
    /// Returns the checksum of the bytes; 0xe3069283 for `123456789`. It uses the processor's instruction if there is
    /// one.
    public static func checksum(_ bytes: RawSpan) -> UInt32 {
        hasInstruction ? bytes.withUnsafeBytes { linux_crc32c(0, $0.baseAddress, $0.count) } : portable(bytes)
    }
    private static let hasInstruction = linux_has_crc32c() != 0

    /// Computes the checksum without that instruction, eight bytes per step with tables.
    static func portable(_ bytes: RawSpan) -> UInt32 {
        var crc = ~UInt32(0)
        bytes.withUnsafeBytes { bytes in
            var at = 0
            while bytes.count - at >= 8 {
                let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)) ^ UInt64(crc)
                crc = 0
                for i in 0..<8 { crc ^= tables[7 - i][Int(truncatingIfNeeded: word >> (8 * UInt64(i)) & 255)] }
                at += 8
            }
            while at < bytes.count {
                crc = tables[0][Int(UInt8(truncatingIfNeeded: crc) ^ bytes[at])] ^ crc >> 8
                at += 1
            }
        }
        return ~crc
    }
    /// The effect of each byte on a CRC. Table `i` includes the effect of `i` zero bytes after the byte.
    private static let tables: [[UInt32]] = {
        let first = (0..<256 as Range<UInt32>).map { byte in
            (0..<8).reduce(byte) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0x82f6_3b78 : crc >> 1 }
        }
        var out = [first]
        for _ in 1..<8 { out.append((out.last ?? first).map { first[Int($0 & 255)] ^ $0 >> 8 }) }
        return out
    }()
}
