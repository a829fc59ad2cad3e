import Testing
import Wire

// A short message is written in one pass, a long one is counted first, and a buffer with room is filled directly. Each
// way gives the same bytes.

/// Returns a protobuf field that is encoded by hand.
private func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
    var (out, rest) = ([number << 3 | 2], content.count)
    while rest > 127 {
        out.append(UInt8(rest & 127) | 128)
        rest >>= 7
    }
    return out + [UInt8(rest)] + content
}
private let sizes = [0, 1, 100, 126, 127, 128, 129] + Array(870...1060) + [2047, 2048, 5000, 16_383, 16_384, 70_000]

@Test func encodingsOfAllSizesAreLaidOutAlike() throws {
    for size in sizes {
        let data = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        var publication = Publication()
        (publication.from, publication.data, publication.topic) = (Bytes([1, 2]), Bytes(data), "t")
        var rpc = RPC()
        rpc.publish = [publication, publication]
        let one = field(2, field(1, [1, 2]) + field(2, data) + field(4, [0x74]))
        let kept = rpc
        try #require(rpc.encoded() == one + one, "\(size)")
        for free in [0, 1, 1024, 1025, 2 * one.count - 1, 2 * one.count, 2 * one.count + 1, 8 * one.count] {
            var out: [UInt8] = [9]
            out.reserveCapacity(1 + free)
            rpc.encode(appendingTo: &out)
            try #require(out == [9] + one + one, "\(size) bytes where \(free) are free")
        }
        try #require(rpc.byteCount() == 2 * one.count && rpc == kept)
    }
}

@Test func unknownFieldsStandWhereTheyStoodInAllSizes() throws {
    for size in sizes {
        let data = [UInt8](repeating: 3, count: size)
        let bytes = field(12, [5]) + field(2, field(1, [1]) + field(9, [6, 6]) + field(2, data)) + field(13, data)
        let rpc = try RPC(copying: bytes)
        try #require(rpc.encoded() == bytes, "\(size)")
        var out: [UInt8] = []
        out.reserveCapacity(2 * bytes.count + 2000)
        rpc.encode(appendingTo: &out)
        try #require(out == bytes, "\(size) with room")
    }
}

@Test func computedFieldsAreRightWhereTheMessageIsCountedFirst() throws {
    for size in sizes {
        var frame = FramedRPC()
        var publication = Publication()
        publication.data = Bytes([UInt8](repeating: 1, count: size))
        frame.rpc.publish = [publication]
        let content = field(2, field(2, [UInt8](repeating: 1, count: size)))
        let bytes = frame.encoded()
        try #require(Array(bytes.suffix(content.count)) == content, "\(size)")
        try #require(frame.length.stored == nil, "a message is not changed where it is written")
        let read = try FramedRPC(copying: bytes)
        try #require(read.length.value == UInt32(content.count) && read.rpc == frame.rpc)
    }
}
