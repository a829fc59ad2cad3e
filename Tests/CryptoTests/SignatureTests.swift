import Testing
import Wire

@testable import Crypto

private func hex(_ text: String) -> [UInt8] { [UInt8](hex: text) ?? [] }

@Suite struct SignatureTests {
    /// Returns r and s of a signature in DER, with the key of RFC 6979 on P-256.
    private static func der(_ r: String, _ s: String) -> [UInt8] {
        func number(_ text: String) -> [UInt8] {
            let bytes = Array(hex(text).drop { $0 == 0 })
            let padded = (bytes.first ?? 0) < 128 ? bytes : [0] + bytes
            return [2, UInt8(padded.count)] + padded
        }
        let content = number(r) + number(s)
        return [0x30, UInt8(content.count)] + content
    }
    /// RFC 6979, appendix A.2.5, with SHA-256.
    @Test func deterministicOnP256() throws {
        let key = try #require(
            ECDSA(hex("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"), on: .p256))
        #expect(
            key.point.hex == "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
                + "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299")
        let signatures = [
            "sample": Self.der(
                "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
                "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"),
            "test": Self.der(
                "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367",
                "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083"),
        ]
        for (message, signature) in signatures {
            #expect(key.sign(Array(message.utf8)) == signature, "\(message)")
            #expect(ECDSA.verify(publicKey: key.publicKey, message: Array(message.utf8), signature: signature))
            #expect(!ECDSA.verify(publicKey: key.publicKey, message: Array("x".utf8), signature: signature))
        }
    }
    /// The values are from Python's cryptography 48.0.0 with the private key 1. Of the two forms of s, the smaller one
    /// is used.
    @Test func deterministicOnSecp256k1() throws {
        let one = [UInt8](repeating: 0, count: 31) + [1]
        let key = try #require(ECDSA(one, on: .secp256k1))
        #expect(key.point.hex == "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")
        let signature = Self.der(
            "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8",
            "2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5")
        #expect(key.sign(Array("Satoshi Nakamoto".utf8)) == signature)
    }
    /// Zero, the order and higher values are not keys, and other lengths are not either. The order minus one is a key.
    @Test func privateKeysOfCurves() {
        let order = hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")
        #expect(ECDSA(order, on: .p256) == nil && ECDSA([UInt8](repeating: 255, count: 32), on: .p256) == nil)
        #expect(ECDSA(order.dropLast() + [0x50], on: .p256) != nil)
        for count in [0, 31, 33, 1000] { #expect(ECDSA([UInt8](repeating: 1, count: count), on: .secp256k1) == nil) }
        for curve in [EllipticCurve.p256, .secp256k1] {
            #expect(ECDSA([UInt8](repeating: 0, count: 32), on: curve) == nil)
        }
        #expect(ECDSA([UInt8](repeating: 1, count: 32), on: .p384) == nil)
    }
    /// Signatures of many messages and keys are valid, and only for these. The lengths of their numbers vary.
    @Test func signsWhatItVerifiesOnCurves() throws {
        for curve in [EllipticCurve.p256, .secp256k1] {
            var lengths: Set<Int> = []
            for seed in UInt8(0)..<60 {
                let key = try #require(ECDSA(SHA256.hash([seed]), on: curve))
                let message = [UInt8](repeating: seed, count: Int(seed) * 7)
                let signature = key.sign(message)
                lengths.insert(signature.count)
                #expect(
                    ECDSA.verify(point: key.point, on: curve, message: message, signature: signature), "\(seed)")
                #expect(!ECDSA.verify(point: key.point, on: curve, message: message + [0], signature: signature))
                #expect(ECDSA.isPoint(key.point, on: curve))
                if curve == .p256 { #expect(ECDSA.isPublicKey(key.publicKey)) }
            }
            #expect(lengths.count > 1)
        }
    }
    /// A value that is not on the curve is not a point. A point in another form is not accepted either.
    @Test func points() throws {
        let key = try #require(ECDSA(SHA256.hash([1]), on: .p256))
        var off = key.publicKey
        off[off.count - 1] ^= 1
        var compressed = key.publicKey
        compressed[compressed.count - 65] = 2
        for bad in [off, compressed, key.publicKey + [0], Array(key.publicKey.dropLast()), []] {
            #expect(!ECDSA.isPublicKey(bad))
        }
        // No point of secp256k1 has the first coordinate 5.
        let none = [2] + [UInt8](repeating: 0, count: 31) + [5]
        #expect(!ECDSA.isPoint(none, on: .secp256k1) && !ECDSA.isPoint([], on: .secp256k1))
        #expect(!ECDSA.verify(point: none, on: .secp256k1, message: [], signature: []))
    }
}
