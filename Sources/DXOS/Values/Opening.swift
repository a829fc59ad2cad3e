import Wire

/// The kind as which bytes are read, decided once for each message that is read. It is not part of the message's
/// content.
struct Opening<Kind: Sendable>: Equatable, Sendable {
    /// The decided kind.
    var kind: Kind?
    /// The kind that is known from outside.
    var expected: Kind?

    init() {}
    /// Returns true: two messages with equal content are equal, regardless of the way they were created.
    static func == (a: Self, b: Self) -> Bool { true }
}

/// Returns true if bytes are a valid message of this type.
func isGood<M: Message>(_ type: M.Type, _ bytes: RawSpan) -> Bool {
    var message = M()
    return message.read(borrowing: bytes)
}
