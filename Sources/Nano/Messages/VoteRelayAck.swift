public import Wire

/// Votes of other nodes, in answer to `vote_relay_req`. Like the request, it exists only in the development branch of
/// 2026. The extension bits give the number of all bytes after the header.
public struct VoteRelayAck: NanoMessage {
    public static var name: StaticString { "nano.vote_relay_ack" }
    public static var summary: MessageSummary {
        [
            "relay ", .first([[.count("votes", "vote")], ["no vote"]]), " (answers request ", .number("id"), ")",
        ]
    }
    static var type: MessageType { .voteRelayAck }
    static var definedBits: UInt16 { 0xffff }
    static func payloadCount(_ header: RawHeader) -> Int { Int(header.extensions) }
    public var header = Header(.voteRelayAck)
    /// The whole body. Its fields are shown as fields of the message.
    public var body = Body()
    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        header.code(&c, .voteRelayAck, UInt16(truncatingIfNeeded: body.byteCount()))
        body.code(&c)
    }

    public struct Body: Message {
        public static var name: StaticString { "nano.vote_relay_ack.body" }
        static var maximumCount: UInt8 { 64 }
        /// The id of the request.
        public var id: UInt64 = 0
        /// The number of votes, at most 64.
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

    /// A vote after the number of its hashes.
    public struct Relayed: Message {
        public static var name: StaticString { "nano.vote_relay_ack.vote" }
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
