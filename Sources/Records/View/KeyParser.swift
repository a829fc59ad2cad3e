/// A parser of keys from the bytes of a terminal: UTF-8, and the control sequences of ECMA-48 as xterm, tmux and the
/// Linux console send them. Sequences may be split anywhere between two calls. Unknown sequences are ignored.
///
/// A lone escape is a key, and also the beginning of a sequence. The caller therefore waits some milliseconds if
/// `isWaiting` is true, and then calls `pause`.
public struct KeyParser: Sendable {
    /// The maximum number of bytes of a sequence; a longer one is discarded.
    private static let limit = 32
    private static let escape: UInt8 = 0x1b
    /// The keys by the last byte of a sequence without a number, after `ESC [` or `ESC O`.
    private static let letters: [UInt8: Key] = [
        UInt8(ascii: "A"): .up, UInt8(ascii: "B"): .down, UInt8(ascii: "C"): .right, UInt8(ascii: "D"): .left,
        UInt8(ascii: "H"): .home, UInt8(ascii: "F"): .end, UInt8(ascii: "Z"): .backTab, UInt8(ascii: "M"): .enter,
    ]
    /// The keys by the number before `~`.
    private static let numbers: [Int: Key] = [
        1: .home, 3: .delete, 4: .end, 5: .pageUp, 6: .pageDown, 7: .home, 8: .end,
    ]
    /// The bytes of an incomplete sequence or character.
    private var pending: [UInt8] = []

    public init() {}
    /// True if further bytes may extend the last sequence.
    public var isWaiting: Bool { !pending.isEmpty }

    /// Returns the keys that these bytes complete.
    public mutating func keys(_ bytes: some Sequence<UInt8>) -> [Key] {
        var out: [Key] = []
        for byte in bytes { take(byte, &out) }
        return out
    }
    /// Ends the pending sequence because no byte arrived for a while. A lone escape is returned as a key; other
    /// incomplete input is discarded.
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
            // The first of two escapes is a key. An escape within a sequence begins a new one.
            if pending.count == 1 { out.append(.escape) }
            return pending = [byte]
        }
        pending.append(byte)
        if pending.count == 2 {
            guard byte != UInt8(ascii: "["), byte != UInt8(ascii: "O") else { return }
            // A combination with Alt is ignored.
            return pending = []
        }
        // Parameters are 0x30..0x3f, then 0x20..0x2f, then the final byte. `ESC [ [ A` is a key of the console.
        if byte < 0x40 || pending.count == 3 && byte == UInt8(ascii: "[") {
            if byte < 0x20 || pending.count > Self.limit { pending = [] }
            return
        }
        if let key = Self.sequence(pending[2...]) { out.append(key) }
        pending = []
    }
    /// Returns the key of a sequence, given the bytes after `ESC [`.
    private static func sequence(_ body: ArraySlice<UInt8>) -> Key? {
        guard let last = body.last else { return nil }
        if last == UInt8(ascii: "~") {
            // Modifiers follow a semicolon.
            let digits = body.prefix { (0x30...0x39).contains($0) }
            return Int(String(decoding: digits, as: UTF8.self)).flatMap { numbers[$0] }
        }
        return body.first == UInt8(ascii: "[") ? nil : letters[last]
    }
    private mutating func takeCharacter(_ byte: UInt8, _ out: inout [Key]) {
        // The byte does not continue the character, so it is handled by itself.
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
