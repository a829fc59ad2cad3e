public import Wire

/// Unsigned varints of multiformats: at most nine bytes, in their shortest form.
public enum Varint {
    /// The maximum length of a number in bytes when it is read.
    public static let most = 9
    /// Returns the length of a number in bytes, at most ten.
    @inlinable public static func size(_ number: UInt64) -> Int { max(1, (70 - number.leadingZeroBitCount) / 7) }
    public static func append(_ number: UInt64, to out: inout [UInt8]) {
        var rest = number
        while rest >= 0x80 {
            out.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        out.append(UInt8(truncatingIfNeeded: rest))
    }
    /// Returns the number at the front and its length in bytes; nil if there is no number in its shortest form.
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
    /// Reads the number at the front and returns it with its length in bytes; nil if more bytes are needed.
    public static func front(_ bytes: RawSpan) throws(WireError) -> (number: UInt64, size: Int)? {
        if let (number, size) = read(bytes) { return (number, size) }
        let isWhole = bytes.byteCount >= most
        if !isWhole, bytes.withUnsafeBytes({ $0.allSatisfy { $0 & 0x80 != 0 } }) { return nil }
        throw WireError(reason: .overlong, path: "length", offset: 0)
    }
    /// Returns the length of a message that begins with the number of its other bytes; nil if the number is incomplete.
    public static func announced(by bytes: RawSpan) -> Int? {
        // A number of nine bytes fits into an Int with room for its own size.
        read(bytes).map { $0.size &+ Int(clamping: $0.number >> 1) &+ Int(clamping: $0.number - ($0.number >> 1)) }
    }
    /// Removes and returns the number at the front; nil in the same cases as `read`.
    public static func take(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
        guard let (number, size) = read(bytes.span.bytes) else { return nil }
        bytes.removeFirst(size)
        return number
    }
    /// Removes and returns bytes at the front that are preceded by their number; nil if they are incomplete.
    public static func takeBytes(_ bytes: inout ArraySlice<UInt8>) -> [UInt8]? {
        var rest = bytes
        guard let count = take(&rest), count <= UInt64(rest.count) else { return nil }
        bytes = rest.dropFirst(Int(count))
        return Array(rest.prefix(Int(count)))
    }
}
