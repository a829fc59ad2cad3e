/// Every time and number that a node lives by. Those of the dev network are shorter, so that tests are.
///
/// In brackets the name in nano-node: lib/config.hpp `network_constants`, node/transport/tcp_config, node/syn_cookies,
/// node/network, node/peer_history, node/peer_exclusion and node/repcrawler. The README of the specification has them
/// in its tables of times, limits and bounds. Whatever a node keeps for others has its bound here.
struct Limits: Hashable, Sendable {
    /// Between keepalives (`keepalive_period`). A peer to which nothing else was sent for so long gets one.
    var keepalivePeriod: Duration
    /// Nothing sent or received for so long: closed (`idle_timeout`).
    var idle: Duration
    /// How often nano-node looks whether a connection is idle; we do not wait for it (`checkup` of a socket).
    var check: Duration
    /// An inbound connection that sends nothing for so long is closed, however much is sent to it
    /// (`silent_connection_tolerance_time`).
    var silence = Duration.seconds(120)
    /// An established connection on which we sent nothing for so long is closed (`cleanup_cutoff`). Never while
    /// keepalives are sent.
    var muteness: Duration
    /// A connection whose handshake takes longer is closed; nil for none, as up to V28 (`handshake_timeout`).
    var handshake: Duration?
    /// How long a cookie can be answered (`syn_cookie_cutoff`).
    var cookieLifetime = Duration.seconds(5)
    /// Cookies past their lifetime are only forgotten this often.
    var cookiePurge: Duration
    /// Open cookies for one address (`max_peers_per_ip`).
    var cookiesPerAddress: Int
    /// Connections with one address, and attempts to open one; more are accepted and closed without a byte
    /// (`max_peers_per_ip`).
    var connectionsPerAddress: Int
    /// The same for a subnetwork (`max_peers_per_subnetwork`); of connections that others open only IPv6 is counted.
    var connectionsPerSubnetwork: Int
    /// Connections that others opened (`max_inbound_connections`). nano-node of V27 and later takes 128 on dev and
    /// accepts no more until one ends; ours takes more there, so that the limit of an address can be reached.
    var inbound = 2048
    /// Connections that we opened (`max_outbound_connections`).
    var outbound: Int
    /// Connections that we are opening at one time (`max_attempts`).
    var dialing: Int
    /// The same to one address (`max_attempts_per_ip`).
    var dialingPerAddress: Int
    /// How long opening one may take before it does not count any more (`connect_timeout`).
    var connectTimeout: Duration
    /// Between contacting two peers of keepalives (`merge_period`).
    var mergePeriod: Duration
    /// How long an attempt to reach a peer is remembered: it is not tried again before (`cleanup_cutoff`).
    var attemptMemory: Duration
    /// Attempts that are remembered; beyond them no new peer is contacted. nano-node has no bound but its rate, which
    /// gives 1200 in 300 s.
    var attempts = 2048
    /// How often the connected peers are put down in the history (`peer_history` `check_interval`).
    var historyPeriod: Duration
    /// How long a peer stays in the history (`erase_cutoff`).
    var historyLifetime: Duration
    /// Peers in the history, ours: as many as there can be connections of one kind.
    var history = 2048
    /// How often disconnected configured peers are contacted while representative weight is short: always, for a node
    /// without a ledger (`rep_crawler` `ongoing_crawl`).
    var crawlPeriod: Duration
    /// How long an address is refused that was found out; longer when it is found out again (`exclude_time_hours`).
    var exclusion = Duration.seconds(3600)
    /// Addresses that are remembered for that (`size_max`).
    var exclusions = 5000
    /// Peers that an early generation, which contacts named peers at once, takes from bytes received at once: ours.
    var namedAtOnce = 64
    /// How long the payload of a publish or confirm_ack is remembered: duplicates are not processed
    /// (`network_filter` `age_cutoff`).
    var duplicates = Duration.seconds(60)
    /// Payloads that are remembered, ours: nano-node has a table of 2^20 slots.
    var duplicatesKept = 1 << 16
    /// Blocks that a node takes from others beside those it began with: ours.
    var publishedBlocks = 4096
    /// Messages for other peers that come of one piece of a stream (blocks of one peer that wait, `max_peer_queue`
    /// 128).
    var floodsAtOnce = 128
    /// Between two broadcasts of telemetry (`telemetry_broadcast_interval`).
    var telemetryPeriod: Duration
    /// A telemetry_req is not answered again before, up to V24 (`telemetry_request_cooldown`).
    var telemetryCooldown: Duration
    /// Requests of ascending bootstrap of one peer that wait (`bootstrap_server` `max_queue`).
    var pullQueue = 16
    /// Connections of legacy bootstrap (`bootstrap_connections_max`).
    var bootstrapConnections = 64

    init(_ rules: Ruleset) {
        let isDev = rules.network.id == .dev
        let isSmall = isDev || rules.network.id == .beta
        let isEarly = rules.profile.isEarly
        // nano-node sends after half of it, but only to some peers; up to V23 all to which nothing was sent for 60 s
        // get one.
        keepalivePeriod = .seconds(isDev ? 1 : [.v23, .legacy].contains(rules.profile) ? 60 : 15)
        idle = .seconds(isDev ? 15 : 120)
        check = .seconds(isDev ? 1 : 5)
        muteness = .seconds(isDev ? 5 : 300)
        handshake = rules.profile == .v29dev ? .seconds(30) : nil
        cookiePurge = .seconds(isEarly ? 10 : isDev ? 1 : 5)
        connectionsPerAddress = isEarly ? (isDev ? 20 : 10) : isSmall ? 256 : 4
        cookiesPerAddress = connectionsPerAddress
        connectionsPerSubnetwork = isEarly ? 4 * connectionsPerAddress : isSmall ? 256 : 16
        outbound = isDev ? 128 : 2048
        dialing = isDev ? 128 : 60
        dialingPerAddress = isDev ? 128 : 1
        connectTimeout = .seconds(isDev ? 5 : 60)
        mergePeriod = .milliseconds(isDev ? 10 : 250)
        attemptMemory = .seconds(isDev ? 5 : 300)
        historyPeriod = .seconds(isDev ? 1 : 15)
        historyLifetime = .seconds(isDev ? 10 : 3600)
        crawlPeriod = .milliseconds(isDev ? 500 : 3000)
        telemetryPeriod = .milliseconds(isDev ? 500 : 60_000)
        telemetryCooldown = .milliseconds(isDev ? 500 : 15_000)
    }
}
