/// What a hub bears. All that a peer can make it keep has a limit here; connections have theirs in the parameters.
enum Limits {
    /// Bytes of a message: 1 MiB.
    static let message = 1 << 20
    /// Bytes that may wait for a client or a hub that does not read; more end the connection.
    static let unsent = 8 << 20
    /// Connections that said goodbye and are still open, beyond the maximum of connections.
    static let ghosts = 1000
    /// Bytes of what a peer announces of itself; of a longer announcement nothing but its network is taken.
    static let announced = 256 << 10
    /// The same of all peers, of this hub and of others, together.
    static let allAnnounced = 64 << 20
    /// Bytes of the name of a network as JSON; announcements with a longer one are passed over.
    static let networkName = 4096
    /// Networks that one peer is in at a time, where joining one does not leave the others.
    static let networks = 64
    /// Peers of other hubs that are remembered; further ones are told of and forgotten.
    static let remotePeers = 10_000
    /// Signals that are remembered because they were relayed; no more are relayed within that time.
    static let relays = 100_000
    /// Bytes of the target of a signal as JSON; what is longer is no peer anywhere.
    static let target = 256
    /// Bytes of what `/hubs` says hubs announced; beyond it their data is left out.
    static let hubList = 1 << 20
    /// The notices of departures that a hub sends before it serves its connections again. If many peers leave at once,
    /// it sends the rest later. It answers others in between, and peers that left meanwhile need no notice.
    static let noticesAtOnce = 2000
    /// The maximum number of departures that wait. For each further one, the hub reports the oldest at once.
    static let delayedDepartures = 10_000
    /// Dials of one hub after which no more follow, where the parameter says nothing else.
    static let redials = 10
}
