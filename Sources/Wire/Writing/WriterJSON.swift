// `members` is 0 outside objects, then 1 + the number of members written. -1: a value without a name has not been
// written yet; -2: it has been written.
extension Writer {
    @_lifetime(self: copy self)
    mutating func separate() {
        if members > 1 { put(UInt8(ascii: ",")) }
        members &+= 1
    }
    @usableFromInline @_lifetime(self: copy self)
    mutating func openObject() -> Int {
        put(UInt8(ascii: "{"))
        defer { members = 1 }
        return members
    }
    @usableFromInline @_lifetime(self: copy self)
    mutating func closeObject(_ outer: Int) {
        put(UInt8(ascii: "}"))
        members = outer
    }
    /// Begins a value without braces: its only member has no name.
    @usableFromInline @_lifetime(self: copy self)
    mutating func openValue() -> Int {
        defer { members = -1 }
        return members
    }
    @usableFromInline @_lifetime(self: copy self)
    mutating func closeValue(_ outer: Int) {
        if members == -1 { put("null") }
        members = outer
    }
    @usableFromInline @_lifetime(self: copy self)
    mutating func begin(_ name: StaticString) {
        guard members >= 0 else {
            members = -2
            return
        }
        separate()
        put(UInt8(ascii: "\""))
        put(name)
        put(UInt8(ascii: "\""))
        put(UInt8(ascii: ":"))
    }
    @usableFromInline @_lifetime(self: copy self)
    mutating func member(_ name: StaticString, _ type: JSONType, _ v: MemberContent) {
        begin(name)
        put(type, v)
    }
    @usableFromInline @_lifetime(self: copy self)
    mutating func put(_ type: JSONType, _ v: MemberContent) {
        switch type {
        case .any, .number, .object, .list: put(v.bytes)
        case .bool: put(v.number == 1 ? "true" : "false")
        case .integer: for c in String(v.number).utf8 { put(c) }
        case .text:
            put(UInt8(ascii: "\""))
            if v.escaped {
                put(v.bytes)
            } else {
                v.bytes.withSpan(in: source) { s in
                    for i in 0..<s.byteCount {
                        JSON.escape(s.unsafeLoad(fromUncheckedByteOffset: i, as: UInt8.self)) { put($0) }
                    }
                }
            }
            put(UInt8(ascii: "\""))
        }
    }
    /// Writes the member, if there is one.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func member<V: MemberValue>(_ name: StaticString, _ value: inout V?) {
        if let v = value { member(name, V.jsonType, v.content) }
    }
    /// Writes the member in all cases.
    @_lifetime(self: copy self)
    public mutating func constant(_ name: StaticString, _ value: inout Text?, _ expected: StaticString) {
        if value != nil { return member(name, &value) }
        begin(name)
        put(UInt8(ascii: "\""))
        put(expected)
        put(UInt8(ascii: "\""))
    }
    /// Writes the member, if there is one.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func member<M: Message>(_ name: StaticString, _ value: inout M?) {
        guard value != nil else { return }
        begin(name)
        value?.write(&self)
    }
    /// Writes the list, if there is one.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func member<V: MemberValue>(_ name: StaticString, _ values: inout [V]?) {
        guard let all = values else { return }
        openList(name)
        for i in all.indices {
            if i > 0 { separateElements() }
            put(V.jsonType, all[i].content)
        }
        closeList()
    }
    /// Writes the list, if there is one.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func member<M: Message>(_ name: StaticString, _ values: inout [M]?) {
        guard let all = values else { return }
        openList(name)
        for i in all.indices {
            if i > 0 { separateElements() }
            var m = all[i]
            m.write(&self)
        }
        closeList()
    }
    @usableFromInline @_lifetime(self: copy self)
    mutating func openList(_ name: StaticString) {
        begin(name)
        put(UInt8(ascii: "["))
    }
    @usableFromInline @_lifetime(self: copy self)
    mutating func separateElements() { put(UInt8(ascii: ",")) }
    @usableFromInline @_lifetime(self: copy self)
    mutating func closeList() { put(UInt8(ascii: "]")) }
}
