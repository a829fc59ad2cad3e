extension Writer {
    /// A number of wire type 0, 1 or 5 in a field of its own.
    @usableFromInline @_lifetime(self: copy self)
    mutating func number(_ tag: UInt32, _ n: UInt64, _ wireType: UInt32) {
        varint(UInt64(tag) << 3 | UInt64(wireType))
        scalar(n, wireType)
    }
    @usableFromInline @_lifetime(self: copy self)
    mutating func scalar(_ n: UInt64, _ wireType: UInt32) {
        switch wireType {
        case 0: varint(n)
        case 1: put(n, .little)
        default: put(UInt32(truncatingIfNeeded: n), .little)
        }
    }
    @usableFromInline @_lifetime(self: copy self)
    mutating func bytes(_ tag: UInt32, _ b: Bytes) {
        varint(UInt64(tag) << 3 | 2)
        varint(UInt64(b.count))
        put(b)
    }
    /// Leaves one byte for a length; returns where.
    @usableFromInline @_lifetime(self: copy self)
    mutating func open(_ tag: UInt32) -> Int {
        varint(UInt64(tag) << 3 | 2)
        count &+= 1
        return count &- 1
    }
    /// Writes the length at `mark`; content of 128 bytes and more moves up to make room.
    @usableFromInline @_lifetime(self: copy self)
    mutating func close(_ mark: Int) {
        let n = count &- mark &- 1
        var more = 0
        var rest = n >> 7
        while rest > 0 {
            more &+= 1
            rest >>= 7
        }
        let end = count &+ more
        if more > 0, end <= capacity || grow(more) {
            (base + mark + 1 + more).copyMemory(from: base + mark + 1, byteCount: n)
        }
        count = mark
        varint(UInt64(n))
        count = end
    }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    mutating func put<V: TagValue>(_ number: UInt32, _ value: V) {
        if V.wireType == 2 { bytes(number, value.bytes) } else { self.number(number, value.varint, V.wireType) }
    }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    mutating func put<M: Message>(_ number: UInt32, _ value: borrowing M) {
        let mark = open(number)
        let outer = begin
        begin = count
        value.write(&self)
        begin = outer
        close(mark)
    }
    /// Writes the field, if there is one.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func tag<V: TagValue>(
        _ number: UInt32, _ name: StaticString, _ value: inout V?, _ presence: Presence
    ) {
        if let v = value { put(number, v) }
    }
    /// Writes a field for each, or one for all.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func tag<V: TagValue>(
        _ number: UInt32, _ name: StaticString, _ values: inout [V], packed: Bool
    ) {
        guard V.wireType != 2, packed, !values.isEmpty else {
            for v in values { put(number, v) }
            return
        }
        let mark = open(number)
        for v in values { scalar(v.varint, V.wireType) }
        close(mark)
    }
    /// Writes the field, if there is one.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func tag<M: Message>(
        _ number: UInt32, _ name: StaticString, _ value: inout M?, _ presence: Presence
    ) {
        if let m = value { put(number, m) }
    }
    /// Writes a field for each.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func tag<M: Message>(_ number: UInt32, _ name: StaticString, _ values: inout [M]) {
        for i in values.indices { put(number, values[i]) }
    }
}
