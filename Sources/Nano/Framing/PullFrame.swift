import Wire

/// The first fields of both messages of ascending bootstrap. The extension bits of the header state the bytes behind.
public struct PullFrame: Equatable, Sendable {
    /// The type of the request; 0 and above 5 are content errors.
    public var pullType = PullType.accountInfo
    /// Chosen by the asker, comes back in the answer.
    public var id: UInt64 = 0
    public init() {}

    /// Bytes after a header with these bits.
    static func payloadCount(_ extensions: UInt16) -> Int {
        PullType.byteCount + UInt64.byteCount + Int(extensions)
    }
    /// The layout, as part of a message.
    @inline(__always)
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("pull_type", &pullType)
        c.require("pull_type", pullType.isKnown, UInt64(pullType.rawValue))
        c.field("id", &id)
    }
}
