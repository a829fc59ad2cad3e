extension Reader {
    @inlinable @inline(__always) @_lifetime(self: copy self)
    mutating func skipSpace() { at = JSON.space(span, at, limit) }
    @inlinable @inline(__always)
    var byte: UInt8 { at < limit ? span.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self) : 0 }

    @inlinable @inline(__always) @_lifetime(self: copy self)
    mutating func syntax(_ name: StaticString) {
        // For a string, this is the byte in it that is wrong.
        if byte == UInt8(ascii: "\"") { at = JSON.stringFault(span, at, limit) }
        let here = at
        let got = byte
        if at < limit { return fail(.syntax, in: name, at: here, wanted: 0, had: UInt64(got)) }
        // JSON is whole or refused: `missing` is unchanged.
        fail(.truncated, in: name, at: here, wanted: 1, had: 0)
    }
    /// Advances to the next member's value, or past the closing brace.
    @inlinable @inline(never) @_lifetime(self: copy self)
    mutating func nextMember(first: Bool) {
        if keyEnd == -2 {
            keyEnd = -1
            keyEscaped = false
            return
        }
        skipSpace()
        keyEnd = -1
        keyEscaped = false
        if byte == UInt8(ascii: "}") {
            at &+= 1
            return
        }
        if !first {
            guard byte == UInt8(ascii: ",") else { return syntax("member") }
            at &+= 1
            skipSpace()
        }
        guard byte == UInt8(ascii: "\"") else { return syntax("member") }
        let (end, escaped) = JSON.string(span, at, limit)
        guard end > 0 else { return syntax("member") }
        keyAt = at &+ 1
        at = end
        skipSpace()
        guard byte == UInt8(ascii: ":") else { return syntax("member") }
        at &+= 1
        skipSpace()
        keyEnd = end &- 1
        keyEscaped = escaped
    }
    @inlinable @inline(never) @_lifetime(self: copy self)
    mutating func walkMembers<M: Message>(_ m: inout M) {
        let outer = (keyAt, keyEnd, keyEscaped, pass)
        let before = missing
        skipSpace()
        guard byte == UInt8(ascii: "{") else { return syntax("object") }
        at &+= 1
        keyEnd = -1
        nextMember(first: true)
        while keyEnd >= 0 {
            pass = at
            m.code(&self)
            if keyEnd >= 0, at == pass {
                let start = keyAt &- 1
                skipValue("value")
                if ok { trace.note(.unknown, of: "unknown", at: start, end: at) }
            }
        }
        if ok { (keyAt, keyEnd, keyEscaped, pass) = outer } else { missing = before }
    }
    /// Reads a value without a name. The message's only member takes it, regardless of the member's name.
    @inlinable @inline(never) @_lifetime(self: copy self)
    mutating func walkValue<M: Message>(_ m: inout M) {
        let outer = (keyAt, keyEnd, keyEscaped, pass)
        let before = missing
        skipSpace()
        nameless()
        pass = at
        m.code(&self)
        if ok, keyEnd == -2 { skipValue("value") }
        if ok { (keyAt, keyEnd, keyEscaped, pass) = outer } else { missing = before }
    }
    /// Marks the next value as one without a name: it matches any name.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    mutating func nameless() {
        keyAt = at &+ 1
        keyEnd = -2
        // With this flag, names are compared by the slow function, which knows about nameless values.
        keyEscaped = true
    }
    @inlinable @inline(never) @_lifetime(self: copy self)
    mutating func skipValue(_ name: StaticString) {
        let start = at
        at = JSON.skip(span, at, limit)
        guard at > 0 else {
            at = start
            return syntax(name)
        }
        nextMember(first: false)
    }
    @inlinable @inline(__always)
    func isKey(_ name: StaticString) -> Bool {
        // The name is a constant, so this takes one or two loads.
        JSON.equal(span, at: keyAt, count: keyEnd &- keyAt, name) || keyEscaped && isEscapedKey(name)
    }
    @inlinable @inline(never)
    func isEscapedKey(_ name: StaticString) -> Bool {
        keyEnd == -2 || JSON.unescape(span.extracting(keyAt..<keyEnd)) == name.description
    }
    /// Reads members as long as the next one has this name.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func member<V: MemberValue>(_ name: StaticString, _ value: inout V?) {
        while isKey(name) { take(name, &value) }
    }
    @inlinable @inline(never) @_lifetime(self: copy self)
    mutating func take<V: MemberValue>(_ name: StaticString, _ value: inout V?) {
        if value != nil { trace.note(.duplicate, of: name, at: keyAt &- 1, end: at) }
        let c = content(name, V.jsonType, V.self)
        if c.start < 0 {
            value = nil
        } else if T.mayOwn, owns {
            value = V(c.owned(span, V.jsonType))
        } else {
            value = V(c.borrowed)
        }
    }
    /// Reads members as long as the next one has this name, and checks them.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func constant(_ name: StaticString, _ value: inout Text?, _ expected: StaticString) {
        while isKey(name) { take(name, &value, expected) }
    }
    @inlinable @inline(never) @_lifetime(self: copy self)
    mutating func take(_ name: StaticString, _ value: inout Text?, _ expected: StaticString) {
        let start = at
        take(name, &value)
        guard ok else { return }
        let good = value.map { v in
            v.bytes.withSpan(in: span) { !v.escaped && JSON.equal($0, at: 0, count: $0.byteCount, expected) }
        }
        if good == true { return }
        let had = value.map { ($0.value(in: span) as Value).description } ?? "null"
        refuse(name, start, wanted: 0, had: 0) { LegalValue(wanted: expected.description, had: had) }
    }
    /// Returns the range of the next value and its number, then advances to the next member. `start` is -1 for null or
    /// a missing value.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    mutating func content<V: Leaf>(_ name: StaticString, _ type: JSONType, _ leaf: V.Type) -> Found {
        let start = at
        let keyStart = keyAt &- 1
        var v = Found()
        if type == .text, byte == UInt8(ascii: "\"") {
            let (end, escaped) = JSON.string(span, at, limit)
            guard end > 0 else {
                syntax(name)
                return v
            }
            at = end
            v = Found(start &+ 1, end &- 1, escaped: escaped)
            if escaped, JSON.hasLoneSurrogate(span, v.start, v.end) {
                trace.note(.loneSurrogate, of: name, at: keyStart, end: at)
            }
        } else {
            at = JSON.skip(span, at, limit)
            guard at > 0 else {
                at = start
                syntax(name)
                return v
            }
            let first = span.unsafeLoad(fromUncheckedByteOffset: start, as: UInt8.self)
            switch type {
            case .any: v = Found(start, at)
            case .number where first == UInt8(ascii: "-") || first &- UInt8(ascii: "0") < 10: v = Found(start, at)
            case .integer: if let n = JSON.integer(span, start, at) { v = Found(start, at, number: n) }
            case .bool where first == UInt8(ascii: "t"): v = Found(start, at, number: 1)
            case .bool where first == UInt8(ascii: "f"): v = Found(start, at)
            case .number, .bool, .text, .object, .list: break
            }
            if v.start < 0 {
                misfit(name, wanted: type, from: start, to: at)
                guard ok else { return v }
            }
        }
        if T.traces, v.start >= 0 {
            trace.leaf(
                name, of: leaf, at: keyStart, content: start, end: at, number: UInt64(bitPattern: v.number),
                isJSON: true)
        }
        nextMember(first: false)
        return v
    }
    @inlinable @inline(never) @_lifetime(self: copy self)
    mutating func keepMember(_ value: inout Unknown) {
        let start = keyAt &- 1
        let from = at
        at = JSON.skip(span, at, limit)
        guard at > 0 else {
            at = from
            return syntax("value")
        }
        keep(&value, start, fromEnd: 0)
        nextMember(first: false)
    }
}

/// The place of a JSON value. It has only offsets, so that passing it on costs no reference counting.
@frozen @usableFromInline struct Found: BitwiseCopyable {
    @usableFromInline var start: Int
    @usableFromInline var end: Int
    @usableFromInline var number: Int64
    @usableFromInline var escaped: Bool
    @inlinable @inline(__always) init(_ start: Int = -1, _ end: Int = -1, number: Int64 = 0, escaped: Bool = false) {
        self.start = start
        self.end = end
        self.number = number
        self.escaped = escaped
    }
    @inlinable @inline(__always) var borrowed: MemberContent {
        MemberContent(Bytes(at: start, count: end &- start), number, escaped: escaped)
    }
    @usableFromInline func owned(_ s: RawSpan, _ type: JSONType) -> MemberContent {
        if escaped { return MemberContent(Text(JSON.unescape(s.extracting(start..<end))).bytes) }
        return MemberContent(type == .integer || type == .bool ? Bytes() : Bytes(copying: s, start, end), number)
    }
}
