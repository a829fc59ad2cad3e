/// Every time and number that a node lives by. Those of the dev network are shorter, so that tests are.
///
/// In brackets the name in nano-node: lib/config.hpp `network_constants`, node/transport/tcp_config and
/// node/syn_cookies.
struct Limits: Hashable, Sendable {
    /// Between keepalives to the same peer (`keepalive_period`).
    var keepalivePeriod: Duration
    /// Nothing sent or received for so long: closed (`idle_timeout`).
    var idle: Duration
    /// How often nano-node looks whether a connection is idle; we do not wait for it (`checkup` of a socket).
    var check: Duration
    /// An inbound connection that sends nothing for so long is closed, however much is sent to it
    /// (`silent_connection_tolerance_time`).
    var silence: Duration
    /// A connection whose handshake takes longer is closed; nil for none, as up to V28 (`handshake_timeout`).
    var handshake: Duration?
    /// How long a cookie can be answered (`syn_cookie_cutoff`).
    var cookieLifetime: Duration
    /// Cookies past their lifetime are only forgotten this often.
    var cookiePurge: Duration
    /// Open cookies for one address (`max_peers_per_ip`).
    var cookiesPerAddress: Int
    /// Connections with one address; more are accepted and closed without a byte (`max_peers_per_ip`).
    var connectionsPerAddress: Int
    /// Connections that others opened (`max_inbound_connections`).
    var inbound: Int
    /// After a connection to a configured peer ended or could not be made (attempts are forgotten after this).
    var redial: Duration

    init(_ rules: Ruleset) {
        let isDev = rules.network.id == .dev
        let isSmall = isDev || rules.network.id == .beta
        keepalivePeriod = .seconds(isDev ? 1 : 15)
        idle = .seconds(isDev ? 15 : 120)
        check = .seconds(isDev ? 1 : 5)
        silence = .seconds(120)
        handshake = rules.profile == .v29dev ? .seconds(30) : nil
        cookieLifetime = .seconds(5)
        cookiePurge = .seconds(isDev ? 1 : 5)
        cookiesPerAddress = isSmall ? 256 : 4
        connectionsPerAddress = isSmall ? 256 : 4
        inbound = 2048
        redial = .seconds(isDev ? 5 : 300)
    }
}
