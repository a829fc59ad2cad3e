import Node

/// A fault that the reference node can have, one at a time: each is a small, likely mistake of an implementer, and each
/// is asked for at exactly one place of `Session` or `ReferenceNode`.
enum Misbehaviour: String, CaseIterable, Sendable {
    // Framing
    case wrongNetworkAccepted = "wrong-network-accepted"
    case oldVersionAccepted = "old-version-accepted"
    case newVersionRefused = "new-version-refused"
    case checksVersionMax = "checks-version-max"
    case deletedTypeIgnored = "deleted-type-ignored"
    case unknownTypeIgnored = "unknown-type-ignored"
    case resetsOnTrickle = "resets-on-trickle"
    case dropsCoalesced = "drops-coalesced"
    case refusesKeepaliveBits = "refuses-keepalive-bits"
    // What is answered to a query
    case noAnswer = "no-answer"
    case v1AnswerToV2 = "v1-answer-to-v2"
    case v2FlagMissing = "v2-flag-missing"
    case undeclaredResponse = "undeclared-response"
    case v1QueryIgnored = "v1-query-ignored"
    case signatureOverWrongBytes = "signature-over-wrong-bytes"
    case badSignature = "bad-signature"
    case badV1Signature = "bad-v1-signature"
    case wrongGenesis = "wrong-genesis"
    case sameSalt = "same-salt"
    case sameCookie = "same-cookie"
    case newNodeID = "new-node-id"
    case v3FlagConfuses = "v3-flag-confuses"
    // After the handshake
    case noKeepalive = "no-keepalive"
    case keepaliveWithoutPort = "keepalive-without-port"
    case closesOnReplay = "closes-on-replay"
    // What is taken from others
    case acceptsSecondQuery = "accepts-second-query"
    case acceptsAnySignature = "accepts-any-signature"
    case acceptsWrongCookie = "accepts-wrong-cookie"
    case acceptsWrongGenesis = "accepts-wrong-genesis"
    case acceptsAlteredSalt = "accepts-altered-salt"
    case acceptsOwnID = "accepts-own-id"
    case acceptsResponseFirst = "accepts-response-first"
    case acceptsEmptyHandshake = "accepts-empty-handshake"
    case noCookieExpiry = "no-cookie-expiry"
    case acceptsDuplicateID = "accepts-duplicate-id"
    case oneIDPerAddress = "one-id-per-ip"
    case acceptsRealtimeBeforeHandshake = "accepts-realtime-before-handshake"
    case closesOnSoftError = "closes-on-soft-error"
    case noIdleTimeout = "no-idle-timeout"
    case idleTimeoutEarly = "idle-timeout-early"
    // Among its peers
    case goesQuiet = "goes-quiet"
    case ignoresNamedPeers = "ignores-named-peers"
    case contactsReserved = "contacts-reserved"
    case keepsPortsToItself = "keeps-ports-to-itself"
    case contactsAgain = "contacts-again"
    case noAddressLimit = "no-address-limit"
    case dialsOnce = "dials-once"
    case forgetsPeers = "forgets-peers"
    case noRepQuery = "no-rep-query"
    case wrongRepRoot = "wrong-rep-root"
    case noSilenceLimit = "no-silence-limit"
    // Blocks, votes
    case failsOnBadBlock = "fails-on-bad-block"
    case floodsWithoutWork = "floods-without-work"
    case floodsNothing = "floods-nothing"
    case floodsBadVotes = "floods-bad-votes"
    case noDuplicateFilter = "no-duplicate-filter"
    case closesOnManyPairs = "closes-on-many-pairs"
    // Telemetry
    case noTelemetry = "no-telemetry"
    case telemetryOfAnother = "telemetry-of-another"
    case badTelemetrySignature = "bad-telemetry-signature"
    case answersTelemetryReq = "answers-telemetry-req"
    case closesOnBadTelemetry = "closes-on-bad-telemetry"
    case keepsForeignGenesis = "keeps-foreign-genesis"
    case closesOnTelemetryBits = "closes-on-telemetry-bits"
    // Ascending bootstrap
    case noHead = "account-info-without-head"
    case silentOnUnknownAccount = "silent-on-unknown-account"
    case hashIsNoTarget = "hash-is-no-target"
    case ignoresBlockCount = "ignores-block-count"
    case startsBehindHash = "starts-behind-hash"
    case silentOnUnknownStart = "silent-on-unknown-start"
    case answersBadBlockCount = "answers-bad-block-count"
    case frontiersBehindStart = "frontiers-behind-start"
    case answersBadFrontierCount = "answers-bad-frontier-count"
    case closesOnUnknownPull = "closes-on-unknown-pull"
    case refusesTrailing = "refuses-trailing"
    case servesBeforeHandshake = "serves-before-handshake"
    case shortPullQueue = "short-pull-queue"
    case closesOnLaterPull = "closes-on-later-pull"
    // Legacy bootstrap
    case closesOnBulkPull = "closes-on-bulk-pull"
    case closesOnFrontierReq = "closes-on-frontier-req"
    case closesOnRealtimeBulkPull = "closes-on-realtime-bulk-pull"
    case closesOnBootstrapKeepalive = "closes-on-bootstrap-keepalive"
    // As the one who opens
    case queryNone = "query-none"
    case queryLate = "query-late"
    case queryInThirdMessage = "query-in-third-message"
    case ignoresV1Answer = "ignores-v1-answer"
    case acceptsGenesisAsInitiator = "accepts-genesis-as-initiator"

