import Wire

/// As what bytes are read, decided once for each message that is read. It is no part of what the message says.
struct Opening<Kind: Sendable>: Equatable, Sendable {
    /// What was decided.
    var kind: Kind?
    /// What is known of it from elsewhere.
    var expected: Kind?

    init() {}
    /// Always: two messages that say the same are equal, whether they were read or made.
    static func == (a: Self, b: Self) -> Bool { true }
}

/// Whether bytes are a message of this type.
func isGood<M: Message>(_ type: M.Type, _ bytes: RawSpan) -> Bool {
    var message = M()
    return message.read(borrowing: bytes)
}
