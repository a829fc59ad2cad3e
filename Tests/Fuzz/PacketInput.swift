/// Captures with a correct file format, so that the decoder reaches their packets. The input gives packets and link
/// types.
enum PacketInput {
    private static let links: [UInt32] = [1, 113, 276, 0, 108, 101, 12, 228, 229, 105, 127, 147]

    /// Builds a pcap file. The input is a byte for the link type, then packets with a length of two bytes each.
    static func pcap(_ input: [UInt8]) -> [UInt8] {
        var out: [UInt8] = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0]
        out += word(links[Int(input[0]) % links.count])
        var rest = input[1...]
        var time: UInt32 = 0
        while let piece = next(&rest) {
            time &+= 1000
            let claimed = UInt32(piece.bytes.count) + (piece.flags & 7 == 7 ? 9 : 0)
            out += word(time / 1_000_000) + word(time % 1_000_000) + word(UInt32(piece.bytes.count)) + word(claimed)
            out += piece.bytes
        }
        return out
    }
    /// Builds a pcapng file with blocks of the types that the input names. Their lengths are correct.
    static func pcapng(_ input: [UInt8]) -> [UInt8] {
        var out = block(0x0a0d_0d0a, word(0x1a2b_3c4d) + [1, 0, 0, 0] + [UInt8](repeating: 0xff, count: 8))
        out += block(1, word(links[Int(input[0]) % links.count]) + word(0))
        var rest = input[1...]
        while let piece = next(&rest) {
            switch piece.flags & 15 {
            case 0: out += block(0x0a0d_0d0a, word(0x1a2b_3c4d) + piece.bytes)
            case 1: out += block(1, piece.bytes)
            case 2...4: out += block(UInt32(piece.flags & 15), piece.bytes)
            case 5: out += block(5, piece.bytes)
            case 6: out += block(10, piece.bytes)
            default:
                // An enhanced packet block whose comment comprises the last bytes of the piece.
                let n = piece.bytes.count
                let pad = [UInt8](repeating: 0, count: -n & 3)
                let note = piece.bytes.suffix(min(n, 40))
                let option =
                    [1, 0, UInt8(note.count), 0] + note + [UInt8](repeating: 0, count: -note.count & 3) + [0, 0, 0, 0]
                out += block(
                    6,
                    word(0) + word(0) + word(UInt32(out.count)) + word(UInt32(n)) + word(UInt32(n)) + piece.bytes
                        + pad + option)
            }
        }
        return out
    }
    /// Returns the next piece of an input: one byte of flags, two bytes of length, and the content. The last piece
    /// may be shorter than its length.
    static func next(_ rest: inout ArraySlice<UInt8>) -> (flags: UInt8, bytes: [UInt8])? {
        guard rest.count > 3 else { return nil }
        let flags = rest.removeFirst()
        let count = Int(rest.removeFirst()) | Int(rest.removeFirst()) << 8
        defer { rest = rest.dropFirst(count) }
        return (flags, Array(rest.prefix(count)))
    }
    static func word(_ n: UInt32) -> [UInt8] {
        [
            UInt8(truncatingIfNeeded: n), UInt8(truncatingIfNeeded: n >> 8), UInt8(truncatingIfNeeded: n >> 16),
            UInt8(n >> 24),
        ]
    }
    private static func block(_ type: UInt32, _ body: [UInt8]) -> [UInt8] {
        let padded = body + [UInt8](repeating: 0, count: -body.count & 3)
        let length = word(UInt32(padded.count) + 12)
        return word(type) + length + padded + length
    }
}
