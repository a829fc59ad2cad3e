public import Wire

extension Message {
    /// Returns these bytes decoded in place and encoded again, or nil if the message is refused.
    public static func reencode(_ bytes: RawSpan) -> [UInt8]? {
        var message = Self()
        return message.read(borrowing: bytes) ? message.encoded(from: bytes) : nil
    }
    /// Returns an array decoded and encoded again.
    public static func reencode(_ bytes: [UInt8]) -> [UInt8]? { reencode(bytes.span.bytes) }
}
