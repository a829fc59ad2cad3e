/// The limits of a hub. Everything that a peer can make it keep has a limit here, except connections, which are limited
/// by the parameters.
enum Limits {
    /// The maximum number of bytes of a message: 1 MiB.
    static let message = 1 << 20
    /// The maximum number of bytes that may wait for a client or a hub that does not read; more end the connection.
    static let unsent = 8 << 20
    /// The maximum number of open connections that have sent goodbye, beyond the maximum of connections.
    static let ghosts = 1000
    /// The maximum number of bytes of a peer's announced data. Of a longer announcement only the network is used.
    static let announced = 256 << 10
    /// The maximum number of bytes of the announced data of all peers together, of this hub and of others.
    static let allAnnounced = 64 << 20
    /// The maximum number of bytes of a network name as JSON; announcements with a longer one are ignored.
    static let networkName = 4096
    /// The maximum number of networks of one peer at a time, in profiles in which joining one does not leave the
    /// others.
    static let networks = 64
    /// The maximum number of remembered peers of other hubs; further ones are reported and forgotten.
    static let remotePeers = 10_000
    /// The maximum number of hubs of a mesh that a hub remembers.
    static let hubs = 1_000
    /// The maximum number of relayed signals that are remembered; no more are relayed within that time.
    static let relays = 100_000
    /// The maximum number of bytes of the target of a signal as JSON; a longer one cannot be a peer.
    static let target = 256
    /// The maximum number of bytes of announced data in `/hubs`; beyond it the data of hubs is left out.
    static let hubList = 1 << 20
    /// The notices of departures that a hub sends before it serves its connections again. If many peers leave at once,
    /// it sends the rest later. It answers others in between, and peers that left meanwhile need no notice.
    static let noticesAtOnce = 2000
    /// The maximum number of departures that wait. For each further one, the hub reports the oldest at once.
    static let delayedDepartures = 10_000
    /// The default number of attempts to connect to a hub again.
    static let redials = 10
}
