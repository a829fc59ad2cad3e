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
                if byte == 0 { trace.note(.nonMinimal, of: name, at: start, end: at) }
                return n
            }
            shift &+= 7
        }
        fail(.overlong, in: name, at: start, wanted: 10, had: 0)
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
        if k >> 3 == 0 || k > UInt64(UInt32.max) { return badNumber(k) }
        if T.traces, key >> 3 > k >> 3 { trace.note(.outOfOrder, of: "", at: keyAt, end: at) }
        key = UInt32(truncatingIfNeeded: k)
    }
    @inlinable @inline(never) @_lifetime(self: copy self)
    mutating func badNumber(_ k: UInt64) {
        guard ok else { return }
        refuse("tag", keyAt, wanted: 0, had: k) {
            LegalValue(wanted: "a field number from 1 to 536870911", had: String(k >> 3))
        }
    }
    /// Runs `code` over the fields until all are read. One pass is enough if they are in tag order.
    @inlinable @inline(never) @_lifetime(self: copy self)
    mutating func walkTags<M: Message>(_ m: inout M) {
        let outer = (key, keyAt, pass, chosen)
        let before = missing
        chosen = 0
        if T.traces { key = 0 }
        nextKey()
        while key != 0 || chosen & 1 != 0 {
            chosen &= ~1
            pass = keyAt
            m.code(&self)
            guard key != 0 else { continue }
            if keyAt == pass {
                skipUnknown()
            } else if !T.traces {
                // A caller that needs the exact place uses a trace.
                trace.note(.outOfOrder, of: "", at: keyAt, end: at)
            }
        }
        if ok { (key, keyAt, pass, chosen) = outer } else { missing = before }
    }
    /// Reads four or eight bytes, the lowest first.
    @inlinable @inline(never) @_lifetime(self: copy self)
    mutating func fixed(_ name: StaticString, _ size: Int) -> UInt64 {
        guard remaining >= size else {
            truncated(name, size)
            return 0
        }
        at &+= size
        return size == 8 ? UInt64.load(span, at &- 8, .little) : UInt64(UInt32.load(span, at &- 4, .little))
    }
    /// Reads the number of a field that is not length-delimited.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    mutating func scalar<V: TagValue>(_ name: StaticString, _: V.Type) -> V {
        V(tag: V.wireType == 0 ? varint(name) : fixed(name, V.wireType == 1 ? 8 : 4))
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
    /// Reads the next value, then advances to the next key. All fields of a type in a module share this code. A value
    /// that canonical encoding leaves out is noted if `leavesOutDefault`.
    @inlinable @inline(never) @_lifetime(self: copy self)
    mutating func tagged<V: TagValue>(_ name: StaticString, _ v: inout V?, leavesOutDefault: Bool = false) {
        let start = keyAt
        var content = at
        var number: UInt64 = 0
        if V.wireType != 2 {
            let read = scalar(name, V.self)
            number = read.number
            v = read
        } else {
            content = lengthPrefixed(name)
            if V.jsonForm == .text, ok, !UTF8.isValid(span, content, at) {
                trace.note(.notUTF8, of: name, at: content, end: at)
            }
            // These are two assignments, so that a borrowed value needs no reference counting.
            if T.mayOwn, owns {
                v = V(bytes: Bytes(copying: span, content, at))
            } else {
                v = V(bytes: Bytes(at: content, count: at &- content))
            }
        }
        if T.traces, ok {
            trace.leaf(name, of: V.self, at: start, content: content, end: at, number: number, isJSON: false)
        }
        if leavesOutDefault, ok, let v, v.isDefault { trace.note(.defaultValue, of: name, at: start, end: at) }
        nextKey()
    }
    /// Remembers the oneof member just read. The lowest bit requests one more pass, which clears an earlier member.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    mutating func choose(_ number: UInt32, _ presence: Presence) {
        guard presence == .oneof else { return }
        chosen = number << 1 | (chosen != 0 && chosen >> 1 != number ? 1 : chosen & 1)
    }
    @inlinable @inline(__always)
    func isSuperseded(_ number: UInt32, _ presence: Presence) -> Bool {
        presence == .oneof && chosen != 0 && chosen >> 1 != number
    }
    /// Returns the result for the only field of this number, from the next field on.
    @inlinable @inline(never)
    public func content<R: ContentReading>(of number: UInt32, by reading: R) -> R.Result? {
        guard ok, key != 0, keyAt <= limit else { return nil }
        let fields = span.extracting(keyAt..<limit)
        guard let found = ProtobufField.content(of: number, in: fields) else { return nil }
        return reading.read(fields.extracting(found))
    }
    /// Reads fields as long as the next one has this number.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func tag<V: TagValue>(
        _ number: UInt32, _ name: StaticString, _ value: inout V?, as presence: Presence
    ) {
        while key == number &<< 3 | V.wireType {
            choose(number, presence)
            tagged(name, &value, leavesOutDefault: presence == .implicit)
        }
        if isSuperseded(number, presence) { value = nil }
    }
    /// Reads fields as long as the next one has this number; numbers may be packed.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func tag<V: TagValue>(
        _ number: UInt32, _ name: StaticString, _ values: inout [V], packed: Bool
    ) {
        if V.wireType == 2 {
            if key == number &<< 3 | 2 { each(name, &values) }
        } else if key >> 3 == number {
            eachNumber(name, &values, isPacked: packed)
        }
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
    mutating func eachNumber<V: TagValue>(_ name: StaticString, _ values: inout [V], isPacked: Bool) {
        let number = key >> 3
        while ok {
            let start = keyAt
            if key == number &<< 3 | 2 {
                let content = lengthPrefixed(name)
                guard ok else { return }
                let (outer, end) = (limit, at)
                (at, limit) = (content, end)
                trace.limit("length")
                // The first number's range begins with the tag.
                var from = start
                while ok, at < end {
                    let here = at
                    trace.element(values.count)
                    let v = scalar(name, V.self)
                    guard ok else { break }
                    if T.traces {
                        trace.leaf(name, of: V.self, at: from, content: here, end: at, number: v.number, isJSON: false)
                    }
                    values.append(v)
                    from = at
                }
                limit = outer
                trace.unlimit()
                guard ok else { return }
                if !isPacked { trace.note(.packing, of: name, at: start, end: at) }
            } else if key == number &<< 3 | V.wireType {
                trace.element(values.count)
                let here = at
                let v = scalar(name, V.self)
                guard ok else { return }
                if T.traces {
                    trace.leaf(name, of: V.self, at: start, content: here, end: at, number: v.number, isJSON: false)
                }
                values.append(v)
                if isPacked { trace.note(.packing, of: name, at: start, end: at) }
            } else {
                return
            }
            nextKey()
        }
    }
    @inlinable @inline(never) @_lifetime(self: copy self)
    mutating func nested<M: Message>(_ name: StaticString, _ index: Int, _ m: inout M) {
        trace.open(name, index, keyAt, isList: false)
        let n = varint(name)
        within(name, &m, length: Int(clamping: n), by: "length")
        trace.close(at)
        nextKey()
    }
    /// Reads fields as long as the next one has this number.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func tag<M: Message>(
        _ number: UInt32, _ name: StaticString, _ value: inout M?, as presence: Presence
    ) {
        while key == number &<< 3 | 2 {
            choose(number, presence)
            // The value is taken out, so that arrays grow in place if the field occurs again.
            var m = value.take() ?? M()
            nested(name, -1, &m)
            value = m
        }
        if isSuperseded(number, presence) { value = nil }
    }
    /// Reads fields as long as the next one has this number.
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
}
