internal import Crypto
public import Wire

/// A packet of SCTP (RFC 9260, section 3). In WebRTC, each record of DTLS holds one (RFC 8261).
public struct SCTPPacket: Message {
    public static var name: StaticString { "sctp.packet" }
    public static var summary: MessageSummary {
        [
            .first([
                [
                    .each(
                        "chunks",
                        [
                            .value("type"), .maybe(", tsn ", .number("data.tsn"), ", ", .size("data.payload")),
                            .maybe(", tsn ", .number("i_data.tsn"), ", ", .size("i_data.payload")),
                            .maybe(" to ", .number("sack.cumulative_tsn")),
                        ])
                ], ["no chunk"],
            ])
        ]
    }
    public static var parts: [String] { ["chunks.type"] }
    public var sourcePort: UInt16 = 5000
    public var destinationPort: UInt16 = 5000
    /// The tag that the receiver chose, 0 in a packet with INIT.
    public var verificationTag: UInt32 = 0
    /// CRC-32C over the packet with zeros in this place, lowest byte first. Both sides may agree to leave it 0
    /// (RFC 9653).
    public var checksum = Derived<UInt32>()
    public var chunks: [SCTPChunk] = []

    /// The number of bytes before the chunks.
    public static let headerSize = 12

    public init() {}
    public static var variants: [Self] {
        var all = Self()
        all.chunks = SCTPChunk.variants
        return [all]
    }
    public static var meanings: [String: FieldMeaning] {
        ["verification_tag": .hexadecimal(digits: 8), "checksum": .hexadecimal(digits: 8)]
    }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("source_port", &sourcePort)
        c.field("destination_port", &destinationPort)
        c.field("verification_tag", &verificationTag)
        var crc: UInt32 = 0
        // A packet with 0 in this place is the one that is summed up, or has no checksum.
        if !C.reads, checksum.stored != 0 {
            var plain = self
            plain.checksum.stored = 0
            crc = UInt32(truncatingIfNeeded: c.checksum(PacketChecksum.self, of: plain))
        }
        c.derived("checksum", &checksum, .little, computed: crc)
        c.sequence("chunks", &chunks)
    }

    /// Returns true if the checksum fits, or is 0.
    public static func isIntact(_ bytes: RawSpan) -> Bool {
        guard bytes.byteCount >= headerSize else { return false }
        let told = UInt32(littleEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: 8, as: UInt32.self))
        if told == 0 { return true }
        var copy = bytes.withUnsafeBytes { [UInt8]($0) }
        for i in 8..<12 { copy[i] = 0 }
        return CRC32C.checksum(copy.span.bytes) == told
    }
}

/// The checksum of a packet with zeros in its place.
enum PacketChecksum: Checksum {
    static func of(_ bytes: RawSpan) -> UInt64 { UInt64(CRC32C.checksum(bytes)) }
}
