import Crypto
import Wire

extension NodeIDHandshake.Response {
    /// The signed bytes of this response; `cookie` is that of the other side.
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
    func isSignature(of message: [UInt8]) -> Bool { signature.verifies(nodeID, message.span.bytes) }
}

extension Signature64 {
    /// Whether it is that of `key` over these bytes; Ed25519 with BLAKE2b.
    func verifies(_ key: Key32, _ message: RawSpan) -> Bool {
        withUnsafeBytes(of: key) { key in
            withUnsafeBytes(of: self) { signature in
                Ed25519Blake2b.verify(publicKey: key.bytes, message: message, signature: signature.bytes)
            }
        }
    }
    /// Whether it is that of `key` over a hash.
    func verifies(_ key: Key32, _ hash: Key32) -> Bool {
        withUnsafeBytes(of: hash) { verifies(key, $0.bytes) }
    }
}

extension Blake2b.State {
    /// Takes in more bytes.
    func update<let n: Int>(_ value: Fixed<n>) { withUnsafeBytes(of: value) { update($0.bytes) } }
    /// Takes in a number, lowest byte first.
    func update(little value: UInt64) { withUnsafeBytes(of: value.littleEndian) { update($0.bytes) } }
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
