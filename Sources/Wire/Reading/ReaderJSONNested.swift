// Objects and lists in JSON, and values that do not have the type of their member.
extension Reader {
    /// Reads members as long as the next one has this name.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func member<M: Message>(_ name: StaticString, _ value: inout M?) {
        while isKey(name) { take(name, &value) }
    }
    @inlinable @inline(never) @_lifetime(self: copy self)
    mutating func take<M: Message>(_ name: StaticString, _ value: inout M?) {
        if value != nil { trace.note(.duplicate, of: name, at: keyAt &- 1, end: at) }
        value = nil
        guard M.form == .jsonValue || isNext("{", name, .object) else { return }
        var m = M()
        trace.open(name, -1, keyAt &- 1, isList: false)
        enter(&m)
        value = m
        trace.close(at)
        nextMember(first: false)
    }
    /// Reads members as long as the next one has this name.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func member<V: MemberValue>(_ name: StaticString, _ values: inout [V]?) {
        while isKey(name) { take(name, &values) }
    }
    @inlinable @inline(never) @_lifetime(self: copy self)
    mutating func take<V: MemberValue>(_ name: StaticString, _ values: inout [V]?) {
        if values != nil { trace.note(.duplicate, of: name, at: keyAt &- 1, end: at) }
        values = nil
        guard let outer = openList(name) else { return }
        var all: [V] = []
        var i = 0
        while nextElement(i) {
            var v: V?
            take("", &v)
            if let v { all.append(v) }
            i &+= 1
        }
        values = all
        closeList(outer)
    }
    /// Reads members as long as the next one has this name.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func member<M: Message>(_ name: StaticString, _ values: inout [M]?) {
        while isKey(name) { take(name, &values) }
    }
    @inlinable @inline(never) @_lifetime(self: copy self)
    mutating func take<M: Message>(_ name: StaticString, _ values: inout [M]?) {
        if values != nil { trace.note(.duplicate, of: name, at: keyAt &- 1, end: at) }
        values = nil
        guard let outer = openList(name) else { return }
        var all: [M] = []
        var i = 0
        while nextElement(i) {
            if M.form == .jsonValue || isNext("{", "", .object) {
                trace.open("", i, at, isList: false)
                var m = M()
                enter(&m)
                guard ok else { return }
                all.append(m)
                trace.close(at)
            }
            i &+= 1
        }
        values = all
        closeList(outer)
    }
    /// Returns true if the next value begins with `first`. Otherwise the value is skipped; it has the wrong type.
    @inlinable @inline(never) @_lifetime(self: copy self)
    mutating func isNext(_ first: Unicode.Scalar, _ name: StaticString, _ type: JSONType) -> Bool {
        if byte == UInt8(ascii: first) { return true }
        let start = at
        at = JSON.skip(span, at, limit)
        guard at > 0 else {
            at = start
            syntax(name)
            return false
        }
        misfit(name, wanted: type, from: start, to: at)
        if ok { nextMember(first: false) }
        return false
    }
    /// Handles a value that its member cannot take. Null counts as a missing value. Other values are refused, or noted
    /// if the trace shows even invalid values.
    @inlinable @inline(never) @_lifetime(self: copy self)
    mutating func misfit(_ name: StaticString, wanted type: JSONType, from start: Int, to end: Int) {
        let first = span.unsafeLoad(fromUncheckedByteOffset: start, as: UInt8.self)
        // Elements and values without a name cannot be missing.
        if first == UInt8(ascii: "n"), keyEnd != -2 { return trace.note(.null, of: name, at: keyAt &- 1, end: end) }
        guard trace.isLax || T.mayOwn && checksOnly else {
            return fail(.wrongType, in: name, at: start, wanted: UInt64(type.rawValue), had: UInt64(first))
        }
        trace.note(.wrongType, of: name, at: keyAt &- 1, end: end)
        if T.traces {
            trace.leaf(name, of: JSONValue.self, at: keyAt &- 1, content: start, end: end, number: 0, isJSON: true)
        }
    }
    /// Enters the list that begins here. Returns the argument for `closeList`; nil if the value is not a list.
    @inlinable @inline(never) @_lifetime(self: copy self)
    mutating func openList(_ name: StaticString) -> Int? {
        guard isNext("[", name, .list) else { return nil }
        trace.open(name, -1, keyAt &- 1, isList: true)
        at &+= 1
        return keyEnd
    }
    /// Advances to the next element, or past the end of the list. Returns false if there is no next element.
    @inlinable @inline(never) @_lifetime(self: copy self)
    mutating func nextElement(_ i: Int) -> Bool {
        guard ok else { return false }
        skipSpace()
        if byte == UInt8(ascii: "]") {
            at &+= 1
            return false
        }
        if i > 0 {
            guard byte == UInt8(ascii: ",") else {
                syntax("element")
                return false
            }
            at &+= 1
            skipSpace()
        }
        nameless()
        trace.element(i)
        return true
    }
    @inlinable @inline(never) @_lifetime(self: copy self)
    mutating func closeList(_ outer: Int) {
        guard ok else { return }
        trace.close(at)
        keyEnd = outer
        nextMember(first: false)
    }
}
