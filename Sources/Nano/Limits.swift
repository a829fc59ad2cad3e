/// All times and limits of a node. On the dev network they are shorter, so that tests are shorter too.
///
/// The name in nano-node is in brackets: lib/config.hpp `network_constants`, node/transport/tcp_config,
/// node/syn_cookies, node/network, node/peer_history, node/peer_exclusion and node/repcrawler. The tables of times,
/// limits and bounds in the README of the specification list them too. All state that a node keeps for other nodes has
/// its bound here.
struct Limits: Hashable, Sendable {
    /// The time between keepalives (`keepalive_period`). A peer to which no other message was sent for this time gets
    /// one.
    var keepalivePeriod: Duration
    /// The time after which a connection without traffic in either direction is closed (`idle_timeout`).
    var idle: Duration
    /// The time between two checks of nano-node for idle connections (`checkup` of a socket). Our node does not wait
    /// for it.
    var check: Duration
    /// The time after which an inbound connection is closed if the other side has sent no bytes
    /// (`silent_connection_tolerance_time`). Bytes sent to the other side do not count.
    var silence = Duration.seconds(120)
    /// The time after which an established connection is closed if we have sent no bytes (`cleanup_cutoff`). It never
    /// passes while keepalives are sent.
    var muteness: Duration
    /// The time after which a connection with an incomplete handshake is closed; nil for no limit, as up to V28
    /// (`handshake_timeout`).
    var handshake: Duration?
    /// The time within which a cookie can be answered (`syn_cookie_cutoff`).
    var cookieLifetime = Duration.seconds(5)
    /// The time between two purges of cookies past their lifetime.
    var cookiePurge: Duration
    /// The most open cookies for one address (`max_peers_per_ip`).
    var cookiesPerAddress: Int
    /// The most connections with one address, and the most attempts to open one. Further connections are accepted and
    /// closed without a byte (`max_peers_per_ip`).
    var connectionsPerAddress: Int
    /// The same limit for a subnetwork (`max_peers_per_subnetwork`). Of inbound connections, only IPv6 ones are
    /// counted.
    var connectionsPerSubnetwork: Int
    /// The most inbound connections (`max_inbound_connections`). From V27 on, nano-node allows 128 on dev and accepts
    /// no further ones until one ends. Our node allows more there, so that the limit of an address can be reached.
    var inbound = 2048
    /// The most outbound connections (`max_outbound_connections`).
    var outbound: Int
    /// The most outbound connections that are being opened at one time (`max_attempts`).
    var dialing: Int
    /// The same limit for one address (`max_attempts_per_ip`).
    var dialingPerAddress: Int
    /// The time for which an outbound connection counts as being opened (`connect_timeout`).
    var connectTimeout: Duration
    /// The time between contacting two peers of keepalives (`merge_period`).
    var mergePeriod: Duration
    /// The time for which an attempt to reach a peer is remembered. The peer is not tried again before this time has
    /// passed (`cleanup_cutoff`).
    var attemptMemory: Duration
    /// The most attempts that are remembered. Above it, no new peer is contacted. nano-node limits only the rate, which
    /// gives 1200 in 300 s.
    var attempts = 2048
    /// The time between two updates of the stored peers with the connected ones (`peer_history` `check_interval`; up to
    /// V25 `peer_dump_interval`).
    var historyPeriod: Duration
    /// The time for which a peer is kept in the history (`erase_cutoff`).
    var historyLifetime: Duration
    /// The most peers in the history, a limit of our node. It is the greatest limit of connections of one kind.
    var history = 2048
    /// The time between two contacts of disconnected configured peers while representative weight is short
    /// (`rep_crawler` `ongoing_crawl`).
    var crawlPeriod: Duration
    /// The time for which an excluded address is refused; longer when it is excluded again (`exclude_time_hours`).
    var exclusion = Duration.seconds(3600)
    /// The most addresses that are remembered as excluded (`size_max`).
    var exclusions = 5000
    /// The most named peers that are taken from bytes received at one time, a limit of our node. It is for early
    /// generations, which contact named peers at once.
    var namedAtOnce = 64
    /// The time for which the payload of a publish or confirm_ack is remembered. Duplicates are not processed
    /// (`network_filter` `age_cutoff`).
    var duplicates = Duration.seconds(60)
    /// The most payloads that are remembered, a limit of our node. nano-node has a table of 2^20 slots.
    var duplicatesKept = 1 << 16
    /// The most blocks that a node accepts in addition to its initial blocks, a limit of our node.
    var publishedBlocks = 4096
    /// The most messages for other peers that one piece of a stream causes (in nano-node the waiting blocks of one
    /// peer, `max_peer_queue` 128).
    var floodsAtOnce = 128
    /// The time between two broadcasts of telemetry (`telemetry_broadcast_interval`).
    var telemetryPeriod: Duration
    /// The time for which the telemetry of a peer is kept (`telemetry_cache_cutoff`).
    var telemetryLifetime: Duration
    /// The time before a further telemetry_req is answered, up to V24 (`telemetry_cache_cutoffs`). Since V25 no request
    /// is answered, and nano-node ignores requests that arrive sooner (`telemetry_request_cooldown`).
    var telemetryCooldown: Duration
    /// The most waiting requests for ascending bootstrap of one peer (`bootstrap_server` `max_queue`).
    var pullQueue = 16
    /// The most connections of legacy bootstrap (`bootstrap_connections_max`).
    var bootstrapConnections = 64

    init(_ rules: Ruleset) {
        let isDev = rules.network.id == .dev
        let isSmall = isDev || rules.network.id == .beta
        let isEarly = rules.profile.isEarly
        // nano-node sends after half of this time, but only to some peers. Up to V23, all peers get a keepalive if no
        // message was sent to them for 60 s.
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
        historyPeriod = .seconds(isDev ? 1 : isEarly ? 300 : 15)
        historyLifetime = .seconds(isDev ? 10 : 3600)
        crawlPeriod = .milliseconds(isDev ? 500 : 3000)
        telemetryPeriod = .milliseconds(isDev ? 500 : 60_000)
        telemetryLifetime = .seconds(isDev ? 2 : 130)
        telemetryCooldown =
            isEarly
            ? .seconds(isDev ? 3 : rules.network.id == .beta ? 15 : 60) : .milliseconds(isDev ? 500 : 15_000)
    }
}
