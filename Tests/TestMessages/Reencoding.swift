public import Wire

extension Message {
    /// The message that these bytes are, read in place and encoded again; nil when it is refused.
    public static func reencode(_ bytes: RawSpan) -> [UInt8]? {
        var message = Self()
        return message.read(borrowing: bytes) ? message.encoded(from: bytes) : nil
    }
    /// The same of an array.
    public static func reencode(_ bytes: [UInt8]) -> [UInt8]? { reencode(bytes.span.bytes) }
}
