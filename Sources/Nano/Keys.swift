import Crypto
import Wire

extension NodeIDHandshake.Response {
    /// What the signature of this response is over, `cookie` being that of the other side.
    ///
    /// V1: the cookie. V2: cookie, salt, genesis. V3: cookie, salt, genesis, capabilities, reserved. No prefix, and not
    /// the node id, which is the key.
    func signed(over cookie: Key32) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(112)
        out.append(cookie)
        if version >= 2 {
            out.append(salt)
            out.append(genesis)
        }
        if version >= 3 {
            withUnsafeBytes(of: capabilities.bigEndian) { out.append(contentsOf: $0) }
            withUnsafeBytes(of: reserved.bigEndian) { out.append(contentsOf: $0) }
        }
        return out
    }
    /// Sets the signature; all other fields must be set.
    mutating func sign(with key: SigningKey, over cookie: Key32) {
        let message = signed(over: cookie)
        signature = Fixed(exactly: key.sign(message.span.bytes)) ?? signature
    }
    /// Whether the signature is that of the node id over this cookie and the other fields.
    func isSigned(over cookie: Key32) -> Bool { isSignature(of: signed(over: cookie)) }
    /// Whether the signature is that of the node id over `message`.
    func isSignature(of message: [UInt8]) -> Bool {
        withUnsafeBytes(of: nodeID) { key in
            withUnsafeBytes(of: signature) { signature in
                Ed25519Blake2b.verify(publicKey: key.bytes, message: message.span.bytes, signature: signature.bytes)
            }
        }
    }
}

extension [UInt8] {
    mutating func append<let n: Int>(_ value: Fixed<n>) { Swift.withUnsafeBytes(of: value) { append(contentsOf: $0) } }
}

extension Fixed {
    /// These bytes; nil when there are more or fewer.
    init?(exactly bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self = .load(bytes.span.bytes, 0, .big)
    }
}
