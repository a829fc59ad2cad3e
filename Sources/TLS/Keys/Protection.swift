/// The algorithms of a cipher suite that protect records and derive keys.
struct Protection: Equatable {
    enum Cipher: Equatable {
        case aead(AEAD)
        case cbc(CBC)

        /// The numbers of bytes that TLS 1.2 derives for each side: a key for MACs, a key, and an initialization vector.
        var sizes: [Int] {
            switch self {
            case .aead(let aead): [0, aead.keySize, AEAD.nonceSize - aead.explicitSize]
            case .cbc(let cbc): [cbc.hash.count, cbc.keySize, 0]
            }
        }
    }
    var cipher: Cipher
    /// The hash of the key derivation.
    var hash: SuiteHash

    fileprivate init(_ aead: AEAD, _ hash: SuiteHash = .sha256) { (cipher, self.hash) = (.aead(aead), hash) }
    /// Creates AES-CBC with this MAC.
    fileprivate init(cbc keySize: Int, _ mac: SuiteHash) {
        cipher = .cbc(CBC(keySize: keySize, hash: mac))
        hash = mac == .sha384 ? .sha384 : .sha256
    }
}

extension CipherSuite {
    /// True if only TLS 1.3 uses the suite; false if only earlier versions do.
    private var isOfTLS13: Bool { rawValue >> 8 == 0x13 }
    /// Returns the protection in a version; nil if its records cannot be decrypted here.
    func protection(in version: ProtocolVersion) -> Protection? {
        version == .tls13 && isOfTLS13 || version == .tls12 && !isOfTLS13 ? authenticated ?? blocks : nil
    }
    /// The protection by AEAD, by the numbers of RFC 5288, 5289, 5487, 6655, 7251, 7905, 8442 and 8446.
    private var authenticated: Protection? {
        let isEven = rawValue & 1 == 0
        return switch rawValue {
        case 0x1301: Protection(.aes128GCM)
        case 0x1302: Protection(.aes256GCM, .sha384)
        case 0x1303, 0xcca8...0xccae: Protection(.chaCha20Poly1305)
        case 0x009c...0x00ad: isEven ? Protection(.aes128GCM) : Protection(.aes256GCM, .sha384)
        case 0xc02b...0xc032, 0xd001...0xd002: isEven ? Protection(.aes256GCM, .sha384) : Protection(.aes128GCM)
        case 0x1304, 0xd005: Protection(.aes128CCM)
        case 0x1305, 0xd003: Protection(.aes128CCM8)
        case 0xc09c...0xc09f, 0xc0a4...0xc0a7, 0xc0ac...0xc0ad: Protection(isEven ? .aes128CCM : .aes256CCM)
        case 0xc0a0...0xc0a3, 0xc0a8...0xc0ab, 0xc0ae...0xc0af: Protection(isEven ? .aes128CCM8 : .aes256CCM8)
        default: nil
        }
    }
    /// The protection by AES-CBC and HMAC, by the numbers of RFC 5246, 5289 and 8422.
    private var blocks: Protection? {
        switch rawValue {
        case 0x002f, 0x0033, 0xc009, 0xc013: Protection(cbc: 16, .sha1)
        case 0x0035, 0x0039, 0xc00a, 0xc014: Protection(cbc: 32, .sha1)
        case 0x003c, 0x0067, 0xc023, 0xc027: Protection(cbc: 16, .sha256)
        case 0x003d, 0x006b: Protection(cbc: 32, .sha256)
        case 0xc024, 0xc028: Protection(cbc: 32, .sha384)
        default: nil
        }
    }
}
