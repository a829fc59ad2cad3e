import Node

/// The names of the profiles.
enum Profile {
    static let robust = "robust"
    static let last = "v1.1.3"
    static let first = "v1.0.9"
    static let seed = "seed"
}

/// The parsed parameters of a hub or client.
struct NodeParameters: Sendable {
    /// The maximum number of connections at one time, with the hub's own client.
    let maximumConnections: Int
    /// The time from the end of a connection to another hub until the next attempt.
    let reconnect: Duration
    /// The time for which a relayed signal is not relayed again.
    let window: Duration
    /// The network whose members are hubs.
    let namespace: NetworkName
    /// True for a hub among hubs, false for a server for its clients alone.
    let isHub: Bool
    /// The maximum number of attempts to connect to a hub again.
    let redials: Int
    /// True if it connects to the hub at port 3000 of this machine when no hub is given.
    let dialsDefault: Bool
    /// True for our own rules of a hub, false for the rules of version 1.1.3.
    let isRobust: Bool
    /// True for the rules of version 1.0.9. The hub relays the same signal again, keeps no peers of other hubs, and
    /// reports no departures to them.
    let isFirst: Bool
    /// The network that a client joins.
    let network: NetworkName
    /// The interval of a client's pings.
    let keepalive: Duration
    /// True if a client offers a data channel to discovered peers.
    let offers: Bool

    /// True if it forms one mesh with the connected hubs, over any number of hops.
    let isMesh: Bool
    /// True if it dials the configured hubs.
    let dialsHubs: Bool
    /// The maximum number of hubs that a signal passes.
    let hops: Int64
    /// The number of hubs with a channel to which a signal is passed on; nil: all.
    let fanout: Int?
    /// The measure of distance between a hub and the target of a signal.
    let metric: Distance.Metric
    let channels: Channels

    /// The parameters of data channels between hubs of a mesh.
    struct Channels: Sendable {
        var isOn: Bool
        /// The number of channels after which the hub is ready to leave WebSocket. Channels to all neighbours are
        /// enough too.
        var least: Int
        var most: Int
        /// The time from readiness until WebSocket connections are closed.
        var delay: Duration
    }

