extension Reader {
    @inlinable @inline(__always) @_lifetime(self: copy self)
    mutating func varint(_ name: StaticString) -> UInt64 {
        guard at < limit else {
            truncated(name, 1)
            return 0
        }
        let first = span.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self)
        at &+= 1
        return first < 128 ? UInt64(first) : longVarint(name, UInt64(first & 127))
    }
    @inlinable @inline(never) @_lifetime(self: copy self)
    mutating func longVarint(_ name: StaticString, _ low: UInt64) -> UInt64 {
        let start = at &- 1
        var n = low
        var shift: UInt64 = 7
        while shift < 64 {
            guard at < limit else {
                truncated(name, 1)
                return 0
            }
            let byte = span.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self)
            at &+= 1
            n |= UInt64(byte & 127) << shift
            if byte < 128 {
                // The tenth byte holds one bit.
                if shift == 63, byte > 1 { break }
                return n
            }
            shift &+= 7
        }
        fail(.overlong, name, start, wanted: 10, had: 0)
        return 0
    }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    mutating func nextKey() {
        guard at < limit else {
            key = 0
            return
        }
        keyAt = at
        let k = varint("tag")
        if k >> 3 == 0 || k > UInt64(UInt32.max) {
            let start = keyAt
            return refuse("tag", start, wanted: 0, had: k) {
                LegalValue(wanted: "a field number from 1 to 536870911", had: String(k >> 3))
            }
        }
        key = UInt32(truncatingIfNeeded: k)
    }
    /// Runs `code` over the fields until all are taken. In tag order, one pass is enough.
    @inlinable @inline(never) @_lifetime(self: copy self)
    mutating func walkTags<M: Message>(_ m: inout M) {
        let outer = (key, keyAt, pass, chosen)
        let before = missing
        chosen = 0
        nextKey()
        while key != 0 || chosen & 1 != 0 {
            chosen &= ~1
            pass = keyAt
            m.code(&self)
            if key != 0, keyAt == pass {
                skipField()
                nextKey()
            }
        }
        if ok { (key, keyAt, pass, chosen) = outer } else { missing = before }
    }
    /// Skips a field that the message does not describe.
    @inlinable @inline(never) @_lifetime(self: copy self)
    mutating func skipField() {
        switch key & 7 {
        case 0: _ = varint("unknown")
        case 1: if remaining >= 8 { at &+= 8 } else { truncated("unknown", 8) }
        case 2: _ = lengthPrefixed("unknown")
        case 5: if remaining >= 4 { at &+= 4 } else { truncated("unknown", 4) }
        default:
            let k = key
            let start = keyAt
            refuse("tag", start, wanted: 0, had: UInt64(k)) {
                LegalValue(wanted: "wire type 0, 1, 2 or 5", had: String(k & 7))
            }
        }
    }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    mutating func lengthPrefixed(_ name: StaticString) -> Int {
        let n = varint(name)
        guard n <= UInt64(max(0, remaining)) else {
            truncated(name, Int(clamping: n), "length")
            return at
        }
        at &+= Int(truncatingIfNeeded: n)
        return at &- Int(truncatingIfNeeded: n)
    }
    /// The value that stands here; then to the next key. Shared by all fields of a type in a module.
    @inlinable @inline(never) @_lifetime(self: copy self)
    mutating func tagged<V: TagValue>(_ name: StaticString, _ v: inout V?) {
        let start = keyAt
        var content = at
        var number: UInt64 = 0
        if V.wireType == 0 {
            let read = V(tag: varint(name))
            number = read.number
            v = read
        } else {
            content = lengthPrefixed(name)
            // Two assignments: a borrowed value then needs no reference counting.
            if T.mayOwn, owns {
                v = V(bytes: Bytes(copying: span, content, at))
            } else {
                v = V(bytes: Bytes(at: content, count: at &- content))
            }
        }
        if T.traces, ok { trace.leaf(name, V.self, start, content, at, number, isJSON: false) }
        nextKey()
    }
    /// Remembers the oneof member just read; the lowest bit asks for one more pass to clear an earlier one.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    mutating func choose(_ number: UInt32, _ presence: Presence) {
        guard presence == .oneof else { return }
        chosen = number << 1 | (chosen != 0 && chosen >> 1 != number ? 1 : chosen & 1)
    }
    @inlinable @inline(__always)
    func isSuperseded(_ number: UInt32, _ presence: Presence) -> Bool {
        presence == .oneof && chosen != 0 && chosen >> 1 != number
    }
    /// Takes fields while the next one has this number.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func tag<V: TagValue>(
        _ number: UInt32, _ name: StaticString, _ value: inout V?, _ presence: Presence
    ) {
        while key == number &<< 3 | V.wireType {
            choose(number, presence)
            tagged(name, &value)
        }
        if isSuperseded(number, presence) { value = nil }
    }
    /// Takes fields while the next one has this number.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func tag<V: TagValue>(_ number: UInt32, _ name: StaticString, _ values: inout [V]) {
        if key == number &<< 3 | V.wireType { each(name, &values) }
    }
    @inlinable @inline(never) @_lifetime(self: copy self)
    mutating func each<V: TagValue>(_ name: StaticString, _ values: inout [V]) {
        let first = key
        while key == first {
            trace.element(values.count)
            var v: V?
            tagged(name, &v)
            guard ok, let v else { return }
            values.append(v)
        }
    }
    @inlinable @inline(never) @_lifetime(self: copy self)
    mutating func nested<M: Message>(_ name: StaticString, _ index: Int, _ m: inout M) {
        trace.open(name, index, keyAt, isList: false)
        let n = varint(name)
        within(name, &m, Int(clamping: n), "length")
        trace.close(at)
        nextKey()
    }
    /// Takes fields while the next one has this number.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func tag<M: Message>(
        _ number: UInt32, _ name: StaticString, _ value: inout M?, _ presence: Presence
    ) {
        while key == number &<< 3 | 2 {
            choose(number, presence)
            // Taken out, so that arrays grow in place when the field stands there again.
            var m = value.take() ?? M()
            nested(name, -1, &m)
            value = m
        }
        if isSuperseded(number, presence) { value = nil }
    }
    /// Takes fields while the next one has this number.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func tag<M: Message>(_ number: UInt32, _ name: StaticString, _ values: inout [M]) {
        if key == number &<< 3 | 2 { each(name, &values) }
    }
    @inlinable @inline(never) @_lifetime(self: copy self)
    mutating func each<M: Message>(_ name: StaticString, _ values: inout [M]) {
        let first = key
        while key == first {
            var m = M()
            nested(name, values.count, &m)
            guard ok else { return }
            values.append(m)
        }
    }
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
        skipField()
        guard ok else { return }
        keep(&value, start)
        nextKey()
    }
    /// Keeps a field or member that the message does not describe, from `start` to the current offset.
    @inlinable @inline(never) @_lifetime(self: copy self)
    mutating func keep(_ value: inout Unknown, _ start: Int) {
        trace.note(.unknown, "unknown", start, at)
        if T.traces {
            trace.element(value.items.count)
            trace.leaf("unknown", Bytes.self, start, start, at, 0, isJSON: false)
        }
        let owned = T.mayOwn && owns
        value.items.append(owned ? Bytes(copying: span, start, at) : Bytes(at: start, count: at &- start))
    }
}
