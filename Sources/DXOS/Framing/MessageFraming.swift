import Node
import WebSocket
import Wire

/// The framing of dxRPC: one RpcMessage in each binary WebSocket message. The last member of its oneof counts.
struct MessageFraming: Framing {
    /// Reads a whole message. A text is a keepalive, or does not belong to the protocol. A keepalive in binary is
    /// malformed.
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
        // The check of `NoContent` returns the fault and its place.
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
    /// Returns true for messages with fields of their own. The others are a few bytes that any protobuf message may have.
    func isMarked(_ type: any Message.Type) -> Bool {
        type == Request.self || type == Response.self || type == Keepalive.self
    }
    /// Returns nil, because each message is in a WebSocket message of its own.
    func resync(_ bytes: RawSpan) -> Int? { nil }
}
