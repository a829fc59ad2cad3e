import Testing
import Wire

@testable import TLS

struct KeyTests {
    /// Inputs and results that Python's `hmac` computes for the formula of RFC 5246, section 5.
    @Test func pseudoRandomFunction() {
        let secret = [UInt8](0..<48)
        let seed = [UInt8](repeating: 0xa5, count: 64)
        let short = PRF.expand(secret, label: "key expansion", seed: seed, count: 40, .sha256)
        #expect(short?.hex == "88accfdc61af7caa84922537f3ad9c514a67c1cbdfcc857efe996e0c85a49e6da61cc94ac669ebae")
        #expect(
            PRF.expand(secret, label: "key expansion", seed: seed, count: 52, .sha384)?.hex
                == "34cc5fe0acb34be2d3987123dd025248fc738504e156eb677709c20dd047e8125b2b5fbef5995cb69f643db8ba6ea28133a10c17"
        )
        #expect(
            PRF.expand(secret, label: "key expansion", seed: seed, count: 16, .sha256) == short.map { Array($0[..<16]) }
        )
    }
    /// The protection of each suite with a name is the one in the name.
    @Test func protectionFollowsFromNameOfSuite() {
        for code in CipherSuite.names {
            let suite = CipherSuite(rawValue: UInt16(code.number))
            let version: ProtocolVersion = code.name.contains("_WITH_") ? .tls12 : .tls13
            let protection = suite.protection(in: version)
            let parts: [(String, Protection.Cipher)] = [
                ("AES_128_GCM", .aead(.aes128GCM)), ("AES_256_GCM", .aead(.aes256GCM)),
                ("CHACHA20", .aead(.chaCha20Poly1305)), ("AES_128_CCM_8", .aead(.aes128CCM8)),
                ("AES_256_CCM_8", .aead(.aes256CCM8)), ("AES_128_CCM", .aead(.aes128CCM)),
                ("AES_256_CCM", .aead(.aes256CCM)), ("AES_128_CBC_SHA256", .cbc(CBC(keySize: 16, hash: .sha256))),
                ("AES_256_CBC_SHA256", .cbc(CBC(keySize: 32, hash: .sha256))),
                ("AES_256_CBC_SHA384", .cbc(CBC(keySize: 32, hash: .sha384))),
                ("AES_128_CBC_SHA", .cbc(CBC(keySize: 16, hash: .sha1))),
                ("AES_256_CBC_SHA", .cbc(CBC(keySize: 32, hash: .sha1))),
            ]
            #expect(protection?.cipher == parts.first { code.name.contains($0.0) }?.1, "\(code.name)")
            if let protection { #expect((protection.hash == .sha384) == code.name.hasSuffix("SHA384"), "\(code.name)") }
            #expect(suite.protection(in: version == .tls12 ? .tls13 : .tls12) == nil, "\(code.name)")
        }
        #expect(CipherSuite.names.count { $0.name.contains("_WITH_") } > 60)
    }
    @Test func refusesSecretsOfWrongSize() {
        var hello = ServerHello()
        hello.suite = CipherSuite(rawValue: 0xc02f)
        let negotiation = Negotiation(hello, clientRandom: [UInt8](repeating: 1, count: 32))
        #expect(negotiation.obstacle == nil)
        #expect(TrafficKeys(negotiation, master: [UInt8](repeating: 1, count: 47), isClient: true) == nil)
        #expect(TrafficKeys(negotiation, master: [UInt8](repeating: 1, count: 48), isClient: true)?.key.count == 16)
    }
    @Test func statesWhatCannotBeDecrypted() {
        var hello = ServerHello()
        hello.suite = CipherSuite(rawValue: 0x0005)
        #expect(Negotiation(hello, clientRandom: [1]).obstacle == "encrypted with 5, which is not decrypted")
        hello.suite = CipherSuite(rawValue: 0xc02f)
        #expect(Negotiation(hello, clientRandom: []).obstacle == "encrypted, and the ClientHello was not seen")
        hello.compression = 1
        #expect(Negotiation(hello, clientRandom: [1]).obstacle == "compressed, which is not decrypted")
        hello.header.version = ProtocolVersion(rawValue: 0x0302)
        #expect(Negotiation(hello, clientRandom: [1]).obstacle == "TLS 1.1 is not decrypted")
    }
    /// An empty record, such as TLS 1.2 allows, is accepted only with its tag.
    @Test(arguments: [AEAD.aes128GCM, .aes256GCM, .chaCha20Poly1305, .aes128CCM, .aes256CCM, .aes128CCM8, .aes256CCM8])
    func checksTagOfEmptyContent(_ algorithm: AEAD) throws {
        let cipher = try #require(AEADKey(algorithm, [UInt8](repeating: 7, count: algorithm.keySize)))
        #expect(AEADKey(algorithm, [7]) == nil)
        let nonce = [UInt8](repeating: 1, count: AEAD.nonceSize)
        var out: [UInt8] = [9]
        let isGood = [UInt8](repeating: 0, count: algorithm.tagSize).withUnsafeBytes { sealed in
            nonce.withUnsafeBytes { cipher.open(sealed, nonce: $0, additional: $0, into: &out) }
        }
        #expect(!isGood && out == [9])
    }
}
