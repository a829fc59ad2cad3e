import Crypto

/// The proof that a server read the request (RFC 6455, section 1.3).
public enum AcceptKey {
    /// What follows the key before it is hashed.
    static let suffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    /// `Sec-WebSocket-Accept` for this `Sec-WebSocket-Key`, taken as it stands.
    public static func answering(_ key: String) -> String {
        Base64.encode(SHA1.hash(Array(key.utf8) + Array(suffix.utf8)))
    }
}
