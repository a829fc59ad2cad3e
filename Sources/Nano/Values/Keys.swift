import Crypto
import Wire

extension NodeIDHandshake.Response {
    /// Returns the bytes that the signature of this response covers; `cookie` is the cookie of the other side.
    ///
    /// V1: the cookie. V2: cookie, salt, genesis. V3: cookie, salt, genesis, capabilities, reserved. There is no
    /// prefix, and the node id is not covered because it is the key.
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
    /// Returns true if the signature is valid for the node id, over this cookie and the other fields.
    func isSigned(over cookie: Key32) -> Bool { isSignature(of: signed(over: cookie)) }
    /// Returns true if the signature is valid for the node id over `message`.
    func isSignature(of message: [UInt8]) -> Bool { signature.verifies(nodeID, message.span.bytes) }
}

extension Signature64 {
    /// Returns true if this is the signature of `key` over these bytes: Ed25519 with BLAKE2b.
    func verifies(_ key: Key32, _ message: RawSpan) -> Bool {
        withUnsafeBytes(of: key) { key in
            withUnsafeBytes(of: self) { signature in
                Ed25519Blake2b.verify(publicKey: key.bytes, message: message, signature: signature.bytes)
            }
        }
    }
    /// Returns true if this is the signature of `key` over a hash.
    func verifies(_ key: Key32, _ hash: Key32) -> Bool {
        withUnsafeBytes(of: hash) { verifies(key, $0.bytes) }
    }
}

extension Blake2b.State {
    /// Hashes further bytes.
    func update<let n: Int>(_ value: Fixed<n>) { withUnsafeBytes(of: value) { update($0.bytes) } }
    /// Hashes a number, lowest byte first.
    func update(little value: UInt64) { withUnsafeBytes(of: value.littleEndian) { update($0.bytes) } }
}

extension [UInt8] {
    mutating func append<let n: Int>(_ value: Fixed<n>) { Swift.withUnsafeBytes(of: value) { append(contentsOf: $0) } }
}

extension Fixed {
    /// Takes these bytes; nil if their number differs.
    init?(exactly bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self = .load(bytes.span.bytes, 0, .big)
    }
}
