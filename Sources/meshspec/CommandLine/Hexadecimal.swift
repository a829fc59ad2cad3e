import Wire

/// Hexadecimal digits of a command line.
enum Hexadecimal {
    /// Their bytes, with or without `0x` before them; nil when they are none.
    static func bytes(_ text: some StringProtocol) -> [UInt8]? {
        [UInt8](hex: text.hasPrefix("0x") ? String(text.dropFirst(2)) : String(text))
    }
}
