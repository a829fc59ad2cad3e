internal import Wire

extension Coder where Self: ~Copyable & ~Escapable {
    /// Visits the bytes that fill a field of `count` bytes up to a multiple of 4. STUN attributes and SCTP chunks end
    /// with them, and their lengths do not count them. A writer writes zeros unless the message has them already; a
    /// reader accepts any bytes, and fewer at the end of the enclosing length.
    @_lifetime(self: copy self)
    mutating func padding(_ value: inout Bytes, after count: Int) {
        let wanted = -count & 3
        if !Self.reads, value.count != wanted { value = Bytes([UInt8](repeating: 0, count: wanted)) }
        bytes("padding", &value, count: min(wanted, remaining), by: "")
    }
}
