internal import Glibc
import Node

/// The generation of nano-node that a node follows.
enum Profile: String, CaseIterable, Sendable {
    /// V27.1 and V28: handshake V2, and V1 with old peers.
    case v28
    /// V21 to V24: handshake V1 only. Only the common behaviour of these versions is required.
    case legacy
    /// V23.3: protocol version 0x12, without ascending bootstrap. It closes the connection on any malformed message.
    case v23
    /// V24.0: protocol version 0x13, with ascending bootstrap of blocks and accounts.
    case v24
    /// The development branch of 2026: handshake V3, and V2 and V1 with old peers. It closes the connection on any
    /// malformed message.
    case v29dev

    var summary: String {
        switch self {
        case .v28: "V27.1 and V28: protocol version 0x15, handshake V2"
        case .legacy: "the common behavior of V21 to V24: protocol version 0x12, handshake V1"
        case .v23: "V23.3: protocol version 0x12, handshake V1"
        case .v24: "V24.0: protocol version 0x13, handshake V1"
        case .v29dev: "development branch of 2026: protocol version 0x16, handshake V3"
        }
    }
    /// True for generations before V25: handshake V1, keepalives that are processed at once, legacy bootstrap.
    var isEarly: Bool { self == .legacy || self == .v23 || self == .v24 }
    /// The highest protocol version, which is the one in use.
    var versionUsing: UInt8 {
        switch self {
        case .legacy, .v23: 0x12
        case .v24: 0x13
        case .v28: 0x15
        case .v29dev: 0x16
        }
    }
    /// The lowest `version_using` that is accepted from other nodes.
    var versionMin: UInt8 { isEarly ? 0x12 : 0x14 }
    /// The highest version of the handshake.
    var handshake: UInt8 {
        switch self {
        case .legacy, .v23, .v24: 1
        case .v28: 2
        case .v29dev: 3
        }
    }
    /// The handshake bits that the parser knows: query, response and one for each version from V2 on. It reads other
    /// bits as zero.
    var handshakeBits: UInt16 { (2 << UInt16(handshake)) - 1 }
    /// True if a message with malformed content ends the connection. From V24 to V28, nano-node keeps the connection.
    var closesOnContentErrors: Bool { self == .v29dev || self == .v23 }
    /// True if a block with too little work ends the connection.
    var closesOnTooLittleWork: Bool { self == .v29dev }
    /// True if a handshake message with neither query nor response ends the connection; early nodes ignore it.
    var closesOnEmptyHandshake: Bool { !isEarly }
    /// True if such an ignored message counts as the query of its connection, so that the next query is a second one.
    var takesEmptyHandshakeForQuery: Bool { self == .v23 || self == .v24 }
    /// True if a second connection of a node id from one address is closed; early nodes do not compare ids.
    var closesDuplicateIDs: Bool { !isEarly }
    /// True if a message that requires a handshake ends the connection when it arrives before the handshake. Up to V25
    /// it was ignored.
    var closesOnEarlyMessages: Bool { !isEarly }
    /// True if a legacy bootstrap request before the handshake makes the connection one for bootstrapping.
    var hasBootstrapMode: Bool { self != .v29dev }
    /// True if legacy bootstrap requests are answered, and not only accepted. V27.1 answers them, but some versions of
    /// V28 do not; `v28` follows the latter.
    var servesLegacyBootstrap: Bool { isEarly }
    /// True if telemetry is broadcast and requests are not answered (since V25).
    var broadcastsTelemetry: Bool { !isEarly }
    /// True if relayed votes are marked as rebroadcast.
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
    /// The capabilities of a V3 response: 1 means topo_index.
    var capabilities: UInt64 { highestPull >= PullType.topoIndex.rawValue ? 1 : 0 }
    /// True if the type is checked before the network.
    var checksTypeFirst: Bool { self == .v29dev }
    /// True if the parser knows vote_relay.
    var hasVoteRelay: Bool { self == .v29dev }
    /// True if the peers that a keepalive names are contacted at once, its sender included (up to V25). Otherwise a
    /// separate loop contacts one after the other.
    var contactsAtOnce: Bool { isEarly }
    /// True if the node does not contact configured peers while the connected representatives have enough weight. The
    /// development branch of 2026 contacts them periodically.
    var restsWithEnoughWeight: Bool { self != .v29dev }
    /// True if peers that were connected before are contacted again while the node runs. Before V26 this happened only
    /// at its start.
    var hasPeerHistory: Bool { !isEarly }
    /// Returns the number that is multiplied by a scale to get the number of peers for a message to some of the peers.
    func fanout(_ peers: Int) -> Double {
        let n = Double(max(peers, 1))
        return isEarly ? n.squareRoot() : max(2, log(n))
    }
    /// The highest type of ascending bootstrap request that the parser knows.
    var highestPull: UInt8 {
        switch self {
        case .v23: 0
        case .v24: 2
        case .legacy, .v28: 3
        case .v29dev: 5
        }
    }
    /// True if the parser knows ascending bootstrap (since V24).
    var hasAscendingBootstrap: Bool { highestPull > 0 }
}

/// The rules that follow from the settings for network and profile.
struct Ruleset: Hashable, Sendable {
    var network: NanoNetwork
    var profile: Profile

    init(network: NanoNetwork, profile: Profile) {
        self.network = network
        self.profile = profile
    }
    /// Reads the settings. The definition refuses unknown names; here they select the first choice.
    init(_ settings: Settings) {
        self.init(
            network: NanoNetwork.all.first { $0.name == settings["network"] } ?? .dev,
            profile: Profile(rawValue: settings.profile) ?? .v28)
    }
    /// The capabilities that cannot be required under these rules: no node has them, not all nodes of the profile have
    /// them, or they cannot be observed.
    var lacks: Set<String> {
        var out: Set<String> = []
        if profile == .v23 || profile == .legacy { out.formUnion(["asc_pull", "pull_server"]) }
        // A block can only be made with the key of an account. Only the key of the first account of dev is known.
        if network.id != .dev { out.formUnion(["blocks", "duplicate_filter", "spares_publisher"]) }
        return out
    }
    /// Returns a header of this network and generation.
    func header(_ type: MessageType) -> Header {
        var header = Header(type)
        header.network = network.id
        header.versionMax = profile.versionUsing
        header.versionUsing = profile.versionUsing
        header.versionMin = profile.versionMin
        return header
    }
}
