import Crypto
import Testing
import Wire

/// Key, message and signature of the genesis block of Nano's dev network (nano-node, secure/common.cpp).
enum DevGenesis {
    static let seed = hex("34f0a37aad20f4a260f0a5b3cb3d7fb50673212263e58a380bc10474bb039ce4")
    static let key = hex("b0311ea55708d6a53c75cdbf88300259c6d018522fe3d4d0a242e431f9e8b6d0")
    static let hash = hex("04270d7f11c4b2b472f2854c5a59f2a7e84226ce9ed799de75744bd7d85fc9d9")
    static let signature = hex(
        "ecda914373a2f0ca1296475baee40500a7f0a7ad72a5a80c81d7fab7f6c802b2"
            + "cc7db50f5dd0fb25b2ef11761fa7344a158dd5a700b21bd47de5bd0f63153a02")
    static func hex(_ text: String) -> [UInt8] { [UInt8](hex: text) ?? [] }
}

@Test func reproducesTheGenesisSignature() {
    #expect(Ed25519Blake2b.publicKey(seed: DevGenesis.seed) == DevGenesis.key)
    #expect(Ed25519Blake2b.sign(seed: DevGenesis.seed, message: DevGenesis.hash) == DevGenesis.signature)
    #expect(
        Ed25519Blake2b.verify(publicKey: DevGenesis.key, message: DevGenesis.hash, signature: DevGenesis.signature))
}

/// A key that is expanded once signs like one that is expanded each time, for messages of any length.
@Test func signsWhatItVerifies() throws {
    let key = try #require(SigningKey(seed: DevGenesis.seed))
    #expect(key.publicKey == DevGenesis.key)
    for count in [0, 1, 31, 32, 96, 112, 128, 1000] {
        let message = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let signature = key.sign(message.span.bytes)
        #expect(signature == Ed25519Blake2b.sign(seed: DevGenesis.seed, message: message))
        #expect(Ed25519Blake2b.verify(publicKey: key.publicKey, message: message, signature: signature))
    }
    #expect(
        Ed25519Blake2b.publicKey(seed: [UInt8](repeating: 0, count: 32))?.hex.prefix(16) == "19d3d919475deed4")
}

@Test func oneFlippedBitFails() {
    func flipped(_ bytes: [UInt8], _ bit: Int) -> [UInt8] {
        var out = bytes
        out[bit / 8] ^= 1 << UInt8(bit % 8)
        return out
    }
    for bit in 0..<256 {
        #expect(
            !Ed25519Blake2b.verify(
                publicKey: flipped(DevGenesis.key, bit), message: DevGenesis.hash, signature: DevGenesis.signature),
            "key, bit \(bit)")
        #expect(
            !Ed25519Blake2b.verify(
                publicKey: DevGenesis.key, message: flipped(DevGenesis.hash, bit), signature: DevGenesis.signature),
            "message, bit \(bit)")
    }
    for bit in 0..<512 {
        #expect(
            !Ed25519Blake2b.verify(
                publicKey: DevGenesis.key, message: DevGenesis.hash, signature: flipped(DevGenesis.signature, bit)),
            "signature, bit \(bit)")
    }
}

/// S + L is another form of the same signature, and the network accepts it. S + 16 L has high bits and is refused.
@Test func reducesSLikeTheNetwork() {
    /// 2^252 + 27742317777372353535851937790883648493, little-endian.
    let order = DevGenesis.hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
    func adding(_ times: Int) -> [UInt8] {
        var out = DevGenesis.signature
        for _ in 0..<times {
            var carry = 0
            for i in 0..<32 {
                carry += Int(out[32 + i]) + Int(order[i])
                out[32 + i] = UInt8(truncatingIfNeeded: carry)
                carry >>= 8
            }
        }
        return out
    }
    #expect(adding(1)[63] & 0xe0 == 0)
    #expect(Ed25519Blake2b.verify(publicKey: DevGenesis.key, message: DevGenesis.hash, signature: adding(1)))
    #expect(adding(2)[63] & 0xe0 != 0)
    #expect(!Ed25519Blake2b.verify(publicKey: DevGenesis.key, message: DevGenesis.hash, signature: adding(2)))
}

@Test func refusesWrongLengths() {
    for count in [0, 1, 31, 33, 64] {
        #expect(SigningKey(seed: [UInt8](repeating: 1, count: count)) == nil)
        #expect(
            !Ed25519Blake2b.verify(
                publicKey: Array((DevGenesis.key + DevGenesis.key).prefix(count)), message: DevGenesis.hash,
                signature: DevGenesis.signature))
    }
    for count in [0, 63, 65] {
        #expect(
            !Ed25519Blake2b.verify(
                publicKey: DevGenesis.key, message: DevGenesis.hash,
                signature: Array((DevGenesis.signature + [0]).prefix(count))))
    }
}

/// The neutral element, a point of order two, and a string that is not a point are not valid keys.
@Test func refusesKeysThatAreNoKeys() {
    let none = [UInt8](repeating: 0, count: 64)
    for key in [[1] + none.prefix(31), [UInt8](none.prefix(32)), [2] + none.prefix(31)] {
        #expect(!Ed25519Blake2b.verify(publicKey: Array(key), message: [], signature: none))
    }
}

/// The responses of `hs_resp_v*_dev` and `hs_queryresp_v2_dev` (made with nanopy's donna code and cross-checked with
/// ed25519-blake2b): cookie 00..1f, salt 32 times 11, capabilities 1.
@Test(arguments: [
    (
        1,
        "1c6e48933f5a8c77f33c0b802d4bf7009ce2efd9f620d98ab1cfb011b092bbdf"
            + "d65881024c5075a0f8d0a9f50ed0b607dc8be22caf21e753812d5f60b6eba30c"
    ),
    (
        2,
        "f25222027e5b71e0d94cb219480050a7e2fe3c1abf7b1c3954035512ab53d6e8"
            + "866165a736503d19ac4174fb4ed3a14fac988371c4a74ef57f6efa06503a1f01"
    ),
    (
        3,
        "bc106c7a1d06e299143b6d45588e6899a5a1dcfb7d756b14685ee41e6c47ae5c"
            + "7bf0269427141358fb7de8f0f8267f7f376e1812c42023887903236042cd9d08"
    ),
])
func handshakeSignatures(version: Int, signature: String) {
    var message = [UInt8](0..<32)
    if version >= 2 { message += [UInt8](repeating: 0x11, count: 32) + DevGenesis.hash }
    if version >= 3 { message += [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0] }
    let signature = DevGenesis.hex(signature)
    #expect(Ed25519Blake2b.verify(publicKey: DevGenesis.key, message: message, signature: signature))
    #expect(Ed25519Blake2b.sign(seed: DevGenesis.seed, message: message) == signature)
}
