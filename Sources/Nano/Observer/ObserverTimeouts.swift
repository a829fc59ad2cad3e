/// How long the rules give a node for what it does among its peers, as expressions name it: longer than its own times,
/// which add up.
struct ObserverTimeouts: Sendable {
    let durations: [(name: String, duration: Duration)]

    init(_ rules: Ruleset) {
        let isDev = rules.network.id == .dev
        durations = [
            // NANO-48: until it contacts a peer that a keepalive named.
            ("reachout_time", .seconds(isDev ? 3 : 10)),
            // NANO-50: until it has passed on where a peer listens.
            ("spreading_time", .seconds(isDev ? 10 : 60)),
            // NANO-53, NANO-54: until it contacts a peer again. An attempt is remembered for most of it.
            ("recontact_time", .seconds(isDev ? 10 : 310)),
            // NANO-55: until it asks a new connection for votes.
            ("vote_time", .seconds(isDev ? 2 : 5)),
            // NANO-74: until it has sent telemetry.
            ("telemetry_time", .seconds(isDev ? 2 : 95)),
        ]
    }
}
