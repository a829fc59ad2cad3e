/// A decoder for hexadecimal digits of large texts.
enum HexDigits {
    /// The value of each byte as a hexadecimal digit; 0xff for any other byte.
    private static let values: [UInt8] = (0..<256).map { byte in
        switch UInt8(byte) {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt8(byte) - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt8(byte) - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt8(byte) - UInt8(ascii: "A") + 10
        default: 0xff
        }
    }
    /// Decodes an even number of digits into an array that has room for the bytes. Returns false if there is any other
    /// character.
    static func decode(_ text: UnsafeRawBufferPointer, into out: inout [UInt8], at start: Int) -> Bool {
        var seen: UInt8 = 0
        values.withUnsafeBufferPointer { values in
            out.withUnsafeMutableBufferPointer { out in
                for i in 0..<text.count / 2 {
                    let (high, low) = (values[Int(text[2 * i])], values[Int(text[2 * i + 1])])
                    seen |= high | low
                    out[start + i] = high << 4 | low
                }
            }
        }
        return seen < 0x10
    }
}
