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

    var summary: String {
        switch self {
        case .server: "accepts connections"
        case .client: "dials the peers that it is told of when it starts"
        case .noise: "speaks Noise: not with security=plaintext"
        case .plaintext: "speaks plaintext/2.0.0: not with security=noise"
        case .yamux: "speaks yamux: not with muxer=mplex"
        case .mplex: "speaks mplex: not with muxer=yamux"
        case .earlyMuxer: "negotiates the muxer in the handshake of Noise: not with early_muxer=off"
        case .identify: "says who it is when it is asked"
        case .push: "takes what peers push of themselves"
        case .ping: "answers /ipfs/ping/1.0.0"
        case .secp256k1: "takes peers with a key of secp256k1"
        case .rsa: "takes peers with a key of RSA"
        case .ecdsa: "takes peers with a key of ECDSA"
        case .meshsub13: "speaks meshsub 1.3: with version=1.3"
        case .meshsub12: "speaks meshsub 1.2: with version=1.2 or later"
        case .meshsub11: "speaks meshsub 1.1: with version=1.1 or later"
        case .meshsub: "speaks meshsub 1.0, and so has a mesh: not with version=floodsub"
        case .floodsub: "speaks floodsub"
        case .topic: "has the topic `meshspec` when it starts"
        case .subscribe: "can be told to subscribe and to unsubscribe"
        case .publish: "can be told to publish"
        case .dial: "can be told to dial"
        case .knownPeer: "is told who is at an address that it dials, and looks"
        case .validate:
            "has a validator that rejects data that begins with `reject`, and ignores data that begins with `ignore`"
        case .signs: "signs what it publishes, and takes only what is signed: signing=strict"
        case .strictNoSign: "takes and publishes only what is not signed: signing=none"
        case .unknownSigned: "checks signatures over fields that it does not know as well"
        case .sequenceLength: "refuses sequence numbers that do not have 8 bytes"
        case .heartbeat: "has a heartbeat of a second or less"
        case .gossip: "tells peers outside the mesh what it has: not with version=floodsub or d_lazy=0"
        case .iwantLimit: "gives a message to a peer that asks again and again a few times only"
        case .ihaveLimit: "bears a limited number of IHAVE in a heartbeat"
        case .scores: "counts against peers what they do wrong"
        case .explicit: "can be told of peers that are never in its mesh and get everything"
        case .px: "names other peers when it has too many"
        case .idontwant: "says what it does not want, and heeds what others do not: version=1.2 or later"
        case .extensions: "has an extension, and tells so: version=1.3, and not test_extension=off"
        case .testExtension: "has the test extension: version=1.3"
        case .floodPublish: "publishes to all peers of the topic: with flood_publish=on"
        case .bootstrapper: "has nobody in its mesh: with d=0"
        case .rendezvous: "is a rendezvous point, and looks at others: with profile lib2p2 or rendezvous=on"
        case .shortTTL: "takes registrations of a second: with rendezvous=short"
        case .snapshot: "judges Orders, and gives and takes snapshots: with profile lib2p2 or order_book=on"
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
            case .heartbeat: router.heartbeat > .seconds(1)
            case .scores: router.score == nil
            case .px: router.exchanged == 0
            case .floodPublish: !router.floodsOwn
            case .bootstrapper: router.degree > 0
            case .rendezvous: node.rendezvous == nil
            case .shortTTL: node.rendezvous.map { $0.leastTTL > 1 } ?? true
            case .snapshot: !node.hasBook
            case .server, .client, .identify, .push, .ping, .secp256k1, .rsa, .ecdsa, .floodsub, .topic, .subscribe,
                .publish, .dial, .knownPeer:
                false
            }
        }
    }
}
