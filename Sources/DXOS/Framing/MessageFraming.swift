import Node
import WebSocket
import Wire

/// Which message a binary WebSocket message of dxRPC is: one RpcMessage in each. The last member of its oneof counts.
struct MessageFraming: Framing {
    /// A text is a keepalive or nothing of this protocol; in binary it is malformed.
    mutating func whole(_ bytes: RawSpan, kind: UInt8) -> FramingResult {
        if kind != Opcode.text.rawValue { return rpcMessage(bytes) }
        return Keepalive.check(bytes).map { .refused($0) } ?? .message(Keepalive.self, length: bytes.byteCount)
    }
    mutating func next(_ bytes: RawSpan) -> FramingResult {
        Keepalive.isText(bytes) ? .message(Keepalive.self, length: bytes.byteCount) : rpcMessage(bytes)
    }
    private func rpcMessage(_ bytes: RawSpan) -> FramingResult {
        let all = bytes.byteCount
        var found: (any Message.Type)?
        var at = 0
        while let field = ProtobufField(at: at, in: bytes) {
            at = field.range.upperBound
            found = Self.type(of: field) ?? found
        }
        if let found { return .message(found, length: all) }
        // Its description says what is wrong, and where.
        return NoContent.check(bytes).map { .refused($0) } ?? .message(NoContent.self, length: all)
    }
    private static func type(of field: ProtobufField) -> (any Message.Type)? {
        switch (field.number, field.wireType) {
        case (1, 2): Request.self
        case (2, 2): Response.self
        case (3, 0): Open.self
        case (4, 0): OpenAck.self
        case (5, 2): StreamClose.self
        case (6, 2): Bye.self
        default: nil
        }
    }
    /// Each message stands in a message of its own.
    func resync(_ bytes: RawSpan) -> Int? { nil }
}
