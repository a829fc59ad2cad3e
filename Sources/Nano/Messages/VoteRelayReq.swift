public import Wire

/// Asks for votes of other nodes that the receiver has kept. It exists only in the development branch of 2026, with
/// protocol version 0x16; whether it will be released is unknown. The extension bits give the number of all bytes after
/// the header.
public struct VoteRelayReq: NanoMessage {
    public static var name: StaticString { "nano.vote_relay_req" }
    public static var summary: MessageSummary {
        [
            "ask for relayed votes on ",
            .first([[.each("pairs", ["block ", .value("hash")])], [.count("pairs", "block")]]),
            .maybe(" by ", .count("accounts", "account")), " (request ", .number("id"), ")",
        ]
    }
    static var type: MessageType { .voteRelayReq }
    static var definedBits: UInt16 { 0xffff }
    static func payloadCount(_ header: RawHeader) -> Int { Int(header.extensions) }
    public var header = Header(.voteRelayReq)
    /// The whole body. Its fields are shown as fields of the message.
    public var body = Body()
    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        header.code(&c, .voteRelayReq, UInt16(truncatingIfNeeded: body.byteCount()))
        body.code(&c)
    }

    public struct Body: Message {
        public static var name: StaticString { "nano.vote_relay_req.body" }
        /// A number that the requester chooses. The answer repeats it.
        public var id: UInt64 = 0
        /// Bit 1: non-final votes are requested as well.
        public var flags: UInt8 = 0
        /// The number of pairs. 0 is a content error.
        public var pairCount = Derived<UInt8>()
        public var pairs: [HashRoot] = []
        public var accountCount = Derived<UInt8>()
        /// The representatives whose votes are requested; empty for all.
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
