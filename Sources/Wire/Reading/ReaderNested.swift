// Messages in messages, by position.
extension Reader {
    /// Reads messages; there must be at least one byte for each.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func list<M: Message>(
        _ name: StaticString, _ values: inout [M], count: Int, stride: Int, by: StaticString
    ) {
        let (size, over) = count.multipliedReportingOverflow(by: max(1, stride))
        guard count >= 0, !over, limit &- at >= size else {
            return tooShort(name, count: count, size: max(1, stride), by: by)
        }
        if stride == 0, skipPlain(&values, count) { return }
        trace.open(name, -1, at, isList: true)
        if stride == 0, countPlain(&values, count) { return trace.close(at) }
        // The bytes are there, but a message may take many times the memory of its bytes.
        values.reserveCapacity(min(count, 256))
        let outer = limit
        let before = missing
        let blank = M()
        for i in 0..<count where ok {
            trace.open("", i, at, isList: false)
            if stride > 0 {
                limit = at &+ stride
                trace.limit("stride")
            }
            var m = blank
            enter(&m)
            if stride > 0 {
                if T.mayOwn { missing = before }
                if ok, at < limit { trace.note(.skipped, of: "extension", at: at, end: limit) }
                if ok { at = limit }
                limit = outer
                trace.unlimit()
            }
            values.append(m)
            trace.close(at)
        }
        trace.close(at)
    }
    /// Reads messages up to the limit; each must take at least one byte.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func sequence<M: Message>(_ name: StaticString, _ values: inout [M]) {
        trace.open(name, -1, at, isList: true)
        let blank = M()
        while ok, at < limit { append(name, &values, blank) }
        trace.close(at)
    }
    /// Reads messages up to `end`, which must be there; each must take at least one byte.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func sequence<M: Message, E: FixedValue>(
        _ name: StaticString, _ values: inout [M], before end: E, atMost most: Int
    ) {
        if !T.traces, T.mayOwn, checksOnly { return checkSequence(M.self, name, before: end, atMost: most) }
        trace.open(name, -1, at, isList: true)
        let start = at
        let blank = M()
        while isBefore(end, name) {
            append(name, &values, blank)
            // In nearly all lists, each message takes as many bytes as the first one.
            if values.count == 1, at > start { values.reserveCapacity(min((limit &- start) / (at &- start), 256)) }
        }
        trace.close(at)
        limitCount(name, values.count, most)
    }
    /// Checks the messages before `end` and keeps none of them.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    mutating func checkSequence<M: Message, E: FixedValue>(
        _: M.Type, _ name: StaticString, before end: E, atMost most: Int
    ) {
        let size = M.plainCount
        var count = 0
        while isBefore(end, name) {
            let start = at
            if size > 0, limit &- at >= size {
                at &+= size
            } else {
                var m = M()
                enter(&m)
                guard ok else { return }
                if at == start { return leftover(name) }
                var c = Consistency(span)
                m.compare(&c)
                if c.isBroken { trace.note(.inconsistent, of: name, at: start, end: at) }
            }
            count &+= 1
        }
        limitCount(name, count, most)
    }
    /// Refuses a list with more elements than allowed.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    mutating func limitCount(_ name: StaticString, _ count: Int, _ most: Int) {
        require(name, count <= most, UInt64(clamping: count))
    }
    /// Reads values up to one that equals `end`, which must be there. Nothing is allocated before it is found.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func sequence<V: FixedValue>(
        _ name: StaticString, _ values: inout [V], before end: V, atMost most: Int
    ) {
        let start = at
        while isBefore(end, name) { at &+= V.byteCount }
        guard ok else { return }
        let size = at &- start
        at = start
        list(name, &values, count: size / max(1, V.byteCount), by: "")
        limitCount(name, values.count, most)
    }
    /// Skips `count` elements if they are there and need not be read. Returns true if it skipped them.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    mutating func skipPlain<M: Message>(_ values: inout [M], _ count: Int) -> Bool {
        guard !T.traces, T.mayOwn, M.plainCount > 0, checksOnly, ok else { return false }
        let (size, over) = count.multipliedReportingOverflow(by: M.plainCount)
        guard !over, limit &- at >= size else { return false }
        at &+= size
        values = Array(repeating: M(), count: count)
        return true
    }
    /// Skips `count` elements if they are there, nothing can be wrong with them, and the trace only needs their number.
    /// Returns true if it skipped them.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    mutating func countPlain<M: Message>(_ values: inout [M], _ count: Int) -> Bool {
        guard T.traces, trace.elements(0), ok else { return false }
        let (size, over) = count.multipliedReportingOverflow(by: M.plainCount)
        guard M.plainCount > 0, !over, limit &- at >= size, trace.elements(count) else { return false }
        at &+= size
        values = Array(repeating: M(), count: count)
        return true
    }
    /// Returns true if the next bytes differ from `end`; refuses if there are too few.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    mutating func isBefore<E: FixedValue>(_ end: E, _ name: StaticString) -> Bool {
        guard ok else { return false }
        guard limit &- at >= E.byteCount else {
            truncated(name, E.byteCount)
            return false
        }
        return E.load(span, at, .big) != end
    }
    /// Reads one more message of a sequence, which starts as `blank`.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    mutating func append<M: Message>(_ name: StaticString, _ values: inout [M], _ blank: M) {
        let start = at
        trace.open("", values.count, at, isList: false)
        var m = blank
        enter(&m)
        guard ok else { return }
        values.append(m)
        trace.close(at)
        if at == start { leftover(name) }
    }
    /// Reads a message if it is present.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func optional<M: Message>(
        _ name: StaticString, _ value: inout M?, present: Bool, like: @autoclosure () -> M, length: Int?,
        by: StaticString
    ) {
        guard present else { return }
        var m = like()
        message(name, &m, length: length, by: by)
        value = m
    }
    /// Reads a nested message.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func message<M: Message>(_ name: StaticString, _ value: inout M, length: Int?, by: StaticString) {
        trace.open(name, -1, at, isList: false)
        if let length { within(name, &value, length: length, by: by) } else { enter(&value) }
        trace.close(at)
    }
    /// Reads a nested message that cannot read beyond its length and must fill it.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    mutating func within<M: Message>(_ name: StaticString, _ m: inout M, length: Int, by: StaticString) {
        guard length >= 0, limit &- at >= length else { return tooShort(name, count: length, size: 1, by: by) }
        let outer = limit
        let before = missing
        limit = at &+ length
        trace.limit(by)
        enter(&m)
        if ok, at != limit { leftover(name, by) }
        // The whole length is there: more bytes after it do not help.
        if T.mayOwn { missing = before }
        limit = outer
        trace.unlimit()
    }
    /// Reads one message, from here to the limit at most. Two kinds of messages are read in the module that defines
    /// them: traced messages, and messages that are not binary in an inlined operation. The rest becomes part of the
    /// caller.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    mutating func enter<M: Message>(_ m: inout M) {
        guard depth < Self.maximumDepth else { return tooDeep() }
        depth &+= 1
        if T.traces || !T.mayOwn && M.form != .binary { T.walk(&m, &self) } else { walk(&m) }
        depth &-= 1
    }
    @inlinable @inline(never) @_lifetime(self: copy self)
    mutating func tooDeep() {
        fail(.tooDeep, in: "", at: at, wanted: UInt64(Self.maximumDepth), had: UInt64(Self.maximumDepth))
    }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    mutating func walk<M: Message>(_ m: inout M) {
        switch M.form {
        case .binary: m.code(&self)
        case .protobuf: walkTags(&m)
        case .json: walkMembers(&m)
        case .jsonValue: walkValue(&m)
        }
    }
}
