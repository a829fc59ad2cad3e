/// A signature scheme that scenarios sign and verify with.
public struct SignatureAlgorithm: Sendable {
    /// The name, as in `$verifies: {alg: ed25519-blake2b}`.
    public var name: String
    /// The number of bytes of the private key.
    public var seedCount: Int
    /// Returns the public key for a private key; nil if the private key has the wrong length.
    public var publicKey: @Sendable (_ seed: [UInt8]) -> [UInt8]?
    /// Returns the signature of a message; nil if the private key has the wrong length.
    public var sign: @Sendable (_ seed: [UInt8], _ message: [UInt8]) -> [UInt8]?
    /// Returns true if the signature is valid for the message; false for keys and signatures of the wrong length.
    public var verify: @Sendable (_ publicKey: [UInt8], _ message: [UInt8], _ signature: [UInt8]) -> Bool
    /// Other schemes with keys and signatures of the same sizes, which implementers confuse with this one. A signature
    /// that does not verify is checked with them, so that the diagnostic can name the mistake.
    public var mistaken: [SignatureAlgorithm]
    /// Creates a scheme from its three functions.
    public init(
        name: String, seedCount: Int, publicKey: @escaping @Sendable ([UInt8]) -> [UInt8]?,
        sign: @escaping @Sendable ([UInt8], [UInt8]) -> [UInt8]?,
        verify: @escaping @Sendable ([UInt8], [UInt8], [UInt8]) -> Bool, mistaken: [SignatureAlgorithm] = []
    ) {
        self.name = name
        self.seedCount = seedCount
        self.publicKey = publicKey
        self.sign = sign
        self.verify = verify
        self.mistaken = mistaken
    }
}
