/// The position of a protobuf reader in a message (`Coder.mark`).
@frozen public struct ReaderMark: Sendable {
    @usableFromInline let at: Int
    @usableFromInline let limit: Int
    @usableFromInline let missing: Int
    @usableFromInline let depth: Int
    @usableFromInline let key: UInt32
    @usableFromInline let keyAt: Int
    @usableFromInline let pass: Int
    @usableFromInline let chosen: UInt32

    @inlinable init<T: Trace>(_ reader: borrowing Reader<T>) {
        (at, limit, missing, depth) = (reader.at, reader.limit, reader.missing, reader.depth)
        (key, keyAt, pass, chosen) = (reader.key, reader.keyAt, reader.pass, reader.chosen)
    }
}

extension Reader {
    /// The position; nil if the reader has refused, or if its trace keeps fields.
    @inlinable
    public var mark: ReaderMark? { ok && !T.traces ? ReaderMark(self) : nil }
    /// Restores all but the flag that there was a note.
    @inlinable @_lifetime(self: copy self)
    public mutating func goBack(to mark: ReaderMark) -> Bool {
        if ok { return false }
        ok = true
        (at, limit, missing, depth) = (mark.at, mark.limit, mark.missing, mark.depth)
        (key, keyAt, pass, chosen) = (mark.key, mark.keyAt, mark.pass, mark.chosen)
        return true
    }
}
