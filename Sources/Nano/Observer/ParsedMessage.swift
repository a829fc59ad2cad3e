import Wire

/// A message with a header, as passive observers are told of it: its type with what only messages of Nano have, found
/// without asking the runtime for a conformance.
struct ParsedMessage {
    let type: any NanoMessage.Type
    let header: RawHeader

    /// Nil for what has no header, such as the items of legacy bootstrap.
    init?(_ type: any Message.Type, _ bytes: RawSpan) {
        guard let header = RawHeader(bytes, at: 0), let known = header.type.message, known == type else { return nil }
        self.type = known
        self.header = header
    }
}
