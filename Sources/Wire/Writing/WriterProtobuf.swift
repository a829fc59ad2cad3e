extension Writer {
    /// Writes a number of wire type 0, 1 or 5 in a field of its own.
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
    /// Leaves one byte for a length and returns its offset.
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
        if more > 0, end <= capacity || overflow() {
            (base + mark + 1 + more).copyMemory(from: base + mark + 1, byteCount: n)
        }
        count = mark
        varint(UInt64(n))
        count = end
    }
    /// Writes the field, if there is one.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func tag<V: TagValue>(
        _ number: UInt32, _ name: StaticString, _ value: inout V?, as presence: Presence
    ) {
        value?.write(number, &self)
    }
    /// Writes a field for each value, or one for all.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func tag<V: TagValue>(
        _ number: UInt32, _ name: StaticString, _ values: inout [V], packed: Bool
    ) {
        guard V.wireType != 2, packed, !values.isEmpty else {
            values.withUnsafeBufferPointer { all in for i in all.indices { all[i].write(number, &self) } }
            return
        }
        let mark = open(number)
        for v in values { scalar(v.varint, V.wireType) }
        close(mark)
    }
    /// Writes the field, if there is one.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func tag<M: Message>(
        _ number: UInt32, _ name: StaticString, _ value: inout M?, as presence: Presence
    ) {
        if M.form == .protobuf {
            value?.write(number, &self)
        } else if var m = value {
            m.write(number, &self)
        }
    }
    /// Writes a field for each message.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func tag<M: Message>(_ number: UInt32, _ name: StaticString, _ values: inout [M]) {
        guard M.form == .protobuf else {
            for var m in values { m.write(number, &self) }
            return
        }
        // The messages are written in place: a description of protobuf changes its message only when it reads. A copy
        // of each would count the references of all its byte strings, which takes longer than writing them.
        values.withUnsafeBufferPointer { all in
            guard let first = UnsafeMutablePointer(mutating: all.baseAddress) else { return }
            for i in all.indices { first[i].write(number, &self) }
        }
    }
}
extension TagValue {
    /// Writes the value as a field of protobuf.
    @inlinable @inline(__always) @_lifetime(w: copy w)
    func write(_ number: UInt32, _ w: inout Writer) {
        if Self.wireType == 2 { w.bytes(number, bytes) } else { w.number(number, varint, Self.wireType) }
    }
}
extension Message {
    /// Writes the message as a field of protobuf.
    @inlinable @inline(__always) @_lifetime(w: copy w)
    mutating func write(_ number: UInt32, _ w: inout Writer) {
        let mark = w.open(number)
        let outer = w.begin
        w.begin = w.count
        write(&w)
        w.begin = outer
        w.close(mark)
    }
}