    /// What it breaks, and how.
    var bug: Bug { Bug(rawValue, breaks: text.0, text.1) }

    private var text: (String, String) {
        switch self {
        case .wrongNetworkAccepted: ("NANO-06", "takes messages of any network")
        case .oldVersionAccepted: ("NANO-07", "takes messages of any old version")
        case .newVersionRefused: ("NANO-08", "closes on versions above its own")
        case .checksVersionMax: ("NANO-09", "closes when version_max or version_min are not its own")
        case .deletedTypeIgnored: ("NANO-10", "steps over a header of type 0x09")
        case .unknownTypeIgnored: ("NANO-11", "steps over a header of type 0x10 and above")
        case .resetsOnTrickle: ("NANO-12", "closes when a message does not come in one piece")
        case .dropsCoalesced: ("NANO-13", "loses what comes behind a message in the same piece")
        case .refusesKeepaliveBits: ("NANO-14", "closes on a keepalive with extension bits")
        case .noAnswer: ("NANO-16", "does not answer a V2 query")
        case .v1AnswerToV2: ("NANO-16", "answers a V2 query in the form of V1")
        case .v2FlagMissing: ("NANO-16", "does not set the V2 bit on its V2 response")
        case .undeclaredResponse: ("NANO-16", "appends its V2 response without setting the response bit")
        case .v1QueryIgnored: ("NANO-17", "does not answer a V1 query")
        case .signatureOverWrongBytes: ("NANO-18", "signs the node id where the cookie belongs")
        case .badSignature: ("NANO-18", "one bit of its V2 signature is wrong")
        case .badV1Signature: ("NANO-19", "one bit of its V1 signature is wrong")
        case .wrongGenesis: ("NANO-20", "names another genesis, correctly signed")
        case .sameSalt: ("NANO-21", "uses the same salt for each response")
        case .sameCookie: ("NANO-21", "sends the same cookie on each connection")
        case .newNodeID: ("NANO-22", "has a new node id on each connection")
        case .v3FlagConfuses: ("NANO-23", "does not know the V3 bit and falls back to V1 when it is set")
        case .noKeepalive: ("NANO-24", "sends no keepalive unless it has others to name")
        case .keepaliveWithoutPort: ("NANO-24", "does not tell its port in slot 0 of a keepalive")
        case .closesOnReplay: ("NANO-34", "closes on a handshake message after the handshake")
        case .acceptsSecondQuery: ("NANO-25", "takes a second query on a connection")
        case .acceptsAnySignature: ("NANO-26", "does not verify the signature of a response")
        case .acceptsWrongCookie: ("NANO-27", "does not verify that a response is over its cookie")
        case .acceptsWrongGenesis: ("NANO-28", "does not compare the genesis of those who dial it")
        case .acceptsAlteredSalt: ("NANO-29", "does not verify the signature of a V2 response")
        case .acceptsOwnID: ("NANO-30", "takes its own node id, whoever signed")
        case .acceptsResponseFirst: ("NANO-31", "takes a response that it never sent a query for")
        case .acceptsEmptyHandshake: ("NANO-32", "passes over a handshake with neither query nor response")
        case .noCookieExpiry: ("NANO-33", "takes a response however late")
        case .acceptsDuplicateID: ("NANO-35", "takes a node id twice from one address")
        case .oneIDPerAddress: ("NANO-36", "takes one node id only from one address")
        case .acceptsRealtimeBeforeHandshake:
            ("NANO-37", "passes over messages before the handshake, requests for blocks aside")
        case .closesOnSoftError: ("NANO-38", "closes on a message with bad content before the handshake")
        case .noIdleTimeout: ("NANO-39", "never closes a silent connection")
        case .idleTimeoutEarly: ("NANO-39", "closes a silent connection in half the time")
        case .goesQuiet: ("NANO-47", "sends nothing unasked after its first keepalive and telemetry")
        case .ignoresNamedPeers: ("NANO-48", "does not contact the peers that a keepalive names")
        case .contactsReserved: ("NANO-49", "contacts reserved and unspecified addresses")
        case .keepsPortsToItself: ("NANO-50", "does not pass on where its peers listen")
        case .contactsAgain: ("NANO-51", "contacts a peer each time that it is named")
        case .noAddressLimit: ("NANO-52", "serves any number of connections with one address")
        case .dialsOnce: ("NANO-53", "does not contact a configured peer a second time")
        case .forgetsPeers: ("NANO-54", "forgets a peer when its connection ends")
        case .noRepQuery: ("NANO-55", "does not ask a new connection for votes")
        case .wrongRepRoot: ("NANO-55", "asks for votes on the genesis block by its hash for a root")
        case .noSilenceLimit: ("NANO-56", "keeps silent connections for its own keepalives")
        case .failsOnBadBlock: ("NANO-61", "serves nobody any more after a publish of a block type that is none")
        case .floodsWithoutWork: ("NANO-62", "passes on blocks with too little work")
        case .floodsNothing: ("NANO-63", "passes on no blocks")
        case .floodsBadVotes: ("NANO-67", "passes on votes without looking at their signatures")
        case .noDuplicateFilter: ("NANO-68", "processes a payload each time that it comes")
        case .closesOnManyPairs: ("NANO-69", "closes on a confirm_req of more than fifteen pairs")
        case .noTelemetry: ("NANO-74", "never sends telemetry")
        case .telemetryOfAnother: ("NANO-74", "sends telemetry of another node id than its own")
        case .badTelemetrySignature: ("NANO-74", "one bit of the signature of its telemetry is wrong")
        case .answersTelemetryReq: ("NANO-75", "answers each telemetry_req")
        case .closesOnBadTelemetry: ("NANO-76", "closes on telemetry that is not signed by its sender")
        case .keepsForeignGenesis: ("NANO-77", "does not compare the genesis of telemetry")
        case .closesOnTelemetryBits: ("NANO-78", "closes on a telemetry_ack with bits above its size")
        case .noHead: ("NANO-79", "leaves out the head of an account")
        case .silentOnUnknownAccount: ("NANO-80", "does not answer for an account that it does not know")
        case .hashIsNoTarget: ("NANO-81", "takes the hash of a block for an account")
        case .ignoresBlockCount: ("NANO-82", "sends as many blocks as it has, not as many as it was asked for")
        case .startsBehindHash: ("NANO-83", "begins behind the block that it was asked to begin with")
        case .silentOnUnknownStart: ("NANO-84", "does not answer a request for blocks from where it knows nothing")
        case .answersBadBlockCount: ("NANO-85", "answers a request for no block, or for too many")
        case .frontiersBehindStart: ("NANO-86", "begins behind the account that it was asked to begin with")
        case .answersBadFrontierCount: ("NANO-87", "answers a request for no frontier, or for too many")
        case .closesOnUnknownPull: ("NANO-88", "closes on a request of a type that nobody knows")
        case .refusesTrailing: ("NANO-89", "does not answer a request with bytes behind it")
        case .servesBeforeHandshake: ("NANO-90", "answers requests before the handshake")
        case .shortPullQueue: ("NANO-91", "answers no more than ten requests")
        case .closesOnLaterPull: ("NANO-93", "closes on a request of a type that came later")
        case .closesOnBulkPull: ("NANO-95", "closes on a bulk_pull before the handshake")
        case .closesOnFrontierReq: ("NANO-96", "closes on a frontier_req before the handshake")
        case .closesOnRealtimeBulkPull: ("NANO-97", "closes on a bulk_pull after the handshake")
        case .closesOnBootstrapKeepalive: ("NANO-98", "closes on a keepalive while bootstrapping")
        case .queryNone: ("NANO-40", "sends no query on connections it opens")
        case .queryLate: ("NANO-40", "sends its query 7 s after it opened a connection")
        case .queryInThirdMessage: ("NANO-41", "sends a second query with its V2 response")
        case .ignoresV1Answer: ("NANO-42", "does not go on when its V2 query gets a V1 answer")
        case .acceptsGenesisAsInitiator: ("NANO-43", "does not compare the genesis of those it dials")
        }
    }
}
