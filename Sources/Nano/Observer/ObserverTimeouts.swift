/// How long the rules give a node for what it does among its peers: longer than its own times, which add up.
struct ObserverTimeouts: Sendable {
    /// NANO-48: until it contacts a peer that a keepalive named.
    var reachout: Duration
    /// NANO-50: until it has passed on where a peer listens.
    var spreading: Duration
    /// NANO-53, NANO-54: until it contacts a peer again. An attempt is remembered for most of it.
    var recontact: Duration
    /// NANO-55: until it asks a new connection for votes.
    var votes: Duration
    /// NANO-74: until it has sent telemetry.
    var telemetry: Duration

    init(_ rules: Ruleset) {
        let isDev = rules.network.id == .dev
        reachout = .seconds(isDev ? 3 : 10)
        spreading = .seconds(isDev ? 10 : 60)
        recontact = .seconds(isDev ? 10 : 310)
        votes = .seconds(isDev ? 2 : 5)
        telemetry = .seconds(isDev ? 2 : 95)
    }
    /// As expressions name them.
    var durations: [(name: String, duration: Duration)] {
        [
            ("reachout_time", reachout), ("spreading_time", spreading), ("recontact_time", recontact),
            ("vote_time", votes), ("telemetry_time", telemetry),
        ]
    }
}
