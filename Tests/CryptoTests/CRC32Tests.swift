import Testing

@testable import Crypto

@Suite struct CRC32Tests {
    /// The check value of the catalogue of CRCs for CRC-32/ISO-HDLC.
    @Test func checkValue() {
        #expect(CRC32.checksum(Array("123456789".utf8).span.bytes) == 0xcbf4_3926)
        #expect(CRC32.checksum([UInt8]().span.bytes) == 0)
    }
    /// RFC 2202, test cases 1, 2 and 6.
    @Test func hmacWithSHA1() {
        func code(_ text: String, _ key: [UInt8]) -> String {
            HMACSHA1.code(Array(text.utf8), key: key).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
        #expect(code("Hi There", [UInt8](repeating: 0x0b, count: 20)) == "b617318655057264e28bc0b6fb378c8ef146be00")
        #expect(
            code("what do ya want for nothing?", Array("Jefe".utf8)) == "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")
        #expect(
            code(
                "Test Using Larger Than Block-Size Key - Hash Key First", [UInt8](repeating: 0xaa, count: 80))
                == "aa4ae5e15272d00e95705637ce8a3b55ed402112")
    }
}
