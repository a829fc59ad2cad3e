public import Wire

/// Votes of others, in answer to `vote_relay_req`; the same is known of it. The extension bits state the size of all
/// that follows the header.
public struct VoteRelayAck: NanoMessage {
    public static var name: StaticString { "nano.vote_relay_ack" }
    static var type: MessageType { .voteRelayAck }
    static var definedBits: UInt16 { 0xffff }
    static func payloadCount(_ header: RawHeader) -> Int { Int(header.extensions) }
    public var header = Header(.voteRelayAck)
    /// All of it; its fields are those of the message.
    public var body = Body()
    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        header.code(&c, .voteRelayAck, UInt16(truncatingIfNeeded: body.byteCount()))
        body.code(&c)
    }

    /// The votes.
    public struct Body: Message {
        public static var name: StaticString { "nano.vote_relay_ack.body" }
        static var maximumCount: UInt8 { 64 }
        /// That of the request.
        public var id: UInt64 = 0
        /// Up to 64.
        public var voteCount = Derived<UInt8>()
        public var votes: [Relayed] = []
        public init() {}

        public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.field("id", &id)
            c.derived("vote_count", &voteCount, UInt8(truncatingIfNeeded: votes.count))
            c.require("vote_count", voteCount.value <= Self.maximumCount, voteCount.value.number)
            c.list("votes", &votes, count: voteCount.count, by: "vote_count")
        }
    }

    /// A vote behind the number of its hashes.
    public struct Relayed: Message {
        public static var name: StaticString { "nano.vote_relay_ack.vote" }
        /// What its fields stand for.
        public static var meanings: [String: FieldMeaning] { Vote.meanings }
        public var hashCount = Derived<UInt8>()
        public var vote = Vote()
        public init() {}

        public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.derived("hash_count", &hashCount, UInt8(truncatingIfNeeded: vote.hashes.count))
            vote.code(&c, count: hashCount.count, by: "hash_count")
        }
    }
}
