import Wire

/// Numbers in base 58 with the alphabet of Bitcoin, the notation of peer ids.
enum Base58 {
    private static let alphabet = Array("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".utf8)
    private static let values: [UInt8: Int] = Dictionary(
        uniqueKeysWithValues: alphabet.enumerated().map { ($0.element, $0.offset) })
    /// The maximum length of a text in characters. Decoding takes time proportional to the square of the length.
    static let limit = 256

    /// Returns the text of bytes.
    static func text(_ bytes: [UInt8]) -> String {
        var digits: [Int] = []
        for byte in bytes {
            var carry = Int(byte)
            for i in digits.indices {
                carry += digits[i] << 8
                (digits[i], carry) = (carry % 58, carry / 58)
            }
            while carry > 0 {
                digits.append(carry % 58)
                carry /= 58
            }
        }
        let zeros = bytes.prefix { $0 == 0 }.map { _ in alphabet[0] }
        return String(decoding: zeros + digits.reversed().map { alphabet[$0] }, as: UTF8.self)
    }
    /// Returns the bytes of a text; nil if it has other characters, or if it is too long.
    static func bytes(_ text: String) -> [UInt8]? {
        guard text.utf8.count <= limit else { return nil }
        var bytes: [Int] = []
        for character in text.utf8 {
            guard var carry = values[character] else { return nil }
            for i in bytes.indices {
                carry += bytes[i] * 58
                (bytes[i], carry) = (carry & 0xff, carry >> 8)
            }
            while carry > 0 {
                bytes.append(carry & 0xff)
                carry >>= 8
            }
        }
        let zeros = text.utf8.prefix { $0 == alphabet[0] }.map { _ in UInt8(0) }
        return zeros + bytes.reversed().map { UInt8($0) }
    }
}

/// Base 32 in lower case without padding (RFC 4648, section 6), the notation of CIDs.
enum Base32 {
    private static let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)

    /// Returns the text of bytes.
    static func text(_ bytes: [UInt8]) -> String {
        var out: [UInt8] = []
        var (buffer, count): (UInt32, UInt32) = (0, 0)
        for byte in bytes {
            buffer = (buffer << 8 | UInt32(byte)) & 0xffff
            count += 8
            while count >= 5 {
                count -= 5
                out.append(alphabet[Int(buffer >> count & 31)])
            }
        }
        if count > 0 { out.append(alphabet[Int(buffer << (5 - count) & 31)]) }
        return String(decoding: out, as: UTF8.self)
    }
    /// Returns the bytes of a text; nil if it has other characters, or if the unused bits are not zero.
    static func bytes(_ text: some StringProtocol) -> [UInt8]? {
        var out: [UInt8] = []
        var (buffer, count): (UInt32, UInt32) = (0, 0)
        for character in text.utf8 {
            let value: UInt8
            switch character {
            case 0x61...0x7a: value = character - 0x61
            case 0x32...0x37: value = character - 0x32 + 26
            default: return nil
            }
            buffer = (buffer << 5 | UInt32(value)) & 0xfff
            count += 5
            if count >= 8 {
                count -= 8
                out.append(UInt8(buffer >> count & 0xff))
            }
        }
        return count < 5 && buffer & (1 << count - 1) == 0 ? out : nil
    }
}
