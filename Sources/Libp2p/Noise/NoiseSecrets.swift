public import Node
import Wire

/// The secrets of a Noise connection, by the labels of a key log. The connection is named by the key of its first
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

    /// Adds the secrets of one side of a connection, as one line of a log in JSON has them: an object with
    /// `initiator_e`, `k_i2r` and `k_r2i`, and `role`, `static_priv` and `ephemeral_priv` where the private keys are known;
    /// all but `role` as hexadecimal. False: it is no such line.
    @discardableResult
    public static func add(json line: some Sequence<UInt8>, to secrets: Secrets) -> Bool {
        guard let all = JSON.parse(Array(line)), let connection = bytes(all, "initiator_e"),
            let up = bytes(all, "k_i2r"), let down = bytes(all, "k_r2i")
        else { return false }
        secrets.add(Secret(fromInitiator, of: connection, up))
        secrets.add(Secret(fromResponder, of: connection, down))
        if let permanent = bytes(all, "static_priv"), let ephemeral = bytes(all, "ephemeral_priv") {
            let isInitiator = all["role"] == "initiator"
            secrets.add(Secret(isInitiator ? initiatorStatic : responderStatic, of: connection, permanent))
            secrets.add(Secret(isInitiator ? initiatorEphemeral : responderEphemeral, of: connection, ephemeral))
        }
        return true
    }
    private static func bytes(_ all: Value, _ name: String) -> [UInt8]? {
        guard case .text(let text)? = all[name], let bytes = [UInt8](hex: text), bytes.count == 32 else { return nil }
        return bytes
    }
}
