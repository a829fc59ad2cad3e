extension [UInt8] {
    /// Creates bytes from pairs of hexadecimal digits; nil if the text has other characters or an odd number of digits.
    public init?(hex s: some StringProtocol) {
        var out: [UInt8] = []
        out.reserveCapacity(s.utf8.count / 2)
        var high: UInt8?
        for c in s.utf8 {
            guard let digit = JSON.hexDigit(c).map({ UInt8(truncatingIfNeeded: $0) }) else { return nil }
            if let h = high {
                out.append(h << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        guard high == nil else { return nil }
        self = out
    }
    /// The bytes as lower-case hexadecimal digits.
    public var hex: String {
        var out: [UInt8] = []
        hex(to: &out)
        return String(decoding: out, as: UTF8.self)
    }
    /// Appends the lower-case hexadecimal digits.
    public func hex(to out: inout [UInt8]) {
        withUnsafeBytes { bytes in out.write(room: 2 * bytes.count) { $0.put(hex: bytes) } }
    }
}
