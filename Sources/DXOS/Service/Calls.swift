import Wire

/// The argument of a call, read from the bytes of its request with the method's type, regardless of the type in it.
struct Call: Sendable {
    var id: Int32
    var method: [UInt8]
    var isStream: Bool
    /// The type in the request; nil: there is no payload or no type.
    var typeURL: [UInt8]?
    /// The encoded message; nil: there is no payload.
    var value: [UInt8]?

    /// Creates a call from the bytes of a valid `dxos.request`; nil for other bytes.
    init?(_ bytes: RawSpan) {
        guard let request = try? Request(copying: bytes).request else { return nil }
        id = request.id ?? 0
        method = request.method?.bytes.array() ?? []
        isStream = request.stream ?? false
        typeURL = request.payload?.typeURL?.bytes.array()
        value = request.payload.map { _ in Self.content([1, 3, 2], bytes) ?? [] }
    }
    /// Returns the unchanged bytes of a length-delimited field, given the field numbers that lead to it. The last field
    /// of a number counts.
    static func content(_ path: [UInt32], _ bytes: RawSpan) -> [UInt8]? {
        guard let number = path.first else { return [UInt8](bytes) }
        var found: Range<Int>?
        var at = 0
        while let field = ProtobufField(at: at, in: bytes) {
            at = field.range.upperBound
            if field.number == number, field.wireType == 2 { found = field.content }
        }
        guard let found else { return nil }
        return content(Array(path.dropFirst()), bytes.extracting(found))
    }
}

/// A message from peer to peer as a server passes it on. The server does not read the payload, and keeps its type and
/// bytes.
struct RelayedMessage: Sendable {
    var author: [UInt8]
    var recipient: [UInt8]
    /// The type and the value; nil: there is no payload.
    var payload: (typeURL: [UInt8], value: [UInt8])?
    /// The unchanged metadata of profile v3.
    var metadata: [UInt8]?

    /// Creates a message from bytes; nil if they are not a valid Message.
    init?(_ bytes: [UInt8]) {
        guard isGood(SignalMessage.self, bytes.span.bytes) else { return nil }
        let span = bytes.span.bytes
        author = Call.content([1], span) ?? []
        recipient = Call.content([2], span) ?? []
        if Call.content([3], span) != nil {
            payload = (Call.content([3, 1], span) ?? [], Call.content([3, 2], span) ?? [])
        }
        metadata = Call.content([4], span)
    }
    /// Returns the message to pass on.
    func message(withMetadata: Bool) -> SignalMessage {
        var message = SignalMessage()
        if !author.isEmpty { message.author = Bytes(author) }
        if !recipient.isEmpty { message.recipient = Bytes(recipient) }
        if let payload {
            var any = ApplicationPayload()
            if !payload.typeURL.isEmpty { any.typeURL = Text(bytes: Bytes(payload.typeURL)) }
            if !payload.value.isEmpty { any.value = Bytes(payload.value) }
            message.payload = any
        }
        if withMetadata, let metadata { message.metadata = try? Structure(copying: metadata) }
        return message
    }
}
