extension JSON {
    /// Returns the text between the quotes with escapes resolved; a lone surrogate becomes U+FFFD.
    @usableFromInline static func unescape(_ s: RawSpan) -> String {
        s.withUnsafeBytes { all in
            guard all.contains(0x5c) else { return String(decoding: all, as: UTF8.self) }
            var units: [UInt8] = []
            units.reserveCapacity(all.count)
            var rest = all[...]
            while let escape = rest.firstIndex(of: 0x5c) {
                units.append(contentsOf: rest[..<escape])
                rest = all[resolve(s, escape, into: &units)...]
            }
            units.append(contentsOf: rest)
            return String(decoding: units, as: UTF8.self)
        }
    }
    /// Appends the character of the escape at `at`. Returns the offset after it.
    private static func resolve(_ s: RawSpan, _ at: Int, into units: inout [UInt8]) -> Int {
        let n = s.byteCount
        func unit(_ at: Int) -> UInt16? {
            guard byte(s, at, n) == 0x5c, byte(s, at + 1, n) == 0x75 else { return nil }
            var u: UInt16 = 0
            for i in 2..<6 { u = u << 4 | (hexDigit(byte(s, at + i, n)) ?? 0) }
            return u
        }
        guard let high = unit(at) else {
            let e = byte(s, at + 1, n)
            let resolved: UInt8 =
                switch e {
                case 0x62: 8
                case 0x66: 12
                case 0x6e: 10
                case 0x72: 13
                case 0x74: 9
                default: e
                }
            units.append(resolved)
            return min(at + 2, n)
        }
        var end = at + 6
        var scalar = Unicode.Scalar(UInt32(high))
        if high & 0xfc00 == 0xd800, let low = unit(end), low & 0xfc00 == 0xdc00 {
            end += 6
            scalar = Unicode.Scalar(0x10000 + (UInt32(high & 0x3ff) << 10 | UInt32(low & 0x3ff)))
        }
        units.append(contentsOf: String(scalar ?? "\u{fffd}").utf8)
        return min(end, n)
    }
    /// Returns the tree of one JSON text; nil if it is malformed.
    public static func parse(_ text: [UInt8]) -> Value? {
        let s = text.span.bytes
        let end = skip(s, 0, s.byteCount)
        return end > 0 && space(s, end, s.byteCount) == s.byteCount ? tree(s) : nil
    }
    /// Returns the tree of one value, for patterns and display; nil if it is malformed.
    static func tree(_ s: RawSpan) -> Value? {
        guard skip(s, 0, s.byteCount) > 0 else { return nil }
        var at = 0
        return tree(s, &at)
    }
    private static func text(_ s: RawSpan, _ at: inout Int) -> String {
        let start = space(s, at, s.byteCount)
        at = string(s, start, s.byteCount).end
        return unescape(s.extracting(start + 1..<at - 1))
    }
    private static func tree(_ s: RawSpan, _ at: inout Int) -> Value {
        let n = s.byteCount
        at = space(s, at, n)
        switch byte(s, at, n) {
        case 0x22: return .text(text(s, &at))
        case 0x5b:
            var items: [Value] = []
            repeat {
                at = space(s, at + 1, n)
                if byte(s, at, n) == 0x5d { break }
                items.append(tree(s, &at))
                at = space(s, at, n)
            } while byte(s, at, n) == 0x2c
            at += 1
            return .list(items)
        case 0x7b:
            var items: [Value.Entry] = []
            repeat {
                at = space(s, at + 1, n)
                if byte(s, at, n) == 0x7d { break }
                let key = text(s, &at)
                at = space(s, at, n) + 1
                items.append(.init(key, tree(s, &at)))
                at = space(s, at, n)
            } while byte(s, at, n) == 0x2c
            at += 1
            return .map(items)
        case 0x74:
            at += 4
            return .bool(true)
        case 0x66:
            at += 5
            return .bool(false)
        case 0x6e:
            at += 4
            return .null
        default:
            let start = at
            at = number(s, at, n)
            if let n = magnitude(s, start, at) { return .uint(n) }
            if let n = integer(s, start, at) { return Value(n) }
            return s.extracting(start..<at).withUnsafeBytes { .decimal(String(decoding: $0, as: UTF8.self)) }
        }
    }
}
