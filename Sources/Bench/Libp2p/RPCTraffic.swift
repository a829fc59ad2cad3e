import Gossipsub
import Node
import Wire

/// A generator of synthetic gossipsub RPCs in the proportions of a busy mesh: mostly publications of some hundred
/// bytes, then lists of ids.
///
/// It was written for this program, modelled on a generator of captures in Python. The same seed gives the same RPCs.
struct RPCTraffic {
    private var random: Random
    private let noise: [UInt8]
    private var sequence: UInt64 = 0
    /// The two authors of about every third publication.
    private let peers: [[UInt8]]
    private static let topics = [
        "BTC/USDT", "eth2/4a26c58b/beacon_block/ssz_snappy", "eth2/4a26c58b/beacon_attestation_17/ssz_snappy", "chat",
        "ticker/ETH",
    ]
    /// The maximum number of published bytes.
    private static let limit = 60_000

    init(seed: UInt64) {
        random = Random(seed: seed)
        noise = random.bytes(1 << 20)
        peers = [Self.peer(random.bytes(32)), Self.peer(random.bytes(32))]
    }
    /// Returns the first message of a peer.
    func hello() -> RPCContent {
        var rpc = RPCContent()
        rpc.subscriptions = Self.topics.map { topic in
            var subscription = Subscription()
            (subscription.subscribe, subscription.topic) = (true, Text(topic))
            return subscription
        }
        return rpc
    }
    mutating func next() -> RPCContent {
        var rpc = RPCContent()
        switch below(100) {
        case ..<62: for _ in 0..<[1, 1, 1, 1, 2, 4][below(6)] { rpc.publish.append(publication()) }
        case ..<95: rpc.control = control()
        case ..<98:
            rpc.publish = [publication()]
            rpc.control = control()
        default:
            var subscription = Subscription()
            (subscription.subscribe, subscription.topic) = (below(2) == 0, topic())
            rpc.subscriptions = [subscription]
        }
        return rpc
    }

    private static func peer(_ key: [UInt8]) -> [UInt8] { [0x00, 0x24, 0x08, 0x01, 0x12, 0x20] + key }
    private mutating func below(_ n: Int) -> Int { Int.random(in: 0..<n, using: &random) }
    private mutating func topic() -> Text { Text(Self.topics[below(Self.topics.count)]) }
    private mutating func take(_ count: Int) -> [UInt8] {
        let start = below(noise.count - count)
        return Array(noise[start..<start + count])
    }
    private mutating func ids(_ most: Int) -> [Bytes] { (0...below(most)).map { _ in Bytes(take(46)) } }
    private mutating func publication() -> PublishedMessage {
        let kind = below(100)
        let count = kind < 60 ? 32 + below(268) : kind < 95 ? 300 + below(1700) : 2000 + below(Self.limit - 2000)
        sequence += 1
        var message = PublishedMessage()
        message.from = Bytes(below(10) < 3 ? peers[below(2)] : Self.peer(take(32)))
        message.data = Bytes(take(count))
        message.sequence = Bytes(withUnsafeBytes(of: sequence.bigEndian) { [UInt8]($0) })
        message.topic = topic()
        message.signature = Bytes(take(64))
        return message
    }
    private mutating func control() -> Control {
        var control = Control()
        switch below(100) {
        case ..<55:
            var ihave = IHave()
            (ihave.topic, ihave.messageIDs) = (topic(), ids(39))
            control.ihave = [ihave]
        case ..<70:
            var iwant = IWant()
            iwant.messageIDs = ids(19)
            control.iwant = [iwant]
        case ..<80:
            var graft = Graft()
            graft.topic = topic()
            control.graft = [graft]
        case ..<90:
            var prune = Prune()
            (prune.topic, prune.backoff) = (topic(), 60)
            prune.peers = (0..<below(6)).map { _ in
                var peer = PeerInfo()
                peer.peerID = Bytes(take(38))
                return peer
            }
            control.prune = [prune]
        default:
            var idontwant = IDontWant()
            idontwant.messageIDs = ids(3)
            control.idontwant = [idontwant]
        }
        return control
    }
}
