import Crypto
public import Node

extension SignatureAlgorithm {
    /// The scheme of Ed25519 keys, with which most peers sign.
    public static let ed25519OfPeers = SignatureAlgorithm(
        name: "ed25519", seedCount: 32, publicKey: { Ed25519(seed: $0)?.publicKey },
        sign: { Ed25519(seed: $0)?.sign($1) },
        verify: { Ed25519.verify(publicKey: $0, message: $1, signature: $2) })
}
