/// The times that the rules allow a node for its actions among its peers, by their names in expressions. They are
/// longer than the node's own times, which add up.
struct ObserverTimeouts: Sendable {
    let durations: [(name: String, duration: Duration)]

    init(_ rules: Ruleset) {
        let isDev = rules.network.id == .dev
        durations = [
            // NANO-48: the time until it contacts a peer that a keepalive named.
            ("reachout_time", .seconds(isDev ? 3 : 10)),
            // NANO-50: the time until it has sent the listening endpoint of a peer to other peers.
            ("spreading_time", .seconds(isDev ? 30 : 60)),
            // NANO-53, NANO-54: the time until it contacts a peer again. For most of it, the last attempt is
            // remembered.
            ("recontact_time", .seconds(isDev ? 10 : 310)),
            // NANO-55: the time until it asks a new connection for votes.
            ("vote_time", .seconds(isDev ? 2 : 5)),
            // NANO-74: the time until it has sent telemetry.
            ("telemetry_time", .seconds(isDev ? 2 : 95)),
        ]
    }
}
