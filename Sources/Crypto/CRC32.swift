/// CRC-32 (ITU-T V.42): reflected, with all ones as initial value and as final XOR. STUN and zip use it.
public enum CRC32 {
    /// Returns the checksum of the bytes; 0xcbf43926 for `123456789`.
    public static func checksum(_ bytes: RawSpan) -> UInt32 {
        bytes.withUnsafeBytes { bytes in
            ~bytes.reduce(~UInt32(0)) { crc, byte in table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] ^ crc >> 8 }
        }
    }
    /// The effect of each byte on a CRC.
    private static let table: [UInt32] = (0..<256 as Range<UInt32>).map { byte in
        (0..<8).reduce(byte) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
    }
}
