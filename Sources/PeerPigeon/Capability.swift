/// The abilities of a node, as in `needs` of scenarios.
enum Capability: String, CaseIterable {
    case client
    case offers
    case pings
    case hub
    case hubs
    case mesh
    case redial
    case few
    case tires
    case forgets
    case defaults
    case channels

    var summary: String {
        switch self {
        case .client: "is a client of the hubs that it is given"
        case .offers: "a client that offers channels to peers with smaller ids: with offers=on"
        case .pings: "a client that says ping within a minute: with keepalive=10s"
        case .hub: "serves clients"
        case .hubs: "is a hub among hubs, not a server for its clients alone: with hub=on"
        case .mesh: "dials the hubs that it is given"
        case .redial: "dials a hub again where the connection ends: not with redials=0"
        case .few: "takes three connections at most: with max_connections=3"
        case .tires: "dials a hub again three times at most: with redials=3"
        case .forgets: "relays the same signal again soon: with window=1s"
        case .defaults: "dials a hub at port 3000 if it is given none: with default_bootstrap=on"
        case .channels: "opens data channels to three other hubs: with channels=on, and not with max_channels=1 or 2"
        }
    }

    /// Returns the capabilities that a hub with these parameters lacks.
    static func lacking(_ parameters: NodeParameters) -> [Capability] {
        allCases.filter { capability in
            switch capability {
            case .client, .hub: false
            case .offers: !parameters.offers
            case .pings: parameters.keepalive > .seconds(60)
            case .hubs: !parameters.isHub
            case .mesh: !parameters.isHub || !parameters.dialsHubs
            case .redial: !parameters.isHub || !parameters.dialsHubs || parameters.redials == 0
            case .few: parameters.maximumConnections > 3
            case .tires: !parameters.isHub || !parameters.dialsHubs || parameters.redials > 3
            case .forgets: !parameters.isHub || parameters.window > .seconds(1)
            case .defaults: !parameters.isHub || !parameters.dialsHubs || !parameters.dialsDefault
            case .channels: !parameters.isMesh || !parameters.channels.isOn || parameters.channels.most < 3
            }
        }
    }
}
