import Node

/// What the parameters of a hub say.
struct NodeParameters: Sendable {
    /// Connections at one time, the hub's own client counted.
    let maximumConnections: Int
    /// From the end of a connection to another hub until it is dialed again.
    let reconnect: Duration
    /// For how long a signal that is relayed is not relayed again.
    let window: Duration
    /// Who announces in this network is a hub.
    let namespace: NetworkName
    /// Whether it is a hub among hubs, or a server for its clients alone.
    let isHub: Bool
    /// How often a hub is dialed again.
    let redials: Int
    /// Whether it dials the hub at port 3000 of this machine where it is told of none.
    let dialsDefault: Bool
    /// The hub's rules as we would have them, not as version 1.1.3 has them.
    let isRobust: Bool

    init(_ settings: Settings) {
        maximumConnections = Int(settings[Name.maximumConnections]) ?? 1000
        reconnect = Self.duration(settings[Name.reconnect]) ?? .seconds(5)
        window = Self.duration(settings[Name.window]) ?? .seconds(5)
        namespace = .named(settings[Name.namespace])
        isHub = settings[Name.hub] != Self.off
        redials = Int(settings[Name.redials]) ?? Limits.redials
        dialsDefault = settings[Name.dialsDefault] == Self.on
        isRobust = settings.profile == "robust"
    }
    private static let on = "on"
    private static let off = "off"
    private enum Name {
        static let maximumConnections = "max_connections"
        static let reconnect = "reconnect"
        static let window = "window"
        static let namespace = "namespace"
        static let hub = "hub"
        static let redials = "redials"
        static let dialsDefault = "default_bootstrap"
    }
    private static func duration(_ text: String) -> Duration? {
        text.hasSuffix("s") ? Int64(text.dropLast()).map { .seconds($0) } : nil
    }
    static let parameters = [
        Parameter(
            Name.maximumConnections, "connections at one time, the hub's own client counted",
            choices: ["3", "100", "1000", "100000"], preset: "1000"),
        Parameter(
            Name.reconnect, "from the end of a connection to another hub until it is dialed again",
            choices: ["1s", "5s", "30s"], preset: "5s"),
        Parameter(
            Name.window, "for how long a signal that is relayed is not relayed again", choices: ["1s", "5s", "30s"],
            preset: "5s"),
        Parameter(
            Name.namespace, "the network whose members are hubs", choices: ["pigeonhub-mesh", "other-mesh"],
            preset: "pigeonhub-mesh"),
        Parameter(
            Name.hub, "whether it is a hub among hubs, or a server for its clients alone", choices: [on, off],
            preset: on),
        Parameter(
            Name.redials, "how often a hub that cannot be reached is dialed again", choices: ["0", "3", "10", "100"],
            preset: "\(Limits.redials)"),
        Parameter(
            Name.dialsDefault, "whether it dials the hub at port 3000 of this machine where it is told of none",
            choices: [off, on], preset: off),
    ]
}
