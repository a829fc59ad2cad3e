import Node
import Wire

/// What a hub keeps of the mesh of hubs where it is one of the design document (profile `seed`): who is next to it and
/// by what, who is where, and what it has passed on.
struct MeshState: Sendable {
    /// Hubs that are next to this one.
    var neighbours = Neighbours()
    /// Peers of other hubs, near or far.
    var peers = MeshPeers()
    var gossip: Gossip
    var channels: ChannelNegotiations
    /// One for each channel that stands.
    var readers: [LinkID: ChannelReader] = [:]
    /// Ids of gossip come from here.
    private var random: Random
    /// When it looks after its table next.
    private(set) var tendsAt: Instant?
    private var tended = 0
    /// When links that have a channel leave WebSocket; nil: there is no need to.
    var migratesAt: Instant?
    /// Whether it said that it has channels enough.
    var isReady = false
    /// The fault that the mesh of this hub has.
    let fault: MeshFault?

    init(_ me: PeerID, _ parameters: NodeParameters, _ random: Random, _ fault: MeshFault?) {
        gossip = Gossip(me, parameters.namespace)
        channels = ChannelNegotiations(me, parameters)
        (self.random, self.fault) = (random, fault)
    }
    var deadline: Instant? { [tendsAt, migratesAt].compactMap { $0 }.min() }
    /// 32 hexadecimal digits that no other message has.
    mutating func newID() -> String { random.bytes(16).hex }
    mutating func begin(_ now: Instant) { tendsAt = now + MeshPeers.interval }
    /// Whether the table has to be looked after now; `isRefresh`: own peers are told of again, too.
    mutating func tend(_ now: Instant) -> (isDue: Bool, isRefresh: Bool) {
        guard let at = tendsAt, at <= now else { return (false, false) }
        tendsAt = at + MeshPeers.interval
        tended += 1
        return (true, tended % MeshPeers.refresh == 0)
    }
    mutating func stop() { (tendsAt, migratesAt) = (nil, nil) }
}
