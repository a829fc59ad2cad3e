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
        return .unit(Self.message(head), length: length)
    }
    func announced(by bytes: RawSpan, from side: Opener) -> Announcement? {
        guard bytes.byteCount >= HandshakeMessage.headerSize else { return nil }
        let head = bytes.unsafeLoadUnaligned(as: UInt32.self).bigEndian
        return Announcement(Self.message(head), length: HandshakeMessage.headerSize + Int(head & 0xff_ffff))
    }
    /// Returns the message with a header that begins with these four bytes.
    private static func message(_ head: UInt32) -> any Message.Type {
        switch HandshakeType(rawValue: UInt8(head >> 24)) {
        case .clientHello: ClientHello.self
        case .serverHello: ServerHello.self
        case .encryptedExtensions: EncryptedExtensions.self
        default: HandshakeMessage.self
        }
    }
}
