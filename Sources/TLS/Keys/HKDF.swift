/// The derivation of keys from secrets (RFC 5869) with the labels of TLS 1.3 (RFC 8446, section 7.1).
enum HKDF {
    /// Computes HKDF-Expand-Label with `count` bytes, at most 255 times the size of the hash. Returns nil if OpenSSL
    /// fails.
    static func expand(
        _ secret: [UInt8], label: StaticString, context: [UInt8] = [], count: Int, _ hash: SuiteHash
    ) -> [UInt8]? {
        let name = Array("tls13 ".utf8) + label.withUTF8Buffer { [UInt8]($0) }
        guard count <= 255 * hash.count, name.count < 256, context.count < 256 else { return nil }
        let info = [UInt8(count >> 8), UInt8(count & 255), UInt8(name.count)] + name + [UInt8(context.count)] + context
        var out: [UInt8] = []
        var block: [UInt8] = []
        var number: UInt8 = 1
        while out.count < count {
            guard let next = hash.mac(secret, block + info + [number]) else { return nil }
            block = next
            out += block
            number += 1
        }
        return Array(out.prefix(count))
    }
}
