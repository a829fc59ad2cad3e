public import Wire

/// The text of a message (RFC 6455, section 5.6), joined from its frames, unmasked and inflated. Captures show it if
/// the protocol on WebSocket is unknown. Text that is not UTF-8 is refused.
public struct TextMessage: Message {
    public static var name: StaticString { "websocket.text" }
    public static var summary: MessageSummary { ["text ", .value("text")] }
    /// The text; may be empty.
    public var text = Text()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        let wrong = C.reads ? Self.firstWrong(c) : nil
        c.rest("text", &text)
        c.require("text", wrong == nil, UInt64(wrong ?? 0))
    }
    /// Returns the first invalid byte, or the last byte of a text that ends within a character.
    private static func firstWrong<C: Coder & ~Copyable & ~Escapable>(_ c: borrowing C) -> UInt8? {
        var validator = UTF8Validator()
        let count = c.remaining
        var at = 0
        var last: UInt8 = 0
        while at < count {
            // Most text is ASCII.
            if validator.isComplete, let word = c.peek(UInt64.self, ahead: at), word & 0x8080_8080_8080_8080 == 0 {
                at &+= 8
                continue
            }
            guard let byte = c.peek(UInt8.self, ahead: at) else { break }
            last = byte
            guard validator.accepts(byte) else { return byte }
            at &+= 1
        }
        return validator.isComplete ? nil : last
    }
}
