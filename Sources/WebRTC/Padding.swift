internal import Wire

extension Coder where Self: ~Copyable & ~Escapable {
    /// Visits the bytes that fill a field of `count` bytes up to a multiple of 4. STUN attributes and SCTP chunks end
    /// with them, and their lengths do not count them. A reader accepts any bytes, and fewer at the end of the enclosing
    /// length. A writer writes zeros unless the message has bytes for it, or unless it is the last parameter of a
    /// chunk, which `isOptional` allows to have none.
    @_lifetime(self: copy self)
    mutating func padding(_ value: inout Bytes, after count: Int, isOptional: Bool = false) {
        let wanted = -count & 3
        if !Self.reads, value.count != wanted, !isOptional || value.count > 0 {
            value = Bytes([UInt8](repeating: 0, count: wanted))
        }
        bytes("padding", &value, count: min(wanted, remaining), by: "")
    }
}
