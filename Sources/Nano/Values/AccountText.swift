import Crypto
import Wire

/// The text form of public keys: a prefix, 52 characters of key and 8 of checksum (nano-node, lib/numbers.cpp
/// `encode_account` and `decode_account`).
///
/// Each character represents 5 bits. Four zero bits precede the key, so that the first character is `1` or `3`. The
/// checksum is BLAKE2b of 5 bytes over the key, with its bytes reversed.
enum AccountText {
    /// The prefixes of an account, of its old form, and of a node id.
    static let prefixes = ["nano_", "xrb_", "node_"]
    private static let alphabet = Array("13456789abcdefghijkmnopqrstuwxyz".utf8)
    private static let keyCount = 52
    private static let checksumCount = 8

    /// Returns the text of a key.
    static func text(_ key: Key32, prefix: String = "nano_") -> String {
        var out = Array(prefix.utf8)
        append([0] + key.array, characters: keyCount, to: &out)
        append(checksum(key), characters: checksumCount, to: &out)
        return String(decoding: out, as: UTF8.self)
    }
    /// Appends the prefix, the first 8 characters of the text of a key, and two dots. Returns false if `key` has the
    /// wrong length.
    static func writeBeginning(of key: RawSpan, prefix: StaticString, to out: inout OutputBuffer) -> Bool {
        guard key.byteCount == Key32.byteCount else { return false }
        let bits = UInt64(bigEndian: key.unsafeLoadUnaligned(as: UInt64.self)) >> 4
        let letters = alphabet.span
        out.put(prefix)
        for i in 0..<8 { out.put(letters[Int(bits >> UInt64(59 - 5 * i) & 31)]) }
        out.put("..")
        return true
    }
    /// Returns the key of a text; nil if it is malformed or its checksum is wrong. Like nano-node, it accepts `-` in
    /// place of `_`.
    static func key(_ text: String) -> Key32? {
        let whole = Array(text.utf8.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 })
        guard let prefix = prefixes.first(where: { whole.starts(with: $0.utf8) }) else { return nil }
        let digits = whole[prefix.utf8.count...]
        guard digits.count == keyCount + checksumCount, digits.first == alphabet[0] || digits.first == alphabet[1],
            let padded = bytes(digits.prefix(keyCount), count: 33),
            let sum = bytes(digits.suffix(checksumCount), count: 5),
            let key = Key32(padded.dropFirst()), checksum(key) == sum
        else { return nil }
        return key
    }

    private static func checksum(_ key: Key32) -> [UInt8] { (Blake2b.hash(key.array, count: 5) ?? []).reversed() }
    /// Appends the lowest bits of big-endian bytes, five for each character.
    private static func append(_ bytes: [UInt8], characters: Int, to out: inout [UInt8]) {
        for i in 0..<characters {
            // Bits are counted from the end. A character takes bits of at most two bytes.
            let low = (characters - 1 - i) * 5
            let last = bytes.count - 1 - low / 8
            let pair = (last > 0 ? Int(bytes[last - 1]) << 8 : 0) | Int(bytes[last])
            out.append(alphabet[pair >> (low % 8) & 31])
        }
    }
    /// Returns the bytes of characters, the reverse of `append`; nil for characters outside the alphabet.
    private static func bytes(_ digits: ArraySlice<UInt8>, count: Int) -> [UInt8]? {
        var out = [UInt8](repeating: 0, count: count)
        for (i, character) in digits.enumerated() {
            guard let digit = alphabet.firstIndex(of: character) else { return nil }
            let low = (digits.count - 1 - i) * 5
            for bit in 0..<5 where digit >> bit & 1 == 1 && (low + bit) / 8 < count {
                out[count - 1 - (low + bit) / 8] |= 1 << UInt8((low + bit) % 8)
            }
        }
        return out
    }
}
