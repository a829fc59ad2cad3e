import Wire

/// The way in which messages are encoded.
struct WireForm: Sendable {
    var build: Build
    var writesDefaults: Bool

    init(build: Build, writesDefaults: Bool) { (self.build, self.writesDefaults) = (build, writesDefaults) }
    init(_ options: NodeParameters) { self.init(build: options.build, writesDefaults: options.writesDefaults) }
    /// Returns the encoding of a message.
    func bytes<M: Message>(_ message: M) -> [UInt8] {
        (writesDefaults ? message.withExplicitDefaults : message).encoded()
    }
    /// Returns the payload with the argument or result of a call; `value` is already encoded.
    func payload(_ type: TypeName, _ value: [UInt8]) -> Payload {
        var payload = Payload()
        let url = build.typeURL(of: type)
        if !url.isEmpty { payload.typeURL = Text(url) }
        if !value.isEmpty { payload.value = Bytes(value) }
        return payload
    }
    /// Returns the payload of a publication. It names its type in every build, because the call does not determine the
    /// type.
    func namedPayload(_ type: TypeName, _ value: [UInt8]) -> Payload {
        var payload = payload(type, value)
        if payload.typeURL == nil { payload.typeURL = Text(type.name.description) }
        return payload
    }
    /// Returns the bytes of a response with the content that `fill` sets.
    func response(_ id: Int32, _ fill: (inout ResponseContent) -> Void) -> [UInt8] {
        var content = ResponseContent()
        if id != 0 { content.id = id }
        fill(&content)
        return bytes(Response(content))
    }
    /// The bytes of `dxos.open`.
    var opening: [UInt8] {
        var open = Open()
        open.open = true
        return bytes(open)
    }
    /// The bytes of `dxos.open_ack`.
    var confirmation: [UInt8] {
        var ack = OpenAck()
        ack.openAck = true
        return bytes(ack)
    }
    /// The bytes of `dxos.bye`.
    var goodbye: [UInt8] {
        var bye = Bye()
        bye.bye = NoFields()
        return bytes(bye)
    }
}
