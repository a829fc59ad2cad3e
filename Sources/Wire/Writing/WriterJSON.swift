// `members` is 0 outside objects, then 1 + the number of members written.
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
    @usableFromInline @_lifetime(self: copy self)
    mutating func begin(_ name: StaticString) {
        separate()
        put(UInt8(ascii: "\""))
        put(name)
        put(UInt8(ascii: "\""))
        put(UInt8(ascii: ":"))
    }
    @usableFromInline @_lifetime(self: copy self)
    mutating func member(_ name: StaticString, _ type: JSONType, _ v: MemberContent) {
        begin(name)
        switch type {
        case .any: put(v.bytes)
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
    /// Writes the member in any case.
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
        guard let m = value else { return }
        begin(name)
        m.write(&self)
    }
}
