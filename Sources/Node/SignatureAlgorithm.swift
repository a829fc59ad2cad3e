/// A signature scheme that scenarios sign and verify with.
public struct SignatureAlgorithm: Sendable {
    /// As in `$verifies: {alg: ed25519-blake2b}`.
    public var name: String
    /// Bytes of the private key.
    public var seedCount: Int
    /// The public key of a private one; nil when that has the wrong length.
    public var publicKey: @Sendable (_ seed: [UInt8]) -> [UInt8]?
    /// The signature of a message; nil when the private key has the wrong length.
    public var sign: @Sendable (_ seed: [UInt8], _ message: [UInt8]) -> [UInt8]?
    /// Whether a signature is that of a message; false for keys and signatures of the wrong length.
    public var verify: @Sendable (_ publicKey: [UInt8], _ message: [UInt8], _ signature: [UInt8]) -> Bool
    /// Other schemes with keys and signatures of the same sizes, which implementers take for this one: a signature that
    /// does not verify is tried with them, to say what is wrong.
    public var mistaken: [SignatureAlgorithm]
    /// A scheme from its three functions.
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
