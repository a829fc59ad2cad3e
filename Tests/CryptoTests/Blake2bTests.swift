import Crypto
import Testing
import Wire

/// RFC 7693, appendix A.
@Test func hashOfTheRFC() {
    let digest = Blake2b.hash(Array("abc".utf8), count: 64)
    #expect(
        digest?.hex == "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
            + "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923")
}

/// The values were checked with Python's hashlib.blake2b(b"abc", digest_size=n).
@Test func hashOfAnyLength() {
    let abc = Array("abc".utf8)
    #expect(Blake2b.hash(abc, count: 5)?.hex == "44229fc0ef")
    #expect(Blake2b.hash(abc, count: 8)?.hex == "d8bb14d833d59559")
    #expect(
        Blake2b.hash(abc, count: 32)?.hex == "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319")
    #expect(Blake2b.hash(abc, count: 0) == nil && Blake2b.hash(abc, count: 65) == nil)
    #expect(Blake2b.hash(abc, count: -1) == nil)
}

@Test func hashOfPartsIsThatOfTheWhole() {
    let whole = [UInt8](0..<200)
    for cut in [0, 1, 127, 128, 129, 200] {
        #expect(
            Blake2b.hash(Array(whole[..<cut]), Array(whole[cut...]), count: 32) == Blake2b.hash(whole, count: 32))
    }
    #expect(Blake2b.hash(count: 32) == Blake2b.hash([], count: 32))
}
