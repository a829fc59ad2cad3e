import Crypto

/// The proof that a server has read the request (RFC 6455, section 1.3).
public enum AcceptKey {
    /// The text that is appended to the key before it is hashed.
    static let suffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    /// Returns `Sec-WebSocket-Accept` for a `Sec-WebSocket-Key`, which is used without decoding.
    public static func answering(_ key: String) -> String {
        Base64.encode(SHA1.hash(Array(key.utf8) + Array(suffix.utf8)))
    }
}
