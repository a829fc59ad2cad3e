/// Where a reader of protobuf stands in a message (`Coder.mark`).
@frozen public struct ReaderMark: Sendable {
    @usableFromInline let at: Int
    @usableFromInline let missing: Int
    @usableFromInline let key: UInt32
    @usableFromInline let keyAt: Int
    @usableFromInline let pass: Int
    @usableFromInline let chosen: UInt32

    @inlinable init(at: Int, missing: Int, key: UInt32, keyAt: Int, pass: Int, chosen: UInt32) {
        (self.at, self.missing, self.key, self.keyAt) = (at, missing, key, keyAt)
        (self.pass, self.chosen) = (pass, chosen)
    }
}

extension Reader {
    /// Of a reader that did not refuse and whose trace keeps no fields.
    @inlinable
    public var mark: ReaderMark? {
        guard ok, !T.traces else { return nil }
        return ReaderMark(at: at, missing: missing, key: key, keyAt: keyAt, pass: pass, chosen: chosen)
    }
    /// Its limit and depth are those of then: whoever changed them has taken that back.
    @inlinable @_lifetime(self: copy self)
    public mutating func goBack(to mark: ReaderMark) -> Bool {
        if ok { return false }
        ok = true
        (at, missing, key, keyAt) = (mark.at, mark.missing, mark.key, mark.keyAt)
        (pass, chosen) = (mark.pass, mark.chosen)
        return true
    }
}
