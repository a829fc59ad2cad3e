import Wire

/// The secrets of a Noise connection of libp2p, by the labels of a key log. The key of the first message, which is in
/// the clear, names the connection.
public enum NoiseSecret {
    /// The labels of the keys of the two directions, which are enough to read all but the handshake.
    public static let fromInitiator = "NOISE_KEY_INITIATOR"
    public static let fromResponder = "NOISE_KEY_RESPONDER"
    /// The labels of the private keys. Both keys of one side are enough to read everything.
    public static let initiatorStatic = "NOISE_STATIC_INITIATOR"
    public static let initiatorEphemeral = "NOISE_EPHEMERAL_INITIATOR"
    public static let responderStatic = "NOISE_STATIC_RESPONDER"
    public static let responderEphemeral = "NOISE_EPHEMERAL_RESPONDER"

    /// The prefix of all labels.
    static let prefix = "NOISE_"
    /// The number of bytes of each key, and of the name of a connection.
    static let size = 32

    /// Reads the secrets of one side of a connection from a line of a key log in JSON: an object with `initiator_e`,
    /// `k_i2r` and `k_r2i`. If the private keys are known, it also has `role` (`initiator` or `responder`),
    /// `static_priv` and `ephemeral_priv`. All but `role` are hexadecimal. Calls `add` with the label, the connection
    /// and the bytes of each secret. Returns false if the line is not such an object.
    static func read(
        json line: UnsafeRawBufferPointer, _ add: (String, UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Void
    ) -> Bool {
        if let flat = FlatObject(line) { return read(flat, add) }
        guard let all = JSON.parse(Array(line)) else { return false }
        // A text with other characters is neither a key nor a role, so the flat object holds `?` instead.
        var members: [String] = []
        for name in ["initiator_e", "k_i2r", "k_r2i", "static_priv", "ephemeral_priv", "role"] {
            guard case .text(let value)? = all[name] else { continue }
            let isPlain = value.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f && $0 != 0x22 && $0 != 0x5c }
            members.append("\"\(name)\":\"\(isPlain ? value : "?")\"")
        }
        let text = Array("{\(members.joined(separator: ","))}".utf8)
        return text.withUnsafeBytes { flat in FlatObject(flat).map { read($0, add) } ?? false }
    }
    private static func read(
        _ flat: FlatObject, _ add: (String, UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Void
    ) -> Bool {
        var keys = [UInt8](repeating: 0, count: 5 * size)
        func take(_ name: StaticString, _ i: Int) -> Bool {
            guard let digits = flat.text(name), digits.count == 2 * size else { return false }
            return HexDigits.decode(digits, into: &keys, at: i * size)
        }
        guard take("initiator_e", 0), take("k_i2r", 1), take("k_r2i", 2) else { return false }
        let isWhole = take("static_priv", 3) && take("ephemeral_priv", 4)
        let role = isWhole ? flat.text("role") : nil
        let isInitiator = role?.elementsEqual("initiator".utf8) ?? false
        guard !isWhole || isInitiator || role?.elementsEqual("responder".utf8) ?? false else { return false }
        keys.withUnsafeBytes { all in
            func key(_ i: Int) -> UnsafeRawBufferPointer {
                UnsafeRawBufferPointer(rebasing: all[i * size..<(i + 1) * size])
            }
            add(fromInitiator, key(0), key(1))
            add(fromResponder, key(0), key(2))
            guard isWhole else { return }
            add(isInitiator ? initiatorStatic : responderStatic, key(0), key(3))
            add(isInitiator ? initiatorEphemeral : responderEphemeral, key(0), key(4))
        }
        return true
    }
}

/// A JSON object whose members are numbers and texts without escapes, such as a line of a key log. It is read without a
/// tree of values, in a third of the time.
private struct FlatObject {
    private let line: UnsafeRawBufferPointer
    private var members: [(name: Range<Int>, text: Range<Int>?)] = []

    /// Parses a line. Returns nil if it is another kind of object, or not JSON.
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
        /// Reads a number: digits, then optionally a point and more digits. Returns false if no number follows.
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
            // The JSON parser decides which of two equal names counts.
            for known in members where known.name.count == name.count {
                guard !line[known.name].elementsEqual(line[name]) else { return nil }
            }
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
    /// Returns the text of a member; nil if the member is missing or a number.
    func text(_ name: StaticString) -> UnsafeRawBufferPointer? {
        let wanted = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        for one in members where one.name.count == wanted.count {
            if (0..<wanted.count).allSatisfy({ wanted[$0] == line[one.name.lowerBound + $0] }) {
                return one.text.map { UnsafeRawBufferPointer(rebasing: line[$0]) }
            }
        }
        return nil
    }
}
