// Fields and members that a message does not describe; they are kept or skipped.
extension Reader {
    /// Keeps the next field or member if the message does not describe it.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func unknown(_ value: inout Unknown) {
        if key != 0, keyAt == pass {
            keepField(&value)
        } else if keyEnd >= 0, at == pass {
            keepMember(&value)
        }
    }
    @inlinable @inline(never) @_lifetime(self: copy self)
    mutating func keepField(_ value: inout Unknown) {
        let start = keyAt
        skipField(key, start)
        guard ok else { return }
        keep(&value, start, fromEnd: limit &- start)
        nextKey()
    }
    /// Keeps a field or member that the message does not describe, from `start` to the current offset.
    @inlinable @inline(never) @_lifetime(self: copy self)
    mutating func keep(_ value: inout Unknown, _ start: Int, fromEnd: Int) {
        trace.note(.unknown, of: "unknown", at: start, end: at)
        if T.traces {
            trace.element(value.all.count)
            trace.leaf("unknown", of: Bytes.self, at: start, content: start, end: at, number: 0, isJSON: false)
        }
        let owned = T.mayOwn && owns
        let bytes = owned ? Bytes(copying: span, start, at) : Bytes(at: start, count: at &- start)
        value.all.append(Unknown.Item(bytes, fromEnd: fromEnd))
    }
    /// Skips a field that the message neither describes nor keeps.
    @inlinable @inline(never) @_lifetime(self: copy self)
    mutating func skipUnknown() {
        let start = keyAt
        skipField(key, start)
        if ok { trace.note(.unknown, of: "unknown", at: start, end: at) }
        nextKey()
    }
    /// Skips the content of a field.
    @inlinable @inline(never) @_lifetime(self: copy self)
    mutating func skipField(_ k: UInt32, _ start: Int) {
        switch k & 7 {
        case 0: _ = varint("unknown")
        case 1: _ = fixed("unknown", 8)
        case 2: _ = lengthPrefixed("unknown")
        case 3: skipGroup(k >> 3)
        case 5: _ = fixed("unknown", 4)
        default:
            refuse("tag", start, wanted: 0, had: UInt64(k)) {
                LegalValue(wanted: "wire type 0, 1, 2, 3 or 5", had: String(k & 7))
            }
        }
    }
    /// Skips to the end of a group, which counts as a nested message.
    @inlinable @inline(never) @_lifetime(self: copy self)
    mutating func skipGroup(_ number: UInt32) {
        guard depth < Self.maximumDepth else { return tooDeep() }
        depth &+= 1
        while ok {
            let start = at
            let k = varint("tag")
            if k == UInt64(number) << 3 | 4 { break }
            guard k >> 3 != 0, k <= UInt64(UInt32.max) else {
                keyAt = start
                return badNumber(k)
            }
            skipField(UInt32(truncatingIfNeeded: k), start)
        }
        depth &-= 1
    }
}
