import Crypto
import Node
import Wire

/// The state of an XX handshake with the keys that are known: an end knows its own private keys, and a decoder with a key
/// log may know keys of both sides. A part can be decrypted if one private key of each Diffie-Hellman pair is known.
struct NoiseHandshake: Sendable {
    /// A key of a side. Both parts may be known, or only the public one, or none.
    struct Key: Sendable {
        var secret: [UInt8]?
        var value: [UInt8]?
        init(secret: [UInt8]? = nil) {
            self.secret = secret
            value = secret.flatMap { X25519.publicKey($0) }
        }
    }
    /// The keys of a side.
    struct Keys: Sendable {
        var ephemeral = Key()
        var permanent = Key()
    }
    /// The reason why the handshake cannot continue.
    enum Failure: Error, Equatable {
        /// A public key of small order.
        case weakKey
        /// A part is not authentic, or the key log is from another connection.
        case notAuthentic(String)
        /// The muxer lists have no common entry. The value is the list of the other side.
        case noMuxerInCommon([String])
        /// The key log lacks a private key that is needed.
        case unknown
    }
    private(set) var state: SymmetricState
    var initiator = Keys()
    var responder = Keys()

    /// Creates a handshake that has not begun. With another `name`, it fails with every standard peer.
    init(name: String = SymmetricState.protocolName) { state = SymmetricState(name) }

    private mutating func mix(
        _ a: KeyPath<Keys, Key>, _ b: KeyPath<Keys, Key>
    ) throws(Failure) {
        let (mine, other) = (initiator[keyPath: a], responder[keyPath: b])
        let pair =
            mine.secret.flatMap { secret in other.value.map { (secret, $0) } }
            ?? other.secret.flatMap { secret in mine.value.map { (secret, $0) } }
        guard let pair else { throw .unknown }
        guard let secret = X25519.secret(pair.0, pair.1) else { throw .weakKey }
        state.mixKey(secret)
    }
    private static func learn(_ value: [UInt8], _ key: inout Key) throws(Failure) {
        if let own = key.value, own != value { throw .notAuthentic("key") }
        key.value = value
    }

    // Reading: the arguments are parts of a message, without its length.

    mutating func readHello(_ ephemeral: [UInt8], _ payload: [UInt8]) throws(Failure) {
        try Self.learn(ephemeral, &initiator.ephemeral)
        state.mixHash(ephemeral)
        _ = state.decrypt(payload)
    }
    /// Returns the payload.
    mutating func readAnswer(
        _ ephemeral: [UInt8], _ permanent: [UInt8], _ payload: [UInt8]
    ) throws(Failure) -> [UInt8] {
        try Self.learn(ephemeral, &responder.ephemeral)
        state.mixHash(ephemeral)
        try mix(\.ephemeral, \.ephemeral)
        guard let key = state.decrypt(permanent) else { throw .notAuthentic("static") }
        try Self.learn(key, &responder.permanent)
        try mix(\.ephemeral, \.permanent)
        guard let plain = state.decrypt(payload) else { throw .notAuthentic("payload") }
        return plain
    }
    /// Returns the payload.
    mutating func readFinal(_ permanent: [UInt8], _ payload: [UInt8]) throws(Failure) -> [UInt8] {
        guard let key = state.decrypt(permanent) else { throw .notAuthentic("static") }
        try Self.learn(key, &initiator.permanent)
        try mix(\.permanent, \.ephemeral)
        guard let plain = state.decrypt(payload) else { throw .notAuthentic("payload") }
        return plain
    }

    // Writing: the private keys of the writing side must be known.

    mutating func writeHello(_ payload: [UInt8] = []) -> NoiseHello {
        var hello = NoiseHello()
        let key = initiator.ephemeral.value ?? []
        hello.ephemeral = Key32(key) ?? Key32()
        hello.payload = Bytes(payload)
        state.mixHash(key)
        state.mixHash(payload)
        return hello
    }
    mutating func writeAnswer(_ payload: [UInt8]) throws(Failure) -> NoiseAnswer {
        var answer = NoiseAnswer()
        let key = responder.ephemeral.value ?? []
        answer.ephemeral = Key32(key) ?? Key32()
        state.mixHash(key)
        try mix(\.ephemeral, \.ephemeral)
        answer.staticKey = Fixed<48>(state.encrypt(responder.permanent.value ?? [])) ?? Fixed<48>()
        try mix(\.ephemeral, \.permanent)
        answer.payload = Bytes(state.encrypt(payload))
        return answer
    }
    mutating func writeFinal(_ payload: [UInt8]) throws(Failure) -> NoiseFinal {
        var last = NoiseFinal()
        last.staticKey = Fixed<48>(state.encrypt(initiator.permanent.value ?? [])) ?? Fixed<48>()
        try mix(\.permanent, \.ephemeral)
        last.payload = Bytes(state.encrypt(payload))
        return last
    }
}

extension Secrets {
    /// Adds the private keys that a handshake knows, and the later keys of both directions. Adds nothing before the
    /// handshake knows the ephemeral key of the initiator.
    func add(_ handshake: NoiseHandshake, _ keys: (fromInitiator: [UInt8], toInitiator: [UInt8])? = nil) {
        guard let connection = handshake.initiator.ephemeral.value else { return }
        var all = [
            (NoiseSecret.initiatorStatic, handshake.initiator.permanent.secret),
            (NoiseSecret.initiatorEphemeral, handshake.initiator.ephemeral.secret),
            (NoiseSecret.responderStatic, handshake.responder.permanent.secret),
            (NoiseSecret.responderEphemeral, handshake.responder.ephemeral.secret),
        ]
        all.append((NoiseSecret.fromInitiator, keys?.fromInitiator))
        all.append((NoiseSecret.fromResponder, keys?.toInitiator))
        for case (let label, let secret?) in all { add(Secret(label, of: connection, secret)) }
    }
}
