/// The bytes that TLS 1.2 authenticates together with the content of a record (RFC 5246, section 6.2.3.3).
enum AdditionalData {
    /// Returns the number, the type and version, and the number of authenticated bytes of a record.
    static func of(_ record: UnsafeRawBufferPointer, number: UInt64, count: Int) -> InlineArray<13, UInt8> {
        var out: InlineArray<13, UInt8> = .init(repeating: 0)
        for i in 0..<8 { out[i] = UInt8(truncatingIfNeeded: number >> (56 - 8 * UInt64(i))) }
        for i in 0..<3 { out[8 + i] = record[i] }
        (out[11], out[12]) = (UInt8(truncatingIfNeeded: count >> 8), UInt8(truncatingIfNeeded: count))
        return out
    }
}
