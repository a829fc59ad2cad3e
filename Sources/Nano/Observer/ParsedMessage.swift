import Wire

/// A message with a header for passive observers. Its Nano type is found by the type number, without a dynamic cast.
struct ParsedMessage {
    let type: any NanoMessage.Type
    let header: RawHeader

    /// Reads the header; nil for messages without one, such as the items of legacy bootstrap.
    init?(_ type: any Message.Type, _ bytes: RawSpan) {
        guard let header = RawHeader(bytes, at: 0), let known = header.type.message, known == type else { return nil }
        self.type = known
        self.header = header
    }
}
