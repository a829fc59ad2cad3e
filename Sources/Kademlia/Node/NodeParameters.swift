import Libp2p
import Node

/// The parameters of a node of a DHT.
struct NodeParameters: Sendable {
    let dht: DHTOptions

    init(_ settings: Settings) {
        var options = DHTOptions(network: settings[Name.network]) ?? DHTOptions()
        options.isServer = settings[Name.mode] != Self.client
        options.isPublic = settings[Name.addresses] == Self.published
        if settings[Name.refresh] == Self.off { options.refresh = nil }
        if settings[Name.lifetimes] == Self.short {
            options.providerLifetime = .seconds(4)
            options.addressLifetime = .seconds(2)
            options.valueLifetime = .seconds(4)
            options.republish = .seconds(2)
            options.requestPatience = .seconds(2)
            options.streamPatience = .seconds(4)
            options.advertising = .milliseconds(3500)
            if options.refresh != nil { options.refresh = .seconds(4) }
        }
        dht = options
    }
    private static let client = "client"
    private static let published = "public"
    private static let off = "off"
    private static let short = "short"
    enum Name {
        static let mode = "mode"
        static let network = "network"
        static let addresses = "addresses"
        static let lifetimes = "lifetimes"
        static let refresh = "refresh"
    }
    static let parameters = [
        Parameter(
            Name.mode, "whether the node answers requests, and so is in the tables of others",
            choices: ["server", client], preset: "server"),
        Parameter(
            Name.network, "the DHT: the prefix of its protocol id, such as /meshspec/kad/1.0.0",
            choices: DHTOptions.prefixes.keys.sorted(), preset: "meshspec"),
        Parameter(
            Name.addresses, "whether addresses of private networks and of the same machine are stored and sent",
            choices: ["any", published], preset: "any"),
        Parameter(
            Name.lifetimes,
            "the lifetimes of records: 48 hours, or a few seconds for tests, with times for requests and streams to match",
            choices: ["standard", short], preset: "standard"),
        Parameter(
            Name.refresh, "whether the node refreshes its table on its own", choices: ["on", off], preset: "on"),
    ]
    /// The times that scenarios may use.
    var durations: [(name: String, duration: Duration)] {
        [
            ("request_timeout", dht.requestPatience), ("stream_idle", dht.streamPatience),
            ("provider_lifetime", dht.providerLifetime), ("address_lifetime", dht.addressLifetime),
            ("value_lifetime", dht.valueLifetime), ("republish", dht.republish),
            ("refresh_interval", dht.refresh ?? .seconds(600)), ("advertising", dht.advertising),
        ]
    }
}
