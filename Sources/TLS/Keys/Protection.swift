/// The algorithms of a cipher suite that protect records and derive keys.
struct Protection {
    var aead: AEAD
    var hash: SuiteHash
}

extension CipherSuite {
    /// True if only TLS 1.3 uses the suite; false if only earlier versions do.
    private var isOfTLS13: Bool { rawValue >> 8 == 0x13 }
    /// Returns the protection in a version; nil if its records cannot be decrypted here.
    func protection(in version: ProtocolVersion) -> Protection? {
        version == .tls13 && isOfTLS13 || version == .tls12 && !isOfTLS13 ? protection : nil
    }
    /// The protection, by the numbers of RFC 5288, 5289, 5487, 6655, 7251, 7905, 8442 and 8446.
    private var protection: Protection? {
        let isEven = rawValue & 1 == 0
        return switch rawValue {
        case 0x1301: Protection(aead: .aes128GCM, hash: .sha256)
        case 0x1302: Protection(aead: .aes256GCM, hash: .sha384)
        case 0x1303, 0xcca8...0xccae: Protection(aead: .chaCha20Poly1305, hash: .sha256)
        case 0x009c...0x00ad:
            isEven ? Protection(aead: .aes128GCM, hash: .sha256) : Protection(aead: .aes256GCM, hash: .sha384)
        case 0xc02b...0xc032, 0xd001...0xd002:
            isEven ? Protection(aead: .aes256GCM, hash: .sha384) : Protection(aead: .aes128GCM, hash: .sha256)
        case 0x1304, 0xd005: Protection(aead: .aes128CCM, hash: .sha256)
        case 0x1305, 0xd003: Protection(aead: .aes128CCM8, hash: .sha256)
        case 0xc09c...0xc09f, 0xc0a4...0xc0a7, 0xc0ac...0xc0ad:
            Protection(aead: isEven ? .aes128CCM : .aes256CCM, hash: .sha256)
        case 0xc0a0...0xc0a3, 0xc0a8...0xc0ab, 0xc0ae...0xc0af:
            Protection(aead: isEven ? .aes128CCM8 : .aes256CCM8, hash: .sha256)
        default: nil
        }
    }
}
