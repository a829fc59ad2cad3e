public import Wire

/// A frame (RFC 6455, section 5.2): a message or a part of one, or a control frame. Bits and lengths are accepted
/// unchanged, except a length of 2^63 or more. `Session` judges the state of the connection.
@frozen public struct Frame: Message {
    public static var name: StaticString { "websocket.frame" }
    /// The header. Its fields are fields of the frame.
    public var header = FrameHeader()
    /// The unmasked payload. It is masked on the wire if there is a masking key.
    public var payload = Bytes()

    @inlinable @inline(__always) public init() {}
    /// Creates a frame with a whole message, or a control frame.
    public init(_ opcode: Opcode, _ payload: [UInt8], key: Fixed<4>? = nil) {
        header.opcode = opcode
        header.maskingKey = key
        self.payload = Bytes(payload)
    }
    /// The three forms of the length.
    public static var variants: [Self] {
        FrameHeader.variants.map {
            var frame = Self()
            frame.header = $0
            return frame
        }
    }

    @inlinable @inline(__always)
    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        header.code(&c, payload: payload.count)
        c.bytes(
            "payload", &payload, count: Int(clamping: header.payloadCount), by: header.claiming,
            maskedBy: header.maskingKey)
    }
}
