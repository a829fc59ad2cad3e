internal import CSodium

/// Base64 with padding and the alphabet of RFC 4648, section 4.
public enum Base64 {
    /// Returns the bytes as text.
    public static func encode(_ bytes: [UInt8]) -> String {
        let variant = Int32(sodium_base64_VARIANT_ORIGINAL)
        // The length includes the terminating zero byte.
        let size = sodium_base64_encoded_len(bytes.count, variant)
        return String(unsafeUninitializedCapacity: size) { out in
            guard let base = out.baseAddress, size > 0 else { return 0 }
            base.withMemoryRebound(to: CChar.self, capacity: size) { text in
                _ = bytes.withUnsafeBufferPointer { sodium_bin2base64(text, size, $0.baseAddress, $0.count, variant) }
            }
            return size - 1
        }
    }
    /// Returns the bytes; nil unless the text is canonical base64 with padding.
    public static func decode(_ text: [UInt8]) -> [UInt8]? {
        var count = 0
        var isGood = false
        let out = [UInt8](unsafeUninitializedCapacity: text.count / 4 * 3 + 3) { out, filled in
            text.withUnsafeBufferPointer { input in
                input.withMemoryRebound(to: CChar.self) { chars in
                    guard let base = out.baseAddress, let first = chars.baseAddress else { return isGood = true }
                    var end: UnsafePointer<CChar>?
                    let status = sodium_base642bin(
                        base, out.count, first, chars.count, nil, &count, &end, Int32(sodium_base64_VARIANT_ORIGINAL))
                    isGood = status == 0 && end == first + chars.count
                }
            }
            filled = isGood ? count : 0
        }
        return isGood ? out : nil
    }
}
