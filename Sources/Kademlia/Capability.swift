import Libp2p
import Node

/// A capability of a node that `needs` of scenarios can name.
enum Capability: String, CaseIterable {
    case server
    case client
    case lookups
    case dial
    case noise
    case plaintext
    case ping
    case sequences
    case publicKeys = "public_keys"
    case short
    case refreshes
    case publicOnly = "public_only"
    case privateAddresses = "private_addresses"
    case identifies
    case largeMessages = "large_messages"
    case controls

    var summary: String {
        switch self {
        case .server: "is a server: with mode=server"
        case .client: "is a client, which answers no requests: with mode=client"
        case .lookups: "looks up, provides, stores and fetches on command"
        case .dial: "dials on command"
        case .noise: "supports Noise: not with security=plaintext"
        case .plaintext: "supports plaintext/2.0.0: not with security=noise"
        case .ping: "answers PING"
        case .sequences:
            "knows the namespace `seq`, in which the highest number is the best value: not with network=ipfs or network=lan"
        case .publicKeys: "knows the namespace `pk`"
        case .short: "has lifetimes of a few seconds: with lifetimes=short"
        case .refreshes: "refreshes its table on its own: not with refresh=off"
        case .publicOnly: "neither stores nor sends private addresses: with addresses=public"
        case .privateAddresses: "stores and sends private addresses: not with addresses=public"
        case .identifies: "learns from identify which peers are servers"
        case .largeMessages: "accepts messages of 4 MiB"
        case .controls: "answers questions about its table and its records"
        }
    }
    /// Returns the capabilities that a node lacks because of its settings.
    static func lacking(_ settings: Settings) -> [Capability] {
        let options = NodeParameters(settings).dht
        return allCases.filter { capability in
            switch capability {
            case .server: !options.isServer
            case .client: options.isServer
            case .noise, .plaintext: !Libp2pOptions.has(capability.rawValue, settings)
            case .short: options.providerLifetime > .seconds(60)
            case .refreshes: options.refresh == nil
            case .publicOnly: !options.isPublic
            case .privateAddresses: options.isPublic
            case .sequences: !options.hasSequences
            case .lookups, .dial, .ping, .publicKeys, .identifies, .largeMessages, .controls: false
            }
        }
    }
}
