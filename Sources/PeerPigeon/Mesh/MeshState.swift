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
    var readers: [MeshLink: ChannelReader] = [:]
    /// The other hubs of the mesh; only if another node opens data channels.
    var hubs = KnownHubs()
    /// The requests to the node that opens data channels.
    var calls: [ChannelCall] = []
    /// The source of gossip ids.
    private var random: Random
    /// The time of the next maintenance.
    private(set) var tendsAt: Instant?
    private var tended = 0
    /// The time at which links with a channel leave WebSocket; nil: not needed.
    var migratesAt: Instant?
    /// True if the hub has reported that it has enough channels.
    var isReady = false
    /// True if the hub has reported that it left WebSocket.
    var hasMigrated = false
    /// The last events, oldest first.
    private(set) var events: [MeshEvent] = []
    static let eventLimit = 256
    /// The seeded fault in the mesh of this hub.
    let fault: MeshFault?

    init(_ me: PeerID, parameters: NodeParameters, random: Random, fault: MeshFault?) {
        gossip = Gossip(me, parameters.namespace)
        channels = ChannelNegotiations(me, parameters)
        (self.random, self.fault) = (random, fault)
    }
    var deadline: Instant? { [tendsAt, migratesAt].compactMap { $0 }.min() }
    mutating func keep(_ event: MeshEvent) {
        events.append(event)
        if events.count > Self.eventLimit { events.removeFirst() }
    }
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

/// A link to a neighbour.
enum MeshLink: Hashable, Comparable, Sendable {
    /// A WebSocket connection, or the stand-in of a data channel.
    case socket(LinkID)
    /// A connection with a data channel, by the number that this hub gave it.
    case channel(UInt64)
}

/// The neighbours of a hub, each with the links to it: a data channel, WebSocket connections, or both.
struct Neighbours: Sendable {
    struct Neighbour: Sendable {
        var channel: MeshLink?
        /// The time since which the channel is open.
        var since = Instant.zero
        /// The WebSocket connections, opened by either side.
        var sockets: [LinkID] = []
        /// The address to which this hub connected; nil: the neighbour connected.
        var dialed: Endpoint?
        /// The link for messages to the neighbour.
        var link: MeshLink? { channel ?? sockets.first.map { .socket($0) } }
    }
    private(set) var all: [PeerID: Neighbour] = [:]
    private var owners: [MeshLink: PeerID] = [:]

    /// Returns the hub at the other end.
    func hub(_ link: MeshLink) -> PeerID? { owners[link] }
    func hub(_ link: LinkID) -> PeerID? { owners[.socket(link)] }
    var channelCount: Int { all.values.count { $0.channel != nil } }
    /// The ids in order, which is the same in each hub.
    var ids: [PeerID] { all.keys.sorted { $0.text < $1.text } }

    mutating func addSocket(_ link: LinkID, _ hub: PeerID, dialed: Endpoint?) {
        guard owners[.socket(link)] == nil else { return }
        owners[.socket(link)] = hub
        all[hub, default: Neighbour()].sockets.append(link)
        if let dialed { all[hub]?.dialed = dialed }
    }
    mutating func setChannel(_ link: MeshLink, _ hub: PeerID, _ now: Instant) {
        owners[link] = hub
        all[hub, default: Neighbour()].channel = link
        all[hub]?.since = now
    }
    /// Removes a link that ended. Returns the neighbour with its remaining links. A neighbour without links is removed.
    mutating func remove(_ link: MeshLink) -> (hub: PeerID, left: Neighbour)? {
        guard let hub = owners.removeValue(forKey: link), var left = all[hub] else { return nil }
        if left.channel == link { left.channel = nil }
        left.sockets.removeAll { .socket($0) == link }
        all[hub] = left.link == nil ? nil : left
        return (hub, left)
    }
}

/// The data channels between hubs that are being opened. The hub with the larger id opens the channel.
///
/// Another node opens them (`ChannelUser`). Simulations of whole meshes replace them by a WebSocket connection to the port
/// above the hub's port, whose texts and binary messages are those that the data channel would carry.
struct ChannelNegotiations: Sendable {
    /// The label of the channel between hubs, and the path that its stand-in requests.
    static let label = ChannelMessages.label

    private let me: PeerID
    private let most: Int
    private let isOn: Bool
    /// The sessions of the channels that this hub opens.
    private var opening: [PeerID: UInt64] = [:]
    private var dialed: [Endpoint: PeerID] = [:]
    /// The hubs whose offers this hub answered, which may connect now, each with the number of the connection.
    private var expected: [PeerID: UInt64] = [:]
    private var last: UInt64 = 0

    init(_ me: PeerID, _ parameters: NodeParameters) {
        (self.me, most, isOn) = (me, parameters.channels.most, parameters.channels.isOn)
    }
    /// Returns true if one more channel may be opened while `count` are open.
    private func hasRoom(_ count: Int) -> Bool { isOn && count + opening.count + expected.count < most }

    /// Begins a channel to a hub. Returns true if this hub should offer one.
    mutating func begins(_ hub: PeerID, _ session: UInt64, standing: Int) -> Bool {
        guard me.text > hub.text, hasRoom(standing), opening[hub] == nil else { return false }
        opening[hub] = session
        return true
    }
    /// Returns true if this hub should answer an offer.
    mutating func answers(_ hub: PeerID, standing: Int) -> Bool {
        // Like real hubs, this hub refuses an offer of a smaller id.
        guard hub.text > me.text, expected[hub] != nil || hasRoom(standing) else { return false }
        expected[hub] = expected[hub] ?? 0
        return true
    }
    /// Takes the address for a channel from the other hub. Returns false if this hub did not offer a channel.
    mutating func dials(_ at: Endpoint, _ hub: PeerID, _ session: UInt64) -> Bool {
        guard opening[hub] == session, dialed[at] == nil else { return false }
        dialed[at] = hub
        return true
    }
    /// Returns the hub to which a connection of this hub is the channel; nil if the connection is not a channel.
    mutating func opened(_ at: Endpoint) -> PeerID? {
        guard let hub = dialed.removeValue(forKey: at) else { return nil }
        opening[hub] = nil
        return hub
    }
    /// Returns true if a connection from a hub is the channel that the hub may open.
    mutating func accepts(_ hub: PeerID) -> Bool { expected.removeValue(forKey: hub) != nil }
    mutating func forget(_ hub: PeerID) {
        opening[hub] = nil
        expected[hub] = nil
        dialed = dialed.filter { $0.value != hub }
    }
}

// The numbers of the connections that another node opens.
extension ChannelNegotiations {
    /// Returns the number of a new connection that this hub offers; nil if it should not offer one.
    mutating func offer(_ hub: PeerID, standing: Int) -> UInt64? {
        guard begins(hub, last + 1, standing: standing) else { return nil }
        last += 1
        return last
    }
    /// Returns the number of a new connection that the other hub offers, and the number of the one that it replaces;
    /// nil if this hub should not answer.
    mutating func answer(_ hub: PeerID, standing: Int) -> (number: UInt64, old: UInt64?)? {
        let old = expected[hub]
        guard answers(hub, standing: standing) else { return nil }
        last += 1
        expected[hub] = last
        return (last, old)
    }
    /// Returns the number of the connection to a hub that is being opened.
    func number(_ hub: PeerID) -> UInt64? { opening[hub] ?? expected[hub] }
    /// Returns the hub of a connection that is being opened.
    func hub(_ number: UInt64) -> PeerID? {
        (opening.first { $0.value == number } ?? expected.first { $0.value == number })?.key
    }
}