    init(_ settings: Settings) {
        maximumConnections = Int(settings[Name.maximumConnections]) ?? 1000
        reconnect = Self.duration(settings[Name.reconnect]) ?? .seconds(5)
        window = Self.duration(settings[Name.window]) ?? .seconds(5)
        namespace = .named(settings[Name.namespace])
        isHub = settings[Name.hub] != Self.off
        redials = Int(settings[Name.redials]) ?? Limits.redials
        dialsDefault = settings[Name.dialsDefault] == Self.on
        isMesh = settings.profile == Profile.seed && settings[Name.hub] != Self.off
        dialsHubs = !isMesh || settings[Name.dialsHubs] != Self.off
        isFirst = settings.profile == Profile.first
        isRobust = settings.profile != Profile.last && !isFirst
        hops = Int64(settings[Name.hops]) ?? Gossip.ttl
        fanout = settings[Name.fanout] == Self.all ? nil : Int(settings[Name.fanout]) ?? 2
        metric = Distance.Metric(rawValue: settings[Name.metric]) ?? .digitSum
        channels = Channels(
            isOn: settings[Name.channels] == Self.on, least: Int(settings[Name.leastChannels]) ?? 2,
            most: Int(settings[Name.mostChannels]) ?? 3, delay: Self.duration(settings[Name.delay]) ?? .seconds(10))
        network = .named(settings[Name.network])
        keepalive = Self.duration(settings[Name.keepalive]) ?? .seconds(540)
        offers = settings[Name.offers] != Self.off
    }
    private static let on = "on"
    private static let off = "off"
    private static let all = "all"
    private enum Name {
        static let maximumConnections = "max_connections"
        static let reconnect = "reconnect"
        static let window = "window"
        static let namespace = "namespace"
        static let hub = "hub"
        static let redials = "redials"
        static let dialsDefault = "default_bootstrap"
        static let dialsHubs = "auto_connect"
        static let network = "network"
        static let keepalive = "keepalive"
        static let offers = "offers"
        static let hops = "hops"
        static let fanout = "fanout"
        static let metric = "metric"
        static let channels = "channels"
        static let leastChannels = "min_channels"
        static let mostChannels = "max_channels"
        static let delay = "migration_delay"
    }
    private static func duration(_ text: String) -> Duration? {
        text.hasSuffix("s") ? Int64(text.dropLast()).map { .seconds($0) } : nil
    }
    static let parameters =
        [
            Parameter(
                Name.maximumConnections, "connections at one time, the hub's own client counted",
                choices: ["3", "100", "1000", "100000"], preset: "1000"),
            Parameter(
                Name.reconnect, "from the end of a connection to another hub until it is dialed again",
                choices: ["1s", "5s", "30s"], preset: "5s"),
            Parameter(
                Name.window, "for how long a signal that is relayed is not relayed again",
                choices: ["1s", "5s", "30s"],
                preset: "5s"),
            Parameter(
                Name.namespace, "the network whose members are hubs", choices: ["pigeonhub-mesh", "other-mesh"],
                preset: "pigeonhub-mesh"),
            Parameter(
                Name.hub, "whether it is a hub among hubs, or a server for its clients alone", choices: [on, off],
                preset: on),
            Parameter(
                Name.redials, "how often a hub that cannot be reached is dialed again",
                choices: ["0", "3", "10", "100"],
                preset: "\(Limits.redials)"),
            Parameter(
                Name.dialsDefault, "whether it dials the hub at port 3000 of this machine if it is given none",
                choices: [off, on], preset: off),
            Parameter(
                Name.network, "the network that a client joins", choices: ["global", "room"], preset: "global"),
            Parameter(Name.keepalive, "how often a client says ping", choices: ["10s", "540s"], preset: "540s"),
            Parameter(
                Name.offers, "whether a client offers a data channel to peers with smaller ids that it discovers",
                choices: [on, off], preset: on),
        ] + mesh
    /// Returns the parameters that have no effect on a hub or client over sockets, each with the reason.
    static func idle(_ settings: Settings, isClient: Bool) -> [Named] {
        let ofClients = [Name.network, Name.keepalive, Name.offers]
        if isClient {
            return parameters.filter { !ofClients.contains($0.name) }.map { Named($0.name, "a client does not use it") }
        }
        var out = ofClients.map { Named($0, "a hub does not use it") }
        if !NodeParameters(settings).dialsHubs {
            out += [Name.reconnect, Name.redials, Name.dialsDefault].map {
                Named($0, "a hub with \(Name.dialsHubs)=\(off) dials no configured hub")
            }
        }
        if !NodeParameters(settings).isMesh {
            out += mesh.map { Named($0.name, "only hubs of the profile \(Profile.seed) use it") }
        }
        return out
    }
    /// The parameters of hubs of the profile `seed`.
    private static let mesh = [
        Parameter(
            Name.dialsHubs, "whether it dials the hubs of its configuration", choices: [on, off], preset: on),
        Parameter(
            Name.hops, "over how many hubs of a mesh a signal goes at most", choices: ["4", "40"],
            preset: "\(Gossip.ttl)"),
        Parameter(
            Name.fanout, "to how many hubs by their channels a signal is passed on, the nearest to its target",
            choices: ["2", all], preset: "2"),
        Parameter(
            Name.metric, "which hubs are near: by the sum of the XOR of digits, or by the XOR of whole ids",
            choices: Distance.Metric.allCases.map(\.rawValue), preset: Distance.Metric.digitSum.rawValue),
        Parameter(
            Name.channels,
            "whether hubs of a mesh leave WebSocket for data channels (`simulate`: for other WebSocket connections)",
            choices: [off, on], preset: off),
        Parameter(
            Name.leastChannels, "channels that make a hub ready to leave WebSocket", choices: ["1", "2", "3"],
            preset: "2"),
        Parameter(
            Name.mostChannels, "channels that a hub has at most", choices: ["1", "2", "3", "8"], preset: "3"),
        Parameter(
            Name.delay, "from readiness until WebSocket is left", choices: ["0s", "1s", "10s"], preset: "10s"),
    ]

    /// The environment variables of a hub, as in the design document.
    static func variables(of kind: String) -> NodeVariables {
        NodeVariables(
            profile: Profile.seed, kind: kind, port: Named("PORT", "the port of the hub"),
            peers: Named("BOOTSTRAP_HUBS", "the hubs that it dials"), alone: [Name.dialsDefault: on])
    }
}
