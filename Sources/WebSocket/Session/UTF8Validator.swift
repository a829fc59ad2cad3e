/// A check of UTF-8 that arrives in parts (RFC 3629, section 4). It fails at the first byte that cannot be valid with
/// any continuation.
public struct UTF8Validator: Hashable, Sendable {
    /// The number of missing bytes of the current character.
    private var needed: UInt8 = 0
    /// The range of the next byte.
    private var low: UInt8 = 0x80
    private var high: UInt8 = 0xbf

    /// Creates a check for the start of a text.
    public init() {}
    /// True if a text may end here.
    public var isComplete: Bool { needed == 0 }

    /// Takes the next bytes. Returns false if the text is not UTF-8. It must not be called after that.
    public mutating func accepts(_ bytes: RawSpan) -> Bool {
        let count = bytes.byteCount
        var at = 0
        while at < count {
            if needed == 0 {
                // Most text is ASCII.
                while count &- at >= 16 {
                    let first = bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt64.self)
                    let second = bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: at &+ 8, as: UInt64.self)
                    if (first | second) & 0x8080_8080_8080_8080 != 0 { break }
                    at &+= 16
                }
                if at == count { return true }
            }
            let byte = bytes.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self)
            at &+= 1
            guard accepts(byte) else { return false }
        }
        return true
    }
    /// Takes the next byte. Returns false if the text is not UTF-8.
    @inline(__always)
    public mutating func accepts(_ byte: UInt8) -> Bool {
        if needed > 0 {
            guard byte >= low, byte <= high else { return false }
            needed &-= 1
            (low, high) = (0x80, 0xbf)
        } else if byte >= 0x80 {
            return begin(byte)
        }
        return true
    }
    /// Reads the first byte of a multi-byte character: the number of further bytes, and the range of the next one. The
    /// range of the second byte excludes overlong forms, surrogates and numbers above 10FFFF.
    private mutating func begin(_ byte: UInt8) -> Bool {
        switch byte {
        case 0xc2...0xdf: needed = 1
        case 0xe0: (needed, low) = (2, 0xa0)
        case 0xed: (needed, high) = (2, 0x9f)
        case 0xe1...0xef: needed = 2
        case 0xf0: (needed, low) = (3, 0x90)
        case 0xf4: (needed, high) = (3, 0x8f)
        case 0xf1...0xf3: needed = 3
        default: return false
        }
        return true
    }
}
