extension JSON {
    /// Returns the offset of the fault in the malformed string at `start`; `limit` if only its end is missing.
    @usableFromInline static func stringFault(_ s: RawSpan, _ start: Int, _ limit: Int) -> Int {
        var at = start &+ 1
        while at < limit {
            let c = byte(s, at, limit)
            switch c {
            case 0x22: return start
            case 0..<0x20: return at
            case 0x5c:
                var end = at &+ 1
                switch byte(s, end, limit) {
                case 0x22, 0x5c, 0x2f, 0x62, 0x66, 0x6e, 0x72, 0x74: end &+= 1
                case 0x75:
                    for i in 1..<5 where hexDigit(byte(s, end &+ i, limit)) == nil { return min(end &+ i, limit) }
                    end &+= 5
                default: return min(end, limit)
                }
                at = end
            case 0x80...:
                let n = UTF8.length(s, at, limit)
                if n == 0 { return at }
                at &+= n
            default: at &+= 1
            }
        }
        return limit
    }
    /// Returns true if text with escapes has a `\u` of half a surrogate pair without the other half.
    @usableFromInline static func hasLoneSurrogate(_ s: RawSpan, _ start: Int, _ end: Int) -> Bool {
        func unit(_ at: Int) -> UInt16? {
            guard byte(s, at, end) == 0x5c, byte(s, at &+ 1, end) == 0x75 else { return nil }
            var u: UInt16 = 0
            for i in 2..<6 { u = u << 4 | (hexDigit(byte(s, at &+ i, end)) ?? 0) }
            return u
        }
        var at = start
        while at < end {
            guard byte(s, at, end) == 0x5c else {
                at &+= 1
                continue
            }
            switch unit(at).map({ $0 & 0xfc00 }) {
            case nil: at &+= 2
            case 0xd800:
                guard unit(at &+ 6).map({ $0 & 0xfc00 }) == 0xdc00 else { return true }
                at &+= 12
            case 0xdc00: return true
            default: at &+= 6
            }
        }
        return false
    }
}

/// UTF-8 as defined by RFC 3629: the shortest form, no surrogates, nothing beyond U+10FFFF.
extension UTF8 {
    /// Returns the offset after the multi-byte characters that begin at an offset; -1 if one is invalid or incomplete.
    @usableFromInline @inline(never)
    static func skip(_ s: RawSpan, _ start: Int, _ end: Int) -> Int {
        var at = start
        while JSON.byte(s, at, end) >= 0x80 {
            let n = length(s, at, end)
            if n == 0 { return -1 }
            at &+= n
        }
        return at
    }
    /// Returns true if all characters are valid. `end` is within the bytes.
    @usableFromInline @inline(never)
    static func isValid(_ s: RawSpan, _ start: Int, _ end: Int) -> Bool {
        var at = start
        while at < end {
            // Most text is ASCII.
            if end &- at >= 8 {
                let word = s.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt64.self)
                if word & 0x8080_8080_8080_8080 == 0 {
                    at &+= 8
                    continue
                }
            }
            let count = length(s, at, end)
            if count == 0 { return false }
            at &+= count
        }
        return true
    }
    /// Returns the number of bytes of the character at an offset; 0 if it is invalid or incomplete.
    static func length(_ s: RawSpan, _ at: Int, _ end: Int) -> Int {
        func next(_ i: Int) -> UInt8 { JSON.byte(s, at &+ i, end) }
        func isTail(_ i: Int) -> Bool { next(i) & 0xc0 == 0x80 }
        switch next(0) {
        case 0..<0x80: return 1
        case 0xc2...0xdf: return isTail(1) ? 2 : 0
        case 0xe0: return next(1) >= 0xa0 && isTail(1) && isTail(2) ? 3 : 0
        case 0xed: return next(1) < 0xa0 && isTail(1) && isTail(2) ? 3 : 0
        case 0xe1...0xef: return isTail(1) && isTail(2) ? 3 : 0
        case 0xf0: return next(1) >= 0x90 && isTail(1) && isTail(2) && isTail(3) ? 4 : 0
        case 0xf1...0xf3: return isTail(1) && isTail(2) && isTail(3) ? 4 : 0
        case 0xf4: return next(1) < 0x90 && isTail(1) && isTail(2) && isTail(3) ? 4 : 0
        default: return 0
        }
    }
}
