public import Node
public import Wire

// The parameters of a router in scenarios, target files and command lines.
extension RouterParameters {
    /// The profiles of routers. The first one has the parameters of the documents.
    public static let profiles = [
        Named("spec", "the defaults of the specification"),
        Named("go", "the parameters of go-libp2p-pubsub"),
        Named(
            "rust", "the parameters of rust-libp2p: message ids as text, flood publishing, 5 s to the first heartbeat"),
        Named("js", "the parameters of js-libp2p: message ids with the public key, flood publishing"),
        Named("ethereum", "the parameters of the Ethereum consensus layer: StrictNoSign, a heartbeat every 0.7 s"),
        Named("lib2p2", "the parameters for order books: D = 3, D_low = 2, D_high = 4"),
    ]
    /// The value of a parameter that means the value of the profile.
    private static let profile = "profile"
    private static let on = "on"
    private static let off = "off"
    private enum Name {
        static let signing = "signing"
        static let messageID = "message_id"
        static let validator = "validator"
        static let degree = "d"
        static let lowDegree = "d_low"
        static let highDegree = "d_high"
        static let outboundDegree = "d_out"
        static let lazyDegree = "d_lazy"
        static let heartbeat = "heartbeat"
        static let backoff = "backoff"
        static let leaveBackoff = "unsubscribe_backoff"
        static let seenTTL = "seen_ttl"
        static let fanoutTTL = "fanout_ttl"
        static let followUp = "iwant_followup"
        static let missed = "missed"
        static let floods = "flood_publish"
        static let exchange = "px"
        static let score = "score"
        static let extensions = "test_extension"
    }
    /// The parameters that can be set in addition to the profile.
    public static let parameters = [
        Parameter(
            Name.signing, "which messages the node signs, and which it accepts",
            choices: [profile] + SignaturePolicy.allCases.map(\.rawValue), preset: profile),
        Parameter(
            Name.messageID, "how the id of a message is computed",
            choices: [profile] + MessageIDFunction.allCases.map(\.rawValue), preset: profile),
        Parameter(
            Name.validator,
            "how the application validates messages: `prefix` rejects data that begins with `reject`, and"
                + " ignores data that begins with `ignore`",
            choices: MessageValidator.allCases.map(\.rawValue), preset: MessageValidator.prefix.rawValue),
        number(Name.degree, "D: desired number of peers in a mesh", ["0", "1", "2", "3", "6", "8"]),
        number(Name.lowDegree, "D_low: the node adds peers to a mesh with fewer", ["0", "1", "2", "3", "4", "5", "6"]),
        number(
            Name.highDegree, "D_high: the node removes peers from a mesh with more",
            ["0", "1", "2", "3", "4", "8", "12"]),
        number(Name.outboundDegree, "D_out: minimum number of dialed peers in a mesh", ["0", "1", "2"]),
        number(
            Name.lazyDegree, "D_lazy: number of peers outside the mesh that receive IHAVE", ["0", "1", "2", "3", "6"]),
        number(Name.heartbeat, "time between two heartbeats", ["100ms", "200ms", "500ms", "700ms", "1s"]),
        number(Name.backoff, "backoff in a PRUNE, and after a PRUNE without one", ["1s", "2s", "5s", "60s"]),
        number(Name.leaveBackoff, "backoff in a PRUNE when the node leaves a topic", ["1s", "2s", "10s"]),
        number(Name.seenTTL, "how long the node remembers a message as seen", ["2s", "5s", "60s", "120s"]),
        number(
            Name.fanoutTTL, "how long the node keeps peers for a topic that it does not have", ["2s", "5s", "60s"]),
        number(Name.followUp, "time in which an offered message must arrive", ["500ms", "1s", "3s"]),
        number(
            Name.missed, "number of missed messages after which peers that had them join the mesh; 0: never",
            ["0", "1", "3", "10"]),
        number(Name.floods, "whether the node sends its own messages to all peers of the topic", [off, on]),
        Parameter(
            Name.exchange, "whether a PRUNE for too many peers names other peers", choices: [off, on], preset: off),
        Parameter(Name.score, "whether the node scores peers", choices: [off, on], preset: off),
        Parameter(
            Name.extensions, "whether the node has the test extension of 1.3", choices: [on, off], preset: on),
    ]
    private static func number(_ name: String, _ summary: String, _ choices: [String]) -> Parameter {
        Parameter(name, summary, choices: [profile] + choices, preset: profile)
    }
    mutating func take(_ settings: Settings) {
        func number(_ name: String, _ value: inout Int) { value = Int(settings[name]) ?? value }
        func time(_ name: String, _ value: inout Duration) { value = Self.time(settings[name]) ?? value }
        signing = SignaturePolicy(rawValue: settings[Name.signing]) ?? signing
        messageID = MessageIDFunction(rawValue: settings[Name.messageID]) ?? messageID
        validator = MessageValidator(rawValue: settings[Name.validator]) ?? validator
        number(Name.degree, &degree)
        number(Name.lowDegree, &lowDegree)
        number(Name.highDegree, &highDegree)
        number(Name.outboundDegree, &outboundDegree)
        number(Name.lazyDegree, &lazyDegree)
        time(Name.heartbeat, &heartbeat)
        time(Name.backoff, &backoff)
        time(Name.leaveBackoff, &leaveBackoff)
        time(Name.seenTTL, &seenTTL)
        time(Name.fanoutTTL, &fanoutTTL)
        time(Name.followUp, &followUp)
        number(Name.missed, &missedLimit)
        if settings[Name.floods] == Self.on || settings[Name.floods] == Self.off {
            floodsOwn = settings[Name.floods] == Self.on
        }
        if settings[Name.exchange] == Self.on { exchanged = 16 }
        if settings[Name.score] == Self.on { score = .strict }
        hasTestExtension = settings[Name.extensions] != Self.off
        // Without an author and a sequence number, all messages would have the same id.
        if signing == .strictNoSign, messageID == .authorAndSequence || messageID == .keyAndSequence {
            messageID = .data
        }
        // If a test shortens a value, the values that depend on it must be short too.
        leaveBackoff = min(leaveBackoff, backoff)
        graftFlood = min(graftFlood, backoff)
        backoffSlack = min(backoffSlack, heartbeat)
    }
    private static func time(_ text: String) -> Duration? {
        if text.hasSuffix("ms") { return Int64(text.dropLast(2)).map { .milliseconds($0) } }
        return text.hasSuffix("s") ? Int64(text.dropLast()).map { .seconds($0) } : nil
    }
    /// The durations that expressions of scenarios may use.
    public var durations: [(name: String, duration: Duration)] {
        [
            ("heartbeat", heartbeat), ("first_heartbeat", firstHeartbeat), ("backoff", backoff),
            ("unsubscribe_backoff", leaveBackoff), ("backoff_slack", backoffSlack), ("seen_ttl", seenTTL),
            ("fanout_ttl", fanoutTTL), ("iwant_followup", followUp), ("graft_flood", graftFlood),
        ]
    }
    /// The numbers and words that expressions of scenarios may use.
    public var constants: [Value.Entry] {
        let numbers = [
            ("d", degree), ("d_low", lowDegree), ("d_high", highDegree), ("d_out", outboundDegree),
            ("d_score", bestDegree), ("d_lazy", lazyDegree), ("mcache_len", cacheLength),
            ("mcache_gossip", cacheGossip), ("max_ihave", offersEachHeartbeat), ("max_ids", idsEachHeartbeat),
            ("retransmissions", retransmissions), ("idontwant_size", dontWantSize), ("px_peers", exchanged),
            ("missed_limit", missedLimit), ("missed_ticks", missedTicks),
        ]
        return numbers.map { .init($0.0, .uint(UInt64(clamping: $0.1))) } + [
            .init("signing", .text(signing.rawValue)), .init("message_id", .text(messageID.rawValue)),
            .init("scored", .bool(score != nil)), .init("flood_publish", .bool(floodsOwn)),
        ]
    }
}
