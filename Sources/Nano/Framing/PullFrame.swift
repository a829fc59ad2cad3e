import Wire

/// What both messages of ascending bootstrap begin with. The extension bits state the bytes behind it.
struct PullFrame: Equatable, Sendable {
    var header: Header
    /// What is asked for; 0 and above 5 are content errors.
    var pullType = PullType.accountInfo
    /// Chosen by the asker, comes back in the answer.
    var id: UInt64 = 0
    init(_ type: MessageType) { header = Header(type) }

    /// Bytes after a header with these bits.
    static func payloadCount(_ extensions: UInt16) -> Int {
        PullType.byteCount + UInt64.byteCount + Int(extensions)
    }
    /// The layout, as part of a message of type `expected` with so many bytes behind.
    @inline(__always)
    mutating func code<C: Coder & ~Copyable & ~Escapable>(
        _ c: inout C, _ expected: MessageType, size: @autoclosure () -> Int
    ) {
        header.code(&c, expected, UInt16(truncatingIfNeeded: size()))
        c.field("pull_type", &pullType)
        c.require("pull_type", pullType.isKnown, UInt64(pullType.rawValue))
        c.field("id", &id)
    }
}
