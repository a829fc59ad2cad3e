/// A decompressor for the block format of snappy (google/snappy, format_description.txt).
enum Snappy {
    /// Returns the decompressed bytes; nil if the input is invalid, or if the result is longer than `limit` bytes.
    static func decompressed(_ bytes: [UInt8], limit: Int) -> [UInt8]? {
        var at = 0
        guard let count = varint(bytes, &at), count <= limit else { return nil }
        var out: [UInt8] = []
        // The data may be shorter than the announced length.
        out.reserveCapacity(min(count, 64 * bytes.count))
        while at < bytes.count {
            let tag = Int(bytes[at])
            at += 1
            if tag & 3 == 0 {
                var length = tag >> 2
                if length >= 60 {
                    guard let n = number(bytes, &at, length - 59) else { return nil }
                    length = n
                }
                length += 1
                guard length <= bytes.count - at, out.count + length <= count else { return nil }
                out += bytes[at..<at + length]
                at += length
                continue
            }
            var length = (tag >> 2) + 1
            guard let low = number(bytes, &at, tag & 3 == 3 ? 4 : tag & 3) else { return nil }
            var offset = low
            if tag & 3 == 1 {
                length = ((tag >> 2) & 7) + 4
                offset |= (tag >> 5) << 8
            }
            guard offset > 0, offset <= out.count, out.count + length <= count else { return nil }
            // The source of a copy may overlap its destination.
            for _ in 0..<length { out.append(out[out.count - offset]) }
        }
        return out.count == count ? out : nil
    }
    /// Reads a little-endian number of `count` bytes.
    private static func number(_ bytes: [UInt8], _ at: inout Int, _ count: Int) -> Int? {
        guard count <= bytes.count - at else { return nil }
        defer { at += count }
        return (0..<count).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
    }
    private static func varint(_ bytes: [UInt8], _ at: inout Int) -> Int? {
        var value = 0
        for shift in stride(from: 0, to: 35, by: 7) {
            guard at < bytes.count else { return nil }
            let byte = Int(bytes[at])
            at += 1
            value |= (byte & 127) << shift
            if byte < 128 { return value <= Int(UInt32.max) ? value : nil }
        }
        return nil
    }
}
