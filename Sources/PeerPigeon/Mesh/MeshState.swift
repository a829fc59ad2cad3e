import Node
import Wire

/// The state of the hub mesh in a hub of the design document (profile `seed`): its neighbours and their links, the
/// known peers, and the messages that it has passed on.
struct MeshState: Sendable {
    /// The neighbours of this hub.
    var neighbours = Neighbours()
    /// The peers of other hubs, near or far.
    var peers = MeshPeers()
    var gossip: Gossip
    var channels: ChannelNegotiations
    /// The readers of the open channels.
    var readers: [LinkID: ChannelReader] = [:]
    /// The source of gossip ids.
    private var random: Random
    /// The time of the next maintenance.
    private(set) var tendsAt: Instant?
    private var tended = 0
    /// The time at which links with a channel leave WebSocket; nil: not needed.
    var migratesAt: Instant?
    /// True if the hub has reported that it has enough channels.
    var isReady = false
    /// The seeded fault in the mesh of this hub.
    let fault: MeshFault?

    init(_ me: PeerID, parameters: NodeParameters, random: Random, fault: MeshFault?) {
        gossip = Gossip(me, parameters.namespace)
        channels = ChannelNegotiations(me, parameters)
        (self.random, self.fault) = (random, fault)
    }
    var deadline: Instant? { [tendsAt, migratesAt].compactMap { $0 }.min() }
    /// Returns 32 hexadecimal digits that are unique to a message.
    mutating func newID() -> String { random.bytes(16).hex }
    mutating func begin(_ now: Instant) { tendsAt = now + MeshPeers.interval }
    /// Returns true in `isDue` if maintenance is due now, and in `isRefresh` if own peers must be reported again too.
    mutating func tend(_ now: Instant) -> (isDue: Bool, isRefresh: Bool) {
        guard let at = tendsAt, at <= now else { return (false, false) }
        tendsAt = at + MeshPeers.interval
        tended += 1
        return (true, tended % MeshPeers.refresh == 0)
    }
    mutating func stop() { (tendsAt, migratesAt) = (nil, nil) }
}
