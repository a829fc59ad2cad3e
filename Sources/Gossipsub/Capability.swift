import Libp2p
import Node

/// A capability of a node that `needs` of scenarios can name.
enum Capability: String, CaseIterable {
    case server
    case client
    case noise
    case plaintext
    case yamux
    case mplex
    case earlyMuxer = "early_muxer"
    case identify
    case push
    case ping
    case secp256k1
    case rsa
    case ecdsa
    case meshsub13 = "meshsub_1_3"
    case meshsub12 = "meshsub_1_2"
    case meshsub11 = "meshsub_1_1"
    case meshsub
    case floodsub
    case topic
    case subscribe
    case publish
    case dial
    case knownPeer = "known_peer"
    case validate
    case signs
    case strictNoSign = "strict_no_sign"
    case unknownSigned = "unknown_signed"
    case sequenceLength = "seqno_length"
    case defaultIDs = "default_ids"
    case heartbeat
    case gossip
    case iwantLimit = "iwant_limit"
    case ihaveLimit = "ihave_limit"
    case scores
    case explicit
    case px
    case idontwant
    case extensions
    case testExtension = "test_extension"
    case floodPublish = "flood_publish"
    case bootstrapper
    case rendezvous
    case shortTTL = "short_ttl"
    case snapshot
    case fills
    case missed
    case dht

    var summary: String {
        switch self {
        case .server: "accepts connections"
        case .client: "dials the peers that are given to it when it starts"
        case .noise: "supports Noise: not with security=plaintext"
        case .plaintext: "supports plaintext/2.0.0: not with security=noise"
        case .yamux: "supports yamux: not with muxer=mplex"
        case .mplex: "supports mplex: not with muxer=yamux"
        case .earlyMuxer: "negotiates the muxer in the Noise handshake: not with early_muxer=off"
        case .identify: "answers identify requests"
        case .push: "accepts identify pushes"
        case .ping: "answers /ipfs/ping/1.0.0"
        case .secp256k1: "accepts peers with a secp256k1 key"
        case .rsa: "accepts peers with an RSA key"
        case .ecdsa: "accepts peers with an ECDSA key"
        case .meshsub13: "supports meshsub 1.3: with version=1.3"
        case .meshsub12: "supports meshsub 1.2: with version=1.2 or later"
        case .meshsub11: "supports meshsub 1.1: with version=1.1 or later"
        case .meshsub: "supports meshsub 1.0, and so has a mesh: not with version=floodsub"
        case .floodsub: "supports floodsub"
        case .topic: "subscribes to the topic `meshspec` when it starts"
        case .subscribe: "subscribes and unsubscribes on command"
        case .publish: "publishes on command"
        case .dial: "dials on command"
        case .knownPeer: "knows the id of the peer that it dials, and checks it"
        case .validate:
            "has a validator that rejects data that begins with `reject`, and ignores data that begins with `ignore`"
        case .signs: "signs its messages, and accepts only signed messages: signing=strict-sign"
        case .strictNoSign: "publishes and accepts only unsigned messages: signing=strict-no-sign"
        case .unknownSigned: "includes unknown fields when it checks a signature"
        case .sequenceLength: "rejects sequence numbers that do not have 8 bytes"
        case .defaultIDs: "names a message by its author and its sequence number: message_id=default"
        case .heartbeat: "has a heartbeat of a second or less"
        case .gossip: "sends IHAVE to peers outside the mesh: not with version=floodsub or d_lazy=0"
        case .iwantLimit: "limits how often it sends a message to a peer that repeats its IWANT"
        case .ihaveLimit: "accepts a limited number of IHAVE in a heartbeat"
        case .scores: "lowers the score of peers that break the rules"
        case .explicit: "can be configured with explicit peers, which are in no mesh and get all messages"
        case .px: "names other peers in a PRUNE for too many peers"
        case .idontwant: "sends IDONTWANT, and obeys the IDONTWANT of its peers: version=1.2 or later"
        case .extensions: "has an extension, and announces it: version=1.3, and not test_extension=off"
        case .testExtension: "has the test extension: version=1.3"
        case .floodPublish: "publishes to all peers of the topic: with flood_publish=on"
        case .bootstrapper: "has no peers in its mesh: with d=0"
        case .rendezvous: "is a rendezvous point, and asks other points: with profile lib2p2 or rendezvous=on"
        case .shortTTL: "accepts registrations for one second: with rendezvous=short"
        case .snapshot: "validates Orders, and serves and requests snapshots: with profile lib2p2 or order_book=on"
        case .fills: "validates Fills, and signs offers for its orders: with profile lib2p2 or order_book=on"
        case .missed: "adds peers to a mesh that repeatedly misses messages: with profile lib2p2 or missed=3"
        case .dht: "finds other members of its topics in a DHT: not with dht=off"
        }
    }

    /// Returns the capabilities that a node lacks because of its settings.
    static func lacking(_ settings: Settings) -> [Capability] {
        let node = NodeParameters(settings)
        let router = RouterParameters(settings)
        func has(_ version: PubsubVersion) -> Bool { node.versions.contains(version.id) }
        return allCases.filter { capability in
            switch capability {
            case .noise, .plaintext, .yamux, .mplex: !Libp2pOptions.has(capability.rawValue, settings)
            case .earlyMuxer:
                !Libp2pOptions(settings).offersMuxersEarly || !Libp2pOptions.has("noise", settings)
            case .meshsub13: !has(.meshsub13)
            case .extensions, .testExtension: !has(.meshsub13) || !router.hasTestExtension
            case .meshsub12, .idontwant: !has(.meshsub12)
            case .meshsub11: !has(.meshsub11)
            case .meshsub, .iwantLimit, .ihaveLimit, .explicit: !has(.meshsub10)
            case .gossip: !has(.meshsub10) || router.lazyDegree == 0
            case .validate: router.validator != .prefix
            case .signs: router.signing != .strictSign
            case .strictNoSign: router.signing != .strictNoSign
            case .unknownSigned, .sequenceLength: router.signing == .strictNoSign
            case .defaultIDs: router.messageID != .authorAndSequence
            case .heartbeat: router.heartbeat > .seconds(1)
            case .scores: router.score == nil
            case .px: router.exchanged == 0
            case .floodPublish: !router.floodsOwn
            case .bootstrapper: router.degree > 0
            case .rendezvous: node.rendezvous == nil
            case .shortTTL: node.rendezvous.map { $0.leastTTL > 1 } ?? true
            case .snapshot, .fills: !node.hasBook
            case .missed: router.missedLimit == 0 || !has(.meshsub10)
            case .dht: node.dht == nil
            case .server, .client, .identify, .push, .ping, .secp256k1, .rsa, .ecdsa, .floodsub, .topic, .subscribe,
                .publish, .dial, .knownPeer:
                false
            }
        }
    }
}
