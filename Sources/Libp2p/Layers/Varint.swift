import Wire

/// Unsigned varints as multiformats have them: at most nine bytes, in their shortest form.
public enum Varint {
    /// Bytes of a number, at most ten.
    @inlinable public static func size(_ number: UInt64) -> Int { max(1, (70 - number.leadingZeroBitCount) / 7) }
    /// Appends a number.
    public static func append(_ number: UInt64, to out: inout [UInt8]) {
        var rest = number
        while rest >= 0x80 {
            out.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        out.append(UInt8(truncatingIfNeeded: rest))
    }
    /// The number at the front, which is taken off; nil where there is none in its shortest form.
    public static func take(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
        var number: UInt64 = 0
        for (i, byte) in bytes.prefix(9).enumerated() {
            number |= UInt64(byte & 0x7f) << UInt64(7 * i)
            guard byte & 0x80 == 0 else { continue }
            guard byte != 0 || i == 0 else { return nil }
            bytes.removeFirst(i + 1)
            return number
        }
        return nil
    }
    /// So many bytes at the front as the number before them says, which are taken off.
    public static func takeBytes(_ bytes: inout ArraySlice<UInt8>) -> [UInt8]? {
        var rest = bytes
        guard let count = take(&rest), count <= UInt64(rest.count) else { return nil }
        bytes = rest.dropFirst(Int(count))
        return Array(rest.prefix(Int(count)))
    }
}
