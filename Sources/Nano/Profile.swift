internal import Glibc
import Node

/// Which generation of nano-node a node behaves like.
enum Profile: String, CaseIterable, Sendable {
    /// V27.1 and V28: handshake V2, V1 with old peers.
    case v28
    /// V21 to V24: handshake V1 only. Held only to what all of them do.
    case legacy
    /// V23.3: protocol version 0x12, no ascending bootstrap; closes on any malformed message.
    case v23
    /// V24.0: protocol version 0x13, ascending bootstrap of blocks and accounts.
    case v24
    /// The development branch of 2026: handshake V3, V2 and V1 with old peers; closes on any malformed message.
    case v29dev

    var summary: String {
        switch self {
        case .v28: "V27.1 and V28: protocol version 0x15, handshake V2"
        case .legacy: "V21 to V24, what all of them do: protocol version 0x12, handshake V1"
        case .v23: "V23.3: protocol version 0x12, handshake V1"
        case .v24: "V24.0: protocol version 0x13, handshake V1"
        case .v29dev: "development branch of 2026: protocol version 0x16, handshake V3"
        }
    }
    /// Whether it is of the time before V25: handshake V1, keepalives that are worked off at once, legacy bootstrap.
    var isEarly: Bool { self == .legacy || self == .v23 || self == .v24 }
    /// Highest version, the one in use.
    var versionUsing: UInt8 {
        switch self {
        case .legacy, .v23: 0x12
        case .v24: 0x13
        case .v28: 0x15
        case .v29dev: 0x16
        }
    }
    /// Lowest `version_using` of others that is taken.
    var versionMin: UInt8 { isEarly ? 0x12 : 0x14 }
    /// Highest version of the handshake.
    var handshake: UInt8 {
        switch self {
        case .legacy, .v23, .v24: 1
        case .v28: 2
        case .v29dev: 3
        }
    }
    /// Handshake bits that its parser knows, query, response and one for each version from V2 on; it reads others as if
    /// they were not set.
    var handshakeBits: UInt16 { (2 << UInt16(handshake)) - 1 }
    /// Whether a message with bad content ends the connection (nano-node keeps it from V24 to V28).
    var closesOnContentErrors: Bool { self == .v29dev || self == .v23 }
    /// Whether a block with too little work does.
    var closesOnTooLittleWork: Bool { self == .v29dev }
    /// Whether a handshake message with neither query nor response ends the connection; early nodes pass over it.
    var closesOnEmptyHandshake: Bool { !isEarly }
    /// Whether one that is passed over counts as the query of its connection: the next query is a second one.
    var takesEmptyHandshakeForQuery: Bool { self == .v23 || self == .v24 }
    /// Whether a second connection of a node id from one address is closed; early nodes do not compare.
    var closesDuplicateIDs: Bool { !isEarly }
    /// Whether a message that only works after the handshake ends the connection when it comes before; up to V25 it
    /// was passed over.
    var closesOnEarlyMessages: Bool { !isEarly }
    /// Whether a legacy bootstrap request before the handshake turns the connection into one for bootstrapping.
    var hasBootstrapMode: Bool { self != .v29dev }
    /// Whether legacy bootstrap is served, and not only taken (V27.1 serves it, some of V28 do not: `v28` stands for
    /// those).
    var servesLegacyBootstrap: Bool { isEarly }
    /// Whether telemetry is sent unasked, and requests are not answered (since V25).
    var broadcastsTelemetry: Bool { !isEarly }
    /// Whether votes that are passed on say so.
    var marksRebroadcast: Bool { !isEarly }
    /// The software version in telemetry: major, minor, patch, pre-release.
    var software: (UInt8, UInt8, UInt8, UInt8) {
        switch self {
        case .legacy: (22, 0, 0, 0)
        case .v23: (23, 3, 0, 0)
        case .v24: (24, 0, 0, 0)
        case .v28: (28, 0, 0, 0)
        case .v29dev: (29, 0, 0, 99)
        }
    }
    /// The capabilities of a V3 response: 1 for topo_index.
    var capabilities: UInt64 { highestPull >= PullType.topoIndex.rawValue ? 1 : 0 }
    /// Whether the type is checked before the network.
    var checksTypeFirst: Bool { self == .v29dev }
    /// Whether its parser knows vote_relay.
    var hasVoteRelay: Bool { self == .v29dev }
    /// Whether the peers that a keepalive names are contacted at once, its sender among them (up to V25), and not one
    /// after the other by a loop of its own.
    var contactsAtOnce: Bool { isEarly }
    /// Whether peers that were connected once are contacted again while the node runs (before V26 only when it
    /// started).
    var hasPeerHistory: Bool { !isEarly }
    /// The number of peers of which a fraction is taken for a message to some of the peers.
    func fanout(_ peers: Int) -> Double {
        let n = Double(max(peers, 1))
        return isEarly ? n.squareRoot() : max(2, log(n))
    }
    /// Highest type of ascending bootstrap request that its parser knows.
    var highestPull: UInt8 {
        switch self {
        case .v23: 0
        case .v24: 2
        case .legacy, .v28: 3
        case .v29dev: 5
        }
    }
    /// Whether its parser knows ascending bootstrap (since V24).
    var hasAscendingBootstrap: Bool { highestPull > 0 }
}

/// Settings, resolved: everything that follows from network and profile.
struct Ruleset: Hashable, Sendable {
    var network: NanoNetwork
    var profile: Profile

    init(network: NanoNetwork, profile: Profile) {
        self.network = network
        self.profile = profile
    }
    /// Names that are not known (the definition refuses them) stand for the first choice.
    init(_ settings: Settings) {
        self.init(
            network: NanoNetwork.all.first { $0.name == settings["network"] } ?? .dev,
            profile: Profile(rawValue: settings.profile) ?? .v28)
    }
    /// Capabilities that no node has under these rules, not all of those that the profile stands for have, or nobody
    /// can see.
    var lacks: Set<String> {
        var out: Set<String> = []
        if profile == .v23 || profile == .legacy { out.formUnion(["asc_pull", "pull_server"]) }
        // It takes the key of an account to make a block, and only that of the first account of dev is known.
        if network.id != .dev { out.formUnion(["blocks", "duplicate_filter", "spares_publisher"]) }
        return out
    }
    /// A header of this network and generation.
    func header(_ type: MessageType) -> Header {
        var header = Header(type)
        header.network = network.id
        header.versionMax = profile.versionUsing
        header.versionUsing = profile.versionUsing
        header.versionMin = profile.versionMin
        return header
    }
}
