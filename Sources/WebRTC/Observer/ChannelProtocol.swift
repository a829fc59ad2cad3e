public import Wire

/// A protocol that applications speak in data channels, for decoders.
public struct ChannelProtocol: Sendable {
    /// The name, as of a `Definition`.
    public var name: String
    /// The labels of its channels.
    public var labels: Set<String>
    /// The messages that no `Definition` has.
    public var messages: [any Message.Type]
    /// Returns the description of a message, which is a text or bytes; nil if the message is of another protocol.
    public var message: @Sendable (RawSpan, _ isText: Bool) -> (any Message.Type)?
    /// Creates a protocol.
    public init(
        _ name: String, labels: Set<String>, messages: [any Message.Type],
        message: @escaping @Sendable (RawSpan, _ isText: Bool) -> (any Message.Type)?
    ) {
        (self.name, self.labels, self.messages, self.message) = (name, labels, messages, message)
    }
}

/// A text in a data channel, of a protocol that is not known.
public struct ChannelText: Message {
    public static var name: StaticString { "webrtc.text" }
    public static var summary: MessageSummary { [.first([["text ", .name("text")], ["empty text"]])] }
    public var text = Text()
    public init() {}
    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) { c.rest("text", &text) }
}

/// A message of bytes in a data channel, of a protocol that is not known.
public struct ChannelBytes: Message {
    public static var name: StaticString { "webrtc.binary" }
    public static var summary: MessageSummary { [.first([["binary, ", .size("data")], ["empty binary"]])] }
    public var data = Bytes()
    public init() {}
    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) { c.rest("data", &data) }
}
