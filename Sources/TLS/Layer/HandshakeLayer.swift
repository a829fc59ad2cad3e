import Node
import Wire

/// A layer that splits the handshake messages in records. The messages carry no other protocol.
struct HandshakeLayer: Layer {
    static let messages: [any Message.Type] = [
        ClientHello.self, ServerHello.self, EncryptedExtensions.self, HandshakeMessage.self,
    ]
    mutating func next(_ bytes: RawSpan, from side: Opener, into output: inout LayerOutput) -> LayerStep {
        let missing = HandshakeMessage.headerSize - bytes.byteCount
        guard missing <= 0 else { return .needMore(missing) }
        let head = bytes.unsafeLoadUnaligned(as: UInt32.self).bigEndian
        let length = HandshakeMessage.headerSize + Int(head & 0xff_ffff)
        guard length <= HandshakeMessage.headerSize + HandshakeMessage.bodyLimit else {
            return .refused(
                WireError(
                    reason: .tooLong, path: "length", offset: 1, wanted: UInt64(HandshakeMessage.bodyLimit),
                    had: UInt64(head & 0xff_ffff)))
        }
        guard bytes.byteCount >= length else { return .needMore(length - bytes.byteCount) }
        switch HandshakeType(rawValue: UInt8(head >> 24)) {
        case .clientHello: return .unit(ClientHello.self, length: length)
        case .serverHello: return .unit(ServerHello.self, length: length)
        case .encryptedExtensions: return .unit(EncryptedExtensions.self, length: length)
        default: return .unit(HandshakeMessage.self, length: length)
        }
    }
}
