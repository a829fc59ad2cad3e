public import Wire

/// Asks for the votes of others that the receiver has kept. In the development branch of 2026 only, with protocol
/// version 0x16; whether it stays is not known. The extension bits state the size of all that follows the header.
public struct VoteRelayReq: NanoMessage {
    public static var name: StaticString { "nano.vote_relay_req" }
    static var type: MessageType { .voteRelayReq }
    static var definedBits: UInt16 { 0xffff }
    static func payloadCount(_ header: RawHeader) -> Int { Int(header.extensions) }
    public var header = Header(.voteRelayReq)
    /// All of it; its fields are those of the message.
    public var body = Body()
    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        header.code(&c, .voteRelayReq, UInt16(truncatingIfNeeded: body.byteCount()))
        body.code(&c)
    }

    /// What is asked for.
    public struct Body: Message {
        public static var name: StaticString { "nano.vote_relay_req.body" }
        /// Chosen by the asker, comes back in the answer.
        public var id: UInt64 = 0
        /// Bit 1: votes that are not final as well.
        public var flags: UInt8 = 0
        /// None is a content error.
        public var pairCount = Derived<UInt8>()
        public var pairs: [HashRoot] = []
        public var accountCount = Derived<UInt8>()
        /// Representatives whose votes are wanted; none for all.
        public var accounts: [Key32] = []
        public init() {}

        public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.field("id", &id)
            c.field("flags", &flags)
            c.derived("pair_count", &pairCount, UInt8(truncatingIfNeeded: pairs.count))
            c.require("pair_count", pairCount.value > 0, 0)
            c.list("pairs", &pairs, count: pairCount.count, by: "pair_count")
            c.derived("account_count", &accountCount, UInt8(truncatingIfNeeded: accounts.count))
            c.list("accounts", &accounts, count: accountCount.count, by: "account_count")
        }
    }
}
