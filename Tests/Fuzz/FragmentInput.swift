import Capture
import Nano
import Node

/// IP fragments. The input gives the identification, offset and content of each fragment.
enum FragmentInput {
    struct Sink: RecordSink {
        var bytes = 0
        mutating func record(_ record: borrowing Record, _ bytes: RawSpan) { self.bytes += bytes.byteCount }
    }
    static func run(_ input: [UInt8]) {
        var rest = input[...]
        var table = FlowTable([.nano])
        var sink = Sink()
        var (number, captured) = (0, 0)
        while let piece = PacketInput.next(&rest) {
            let bytes = piece.flags & 1 == 0 ? v4(piece.flags, piece.bytes) : v6(piece.flags, piece.bytes)
            number += 1
            captured += bytes.count
            table.receive(
                Packet(
                    number: number, time: Timestamp(nanoseconds: Int64(number) * 1000), length: bytes.count,
                    link: .raw, bytes: bytes.span.bytes), &sink)
        }
        table.finish(&sink)
        Property.check(sink.bytes <= captured && table.tally.packets == number, "\(sink.bytes) of \(captured) bytes")
        Property.check(
            table.tally.reassembledPackets + table.tally.lostFragmentedPackets <= table.tally.fragments, "fragments")
    }
    /// Builds an IPv4 fragment. The flags of the piece give its fragment offset in units of 8 bytes.
    private static func v4(_ flags: UInt8, _ content: [UInt8]) -> [UInt8] {
        let total = 20 + content.count
        return [0x45, 0, UInt8(truncatingIfNeeded: total >> 8), UInt8(truncatingIfNeeded: total), 0, flags >> 6]
            + [flags & 2 != 0 ? 0x20 : 0, flags >> 2 & 15, 64, flags & 0x40 == 0 ? 6 : 17, 0, 0]
            + [10, 0, 0, 1, 10, 0, 0, 2] + content
    }
    private static func v6(_ flags: UInt8, _ content: [UInt8]) -> [UInt8] {
        let length = 8 + content.count
        return [0x60, 0, 0, 0, UInt8(truncatingIfNeeded: length >> 8), UInt8(truncatingIfNeeded: length), 44, 64]
            + [UInt8](repeating: 1, count: 16) + [UInt8](repeating: 2, count: 16)
            + [6, 0, 0, (flags >> 2 & 15) << 3 | (flags & 2 != 0 ? 1 : 0), 0, 0, 0, flags >> 6] + content
    }
}
