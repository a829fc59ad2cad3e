import Crypto
import Testing

/// Examples of RFC 4648, section 10.
struct Base64Tests {
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func bothWays(text: String, encoded: String) {
        #expect(Base64.encode(Array(text.utf8)) == encoded)
        #expect(Base64.decode(Array(encoded.utf8)) == Array(text.utf8))
    }
    /// Missing padding, too much padding, bits after the last byte, spaces, and letters of another alphabet.
    @Test(arguments: ["Zg", "Zg=", "Zg===", "Zh==", "Zm 8=", "Zm8= ", "Zm8-", "Z", "===="])
    func malformed(text: String) {
        #expect(Base64.decode(Array(text.utf8)) == nil)
    }
}
