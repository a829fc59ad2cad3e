import Wire

/// The first fields of both messages of ascending bootstrap. The extension bits of the header give the number of bytes
/// after it.
public struct PullFrame: Equatable, Sendable {
    /// The type of the request. 0 and values above 5 are content errors.
    public var pullType = PullType.accountInfo
    /// A number that the requester chooses. The answer repeats it.
    public var id: UInt64 = 0
    public init() {}

    /// Returns the number of bytes after a header with these bits.
    static func payloadCount(_ extensions: UInt16) -> Int {
        PullType.byteCount + UInt64.byteCount + Int(extensions)
    }
    /// Codes the frame as part of a message.
    @inline(__always)
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("pull_type", &pullType)
        c.require("pull_type", pullType.isKnown, UInt64(pullType.rawValue))
        c.field("id", &id)
    }
}
