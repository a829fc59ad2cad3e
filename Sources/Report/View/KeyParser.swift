/// Reads keys from the bytes of a terminal: UTF-8, and the control sequences of ECMA-48 as xterm, tmux and the console of
/// Linux send them. Sequences may be cut anywhere between two calls; what is no known sequence is passed over.
///
/// A lone escape is a key, and the beginning of a sequence: whoever reads waits some milliseconds (`isWaiting`), and
/// then calls `pause`.
public struct KeyParser: Sendable {
    /// Bytes of a sequence at most; a longer one is none.
    private static let limit = 32
    private static let escape: UInt8 = 0x1b
    /// By the last byte of a sequence without a number, behind `ESC [` or `ESC O`.
    private static let letters: [UInt8: Key] = [
        UInt8(ascii: "A"): .up, UInt8(ascii: "B"): .down, UInt8(ascii: "C"): .right, UInt8(ascii: "D"): .left,
        UInt8(ascii: "H"): .home, UInt8(ascii: "F"): .end, UInt8(ascii: "Z"): .backTab, UInt8(ascii: "M"): .enter,
    ]
    /// By the number before `~`.
    private static let numbers: [Int: Key] = [
        1: .home, 3: .delete, 4: .end, 5: .pageUp, 6: .pageDown, 7: .home, 8: .end,
    ]
    /// The beginning of a sequence or of a character.
    private var pending: [UInt8] = []

    /// Nothing was read.
    public init() {}
    /// More bytes may make another key of what came last.
    public var isWaiting: Bool { !pending.isEmpty }

    /// The keys that are complete with these bytes.
    public mutating func keys(_ bytes: some Sequence<UInt8>) -> [Key] {
        var out: [Key] = []
        for byte in bytes { take(byte, &out) }
        return out
    }
    /// No byte came for a while: a lone escape is a key, and what else was begun is forgotten.
    public mutating func pause() -> Key? {
        defer { pending = [] }
        return pending == [Self.escape] ? .escape : nil
    }

    private mutating func take(_ byte: UInt8, _ out: inout [Key]) {
        guard let first = pending.first else {
            if byte == Self.escape || byte >= 0x80 { return pending = [byte] }
            return Self.plain(byte).map { out.append($0) } ?? ()
        }
        guard first == Self.escape else { return takeCharacter(byte, &out) }
        if byte == Self.escape {
            // Of two the first one is a key; within a sequence another one begins.
            if pending.count == 1 { out.append(.escape) }
            return pending = [byte]
        }
        pending.append(byte)
        if pending.count == 2 {
            guard byte != UInt8(ascii: "["), byte != UInt8(ascii: "O") else { return }
            // Alt and a key: nothing here.
            return pending = []
        }
        // Parameters are 0x30..0x3f, then 0x20..0x2f, then comes the last byte. `ESC [ [ A` is a key of the console.
        if byte < 0x40 || pending.count == 3 && byte == UInt8(ascii: "[") {
            if byte < 0x20 || pending.count > Self.limit { pending = [] }
            return
        }
        if let key = Self.sequence(pending[2...]) { out.append(key) }
        pending = []
    }
    /// The key of a sequence, from behind `ESC [`.
    private static func sequence(_ body: ArraySlice<UInt8>) -> Key? {
        guard let last = body.last else { return nil }
        if last == UInt8(ascii: "~") {
            // Modifiers stand behind a semicolon.
            let digits = body.prefix { (0x30...0x39).contains($0) }
            return Int(String(decoding: digits, as: UTF8.self)).flatMap { numbers[$0] }
        }
        return body.first == UInt8(ascii: "[") ? nil : letters[last]
    }
    private mutating func takeCharacter(_ byte: UInt8, _ out: inout [Key]) {
        // Not the rest of one: it stands for itself.
        guard byte & 0xc0 == 0x80 else {
            pending = []
            return take(byte, &out)
        }
        pending.append(byte)
        let wanted = pending[0] >= 0xf0 ? 4 : pending[0] >= 0xe0 ? 3 : 2
        guard pending.count == wanted else { return }
        if let text = String(validating: pending, as: UTF8.self), let c = text.unicodeScalars.first, c.value >= 0xa0 {
            out.append(.character(c))
        }
        pending = []
    }
    private static func plain(_ byte: UInt8) -> Key? {
        switch byte {
        case 0x0d, 0x0a: .enter
        case 0x09: .tab
        case 0x7f, 0x08: .backspace
        case 0x01...0x1a: .control(Character(Unicode.Scalar(byte + 0x60)))
        case 0x20..<0x7f: .character(Unicode.Scalar(byte))
        default: nil
        }
    }
}
