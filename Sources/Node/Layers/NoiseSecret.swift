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
    static func read(json line: UnsafeRawBufferPointer) -> [Secret]? {
        if let flat = FlatObject(line) { return read { flat.text($0) } }
        guard let all = JSON.parse(Array(line)) else { return nil }
        return read { name in if case .text(let text)? = all[name] { Array(text.utf8) } else { nil } }
    }
    /// `text`: of a member.
    private static func read(_ text: (String) -> [UInt8]?) -> [Secret]? {
        func bytes(_ name: String) -> [UInt8]? {
            guard let digits = text(name), digits.count == 2 * size else { return nil }
            var out = [UInt8](repeating: 0, count: size)
            return digits.withUnsafeBytes { HexDigits.decode($0, into: &out, at: 0) } ? out : nil
        }
        guard let connection = bytes("initiator_e"), let up = bytes("k_i2r"), let down = bytes("k_r2i") else {
            return nil
        }
        var secrets = [Secret(fromInitiator, of: connection, up), Secret(fromResponder, of: connection, down)]
        guard let permanent = bytes("static_priv"), let ephemeral = bytes("ephemeral_priv") else {
            return secrets
        }
        guard let role = text("role") else { return nil }
        let isInitiator = role == Array("initiator".utf8)
        guard isInitiator || role == Array("responder".utf8) else { return nil }
        secrets.append(Secret(isInitiator ? initiatorStatic : responderStatic, of: connection, permanent))
        secrets.append(Secret(isInitiator ? initiatorEphemeral : responderEphemeral, of: connection, ephemeral))
        return secrets
    }
}

/// A JSON object whose members are texts without escapes and numbers, as lines of key logs are. It is read without a tree
/// of values, in a third of the time.
private struct FlatObject {
    private let line: UnsafeRawBufferPointer
    private var members: [(name: Range<Int>, text: Range<Int>?)] = []

    /// Nil: it is something else, or no JSON.
    init?(_ line: UnsafeRawBufferPointer) {
        self.line = line
        var at = 0
        func skipBlanks() {
            while at < line.count, line[at] == 0x20 || line[at] == 0x09 || line[at] == 0x0d { at += 1 }
        }
        func take(_ byte: Unicode.Scalar) -> Bool {
            skipBlanks()
            guard at < line.count, line[at] == UInt8(ascii: byte) else { return false }
            at += 1
            return true
        }
        func string() -> Range<Int>? {
            guard take("\"") else { return nil }
            let start = at
            while at < line.count, line[at] != UInt8(ascii: "\"") {
                guard line[at] >= 0x20, line[at] < 0x7f, line[at] != UInt8(ascii: "\\") else { return nil }
                at += 1
            }
            guard at < line.count else { return nil }
            at += 1
            return start..<at - 1
        }
        func digits() -> Int {
            let start = at
            while at < line.count, line[at] >= 0x30, line[at] < 0x3a { at += 1 }
            return at - start
        }
        /// Digits, perhaps a point and more.
        func isNumber() -> Bool {
            skipBlanks()
            let start = at
            let whole = digits()
            guard whole > 0, whole == 1 || line[start] != 0x30 else { return false }
            guard at < line.count, line[at] == UInt8(ascii: ".") else { return true }
            at += 1
            return digits() > 0
        }
        guard take("{") else { return nil }
        repeat {
            guard let name = string(), take(":"), members.count < 16 else { return nil }
            // Which of two counts is for JSON to say.
            for known in members where line[known.name].elementsEqual(line[name]) { return nil }
            skipBlanks()
            guard at < line.count else { return nil }
            if line[at] == UInt8(ascii: "\"") {
                guard let text = string() else { return nil }
                members.append((name, text))
            } else {
                guard isNumber() else { return nil }
                members.append((name, nil))
            }
        } while take(",")
        guard take("}") else { return nil }
        skipBlanks()
        guard at == line.count else { return nil }
    }
    /// The text of a member.
    func text(_ name: String) -> [UInt8]? {
        members.first { line[$0.name].elementsEqual(name.utf8) }?.text.map { Array(line[$0]) }
    }
}
