public import Wire

// The arguments of a `ProtocolFunction`, in the form that its code needs. A value of another form is refused.
extension Value {
    /// Returns the bytes of a byte string, or of a text of `0x` and hexadecimal digits.
    public func bytesArgument() throws(ProtocolFunction.Refusal) -> [UInt8] {
        guard let bytes = Bytes(self)?.own else { throw .init("expected bytes, found \(self)") }
        return bytes
    }
    /// Returns a text.
    public func textArgument() throws(ProtocolFunction.Refusal) -> String {
        guard case .text(let text) = self else { throw .init("expected a text, found \(self)") }
        return text
    }
    /// Returns a number from 0 to 2^64 - 1.
    public func numberArgument() throws(ProtocolFunction.Refusal) -> UInt64 {
        guard let number = integer else { throw .init("expected a number from 0 to 2^64 - 1, found \(self)") }
        return number
    }
    /// Returns the values of a list.
    public func listArgument() throws(ProtocolFunction.Refusal) -> [Value] {
        guard case .list(let values) = self else { throw .init("expected a list, found \(self)") }
        return values
    }
    /// Returns the byte strings of a list.
    public func listOfBytes() throws(ProtocolFunction.Refusal) -> [[UInt8]] {
        var all: [[UInt8]] = []
        for value in try listArgument() { all.append(try value.bytesArgument()) }
        return all
    }
}
