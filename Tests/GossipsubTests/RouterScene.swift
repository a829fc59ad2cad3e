import Libp2p
import Node
import Wire

@testable import Gossipsub

/// A router among peers that a test controls, in virtual time.
struct RouterScene {
    var router: Router
    var now = Instant.zero
    var out: [RouterAction] = []
    static let me = Identity(seed: [UInt8](repeating: 200, count: 32))
    static let topic = Array("t".utf8)

    /// Creates a started router, which has the topic `t` if `joins`.
    init(
        _ faults: Set<RouterFault> = [], joins: Bool = true,
        _ change: (inout RouterParameters) -> Void = { _ in }
    ) {
        var parameters = RouterParameters()
        parameters.validator = .prefix
        change(&parameters)
        router = Router(parameters, own: Self.me.peer, identity: Self.me, Random(seed: 1), faults: faults)
        router.start(now: now)
        if joins { join() }
    }
    static func identity(_ n: Int) -> Identity {
        Identity(seed: [UInt8](repeating: UInt8(truncatingIfNeeded: n), count: 31) + [UInt8(n >> 8)])
    }
    static func peer(_ n: Int) -> PeerID { identity(n).peer }

    mutating func add(
        _ n: Int, _ version: PubsubVersion = .meshsub13, by opener: Opener = .them, topics: [String] = ["t"]
    ) {
        router.add(Self.peer(n), version, by: opener, at: .loopback(UInt16(1000 + n)), now: now, &out)
        for topic in topics { hear(n, .subscribing(topic)) }
    }
    mutating func add(_ all: Range<Int>, _ version: PubsubVersion = .meshsub13, by opener: Opener = .them) {
        for n in all { add(n, version, by: opener) }
    }
    mutating func remove(_ n: Int) { router.remove(Self.peer(n), now: now, &out) }
    mutating func hear(_ n: Int, _ rpc: RPCContent) { router.receive(rpc, from: Self.peer(n), now: now, &out) }
    mutating func join(_ topic: [UInt8] = topic) { router.subscribe(topic, now: now, &out) }
    mutating func leave() { router.unsubscribe(Self.topic, now: now, &out) }
    @discardableResult
    mutating func publish(_ text: String, to topic: [UInt8] = topic) -> [UInt8]? {
        router.publish(Array(text.utf8), to: topic, now: now, &out)
    }
    /// Advances the time, with heartbeats.
    mutating func pass(_ time: Duration) {
        let end = now + time
        while let deadline = router.deadline, deadline <= end {
            now = deadline
            router.wake(now: now, &out)
        }
        now = end
    }
    /// Advances the time until `count` heartbeats are over.
    mutating func beat(_ count: Int = 1) {
        for _ in 0..<count {
            now = router.deadline ?? now
            router.wake(now: now, &out)
        }
    }
    mutating func forget() { out = [] }

    // The actions of the router since `forget`

    func sent(to n: Int) -> [RPCContent] {
        out.compactMap { if case .send(Self.peer(n), let rpc) = $0 { rpc.content } else { nil } }
    }
    /// Returns the peers that received an RPC that fits.
    func receivers(_ of: Range<Int>, _ fits: (RPCContent) -> Bool) -> [Int] {
        of.filter { sent(to: $0).contains(where: fits) }
    }
    var delivered: [PublishedMessage] { out.compactMap { if case .deliver(let message) = $0 { message } else { nil } } }
    var dialed: [PeerID] { out.compactMap { if case .connect(let peer, _) = $0 { peer } else { nil } } }
    var mesh: [PeerID] { router.mesh(Self.topic) }
    func isInMesh(_ n: Int) -> Bool { mesh.contains(Self.peer(n)) }
    func score(_ n: Int) -> Double { router.score(Self.peer(n), now: now) ?? 0 }
}

extension RPCContent {
    static func with(_ change: (inout RPCContent) -> Void) -> Self {
        var rpc = Self()
        change(&rpc)
        return rpc
    }
    static func control(_ change: (inout Control) -> Void) -> Self {
        with { rpc in
            var control = Control()
            change(&control)
            rpc.control = control
        }
    }
    static func subscribing(_ topic: String, _ isOn: Bool = true) -> Self {
        with { $0.subscriptions = [Subscription(Array(topic.utf8), isOn)] }
    }
    static func graft(_ topic: String = "t") -> Self { control { $0.graft = [Graft(Array(topic.utf8))] } }
    static func prune(_ backoff: UInt64?, _ peers: [PeerInfo] = []) -> Self {
        control {
            var prune = Prune(RouterScene.topic)
            (prune.backoff, prune.peers) = (backoff, peers)
            $0.prune = [prune]
        }
    }
    static func ihave(_ ids: [[UInt8]], _ topic: String = "t") -> Self {
        control {
            var ihave = IHave()
            (ihave.topic, ihave.messageIDs) = (Text(topic), ids.map { Bytes($0) })
            $0.ihave = [ihave]
        }
    }
    static func iwant(_ ids: [[UInt8]]) -> Self {
        control {
            var iwant = IWant()
            iwant.messageIDs = ids.map { Bytes($0) }
            $0.iwant = [iwant]
        }
    }
    static func idontwant(_ ids: [[UInt8]]) -> Self {
        control {
            var idontwant = IDontWant()
            idontwant.messageIDs = ids.map { Bytes($0) }
            $0.idontwant = [idontwant]
        }
    }
    static func publishing(_ messages: PublishedMessage...) -> Self { with { $0.publish = messages } }
    static var extensions: Self {
        control {
            $0.extensions = ControlExtensions()
            $0.extensions?.testExtension = true
        }
    }

    var grafts: Bool { control?.graft.isEmpty == false }
    var prunes: Bool { control?.prune.isEmpty == false }
    var offered: [[UInt8]] { control?.ihave.flatMap { $0.messageIDs.map { $0.array() } } ?? [] }
    var wanted: [[UInt8]] { control?.iwant.flatMap { $0.messageIDs.map { $0.array() } } ?? [] }
    var unwanted: [[UInt8]] { control?.idontwant.flatMap { $0.messageIDs.map { $0.array() } } ?? [] }
    func has(_ message: PublishedMessage) -> Bool { publish.contains(message) }
}

extension PublishedMessage {
    /// Returns a signed message of a peer.
    static func by(
        _ n: Int, _ sequence: UInt64, _ text: String = "data", topic: String = "t", withKey: Bool = false,
        _ change: (inout PublishedMessage) -> Void = { _ in }
    ) -> Self {
        var message = Self()
        (message.data, message.topic) = (Bytes(Array(text.utf8)), Text(topic))
        message.sequence = Bytes(withUnsafeBytes(of: sequence.bigEndian) { [UInt8]($0) })
        change(&message)
        return message.signed(by: RouterScene.identity(n), withKey: withKey)
    }
}
