import Wire

/// A parser of hexadecimal arguments of a command line.
enum Hexadecimal {
    /// Returns the bytes of hexadecimal digits, which `0x` may precede; nil if the text is not hexadecimal.
    static func bytes(_ text: some StringProtocol) -> [UInt8]? {
        [UInt8](hex: text.hasPrefix("0x") ? String(text.dropFirst(2)) : String(text))
    }
}
