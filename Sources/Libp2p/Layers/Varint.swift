import Wire

/// Unsigned varints as multiformats have them: at most nine bytes, in their shortest form.
public enum Varint {
    /// Bytes that a number may have where it is read.
    public static let most = 9
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
    /// The number at the front and how many bytes it has; nil where there is none in its shortest form.
    public static func read(_ bytes: RawSpan) -> (number: UInt64, size: Int)? {
        var number: UInt64 = 0
        for i in 0..<min(most, bytes.byteCount) {
            let byte = bytes.unsafeLoad(fromUncheckedByteOffset: i, as: UInt8.self)
            number |= UInt64(byte & 0x7f) << UInt64(7 * i)
            guard byte & 0x80 == 0 else { continue }
            return byte != 0 || i == 0 ? (number, i + 1) : nil
        }
        return nil
    }
    /// The number at the front, which is taken off; nil as of `read`.
    public static func take(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
        guard let (number, size) = read(bytes.span.bytes) else { return nil }
        bytes.removeFirst(size)
        return number
    }
    /// So many bytes at the front as the number before them says, which are taken off.
    public static func takeBytes(_ bytes: inout ArraySlice<UInt8>) -> [UInt8]? {
        var rest = bytes
        guard let count = take(&rest), count <= UInt64(rest.count) else { return nil }
        bytes = rest.dropFirst(Int(count))
        return Array(rest.prefix(Int(count)))
    }
}
