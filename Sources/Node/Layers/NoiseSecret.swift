import Wire

/// The secrets of a Noise connection of libp2p, by the labels of a key log. The connection is named by the key of its first
/// message, which is in the clear.
public enum NoiseSecret {
    /// Keys of the two directions: enough to read all but the handshake.
    public static let fromInitiator = "NOISE_KEY_INITIATOR"
    public static let fromResponder = "NOISE_KEY_RESPONDER"
    /// Private keys: both of one side are enough to read everything.
    public static let initiatorStatic = "NOISE_STATIC_INITIATOR"
    public static let initiatorEphemeral = "NOISE_EPHEMERAL_INITIATOR"
    public static let responderStatic = "NOISE_STATIC_RESPONDER"
    public static let responderEphemeral = "NOISE_EPHEMERAL_RESPONDER"

    /// What all labels begin with.
    static let prefix = "NOISE_"
    /// Bytes of each key, and of the name of a connection.
    static let size = 32

    /// The secrets of one side of a connection, as a line of a key log in JSON has them: an object with `initiator_e`,
    /// `k_i2r` and `k_r2i`; where the private keys are known, `role` (`initiator` or `responder`), `static_priv` and
    /// `ephemeral_priv`. All but `role` are hexadecimal. Nil: it is no such line.
    static func read(json line: [UInt8]) -> [Secret]? {
        guard let all = JSON.parse(line), let connection = bytes(all, "initiator_e"), let up = bytes(all, "k_i2r"),
            let down = bytes(all, "k_r2i")
        else { return nil }
        var secrets = [Secret(fromInitiator, of: connection, up), Secret(fromResponder, of: connection, down)]
        guard let permanent = bytes(all, "static_priv"), let ephemeral = bytes(all, "ephemeral_priv") else {
            return secrets
        }
        guard case .text(let role)? = all["role"], ["initiator", "responder"].contains(role) else { return nil }
        let isInitiator = role == "initiator"
        secrets.append(Secret(isInitiator ? initiatorStatic : responderStatic, of: connection, permanent))
        secrets.append(Secret(isInitiator ? initiatorEphemeral : responderEphemeral, of: connection, ephemeral))
        return secrets
    }
    private static func bytes(_ all: Value, _ name: String) -> [UInt8]? {
        guard case .text(let text)? = all[name], let bytes = [UInt8](hex: text), bytes.count == size else { return nil }
        return bytes
    }
}
