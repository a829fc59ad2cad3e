/// The derivation of keys from the master secret of TLS 1.2 (RFC 5246, section 5).
enum PRF {
    /// Computes `count` bytes of PRF(secret, label, seed). Returns nil if OpenSSL fails.
    static func expand(
        _ secret: [UInt8], label: StaticString, seed: [UInt8], count: Int, _ hash: SuiteHash
    ) -> [UInt8]? {
        let seed = label.withUTF8Buffer { [UInt8]($0) } + seed
        var out: [UInt8] = []
        var link = seed
        while out.count < count {
            guard let next = hash.mac(secret, link), let block = hash.mac(secret, next + seed) else { return nil }
            link = next
            out += block
        }
        return Array(out.prefix(count))
    }
}
