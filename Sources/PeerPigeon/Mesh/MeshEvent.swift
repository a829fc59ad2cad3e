import Node
import Wire

/// An event that a hub of the mesh reports to the program that runs it (design document, "Event Flow").
enum MeshEvent: Sendable {
    /// A connection to a hub of the configuration is open, or has ended.
    case bootstrapConnected(to: Endpoint, on: LinkID)
    case bootstrapDisconnected(from: Endpoint, on: LinkID, CloseStatus?)
    case hubDiscovered(PeerID)
    /// A data channel to a hub is open, or has ended. A stand-in of a channel has a link.
    case channelOpened(PeerID, on: LinkID?)
    case channelEnded(PeerID, on: LinkID?)
    /// The hub has enough channels: `channels` to `hubs` neighbours.
    case ready(channels: Int, hubs: Int)
    /// The hub closed `sockets` WebSocket connections to hubs with channels.
    case migrated(sockets: Int, channels: Int)

    /// A member of the event: its name in the events of a node, and in the document.
    private typealias Member = (name: String, documented: String, value: Value)
    private var parts: (name: String, documented: String, link: LinkID?, members: [Member]) {
        switch self {
        case .bootstrapConnected(let hub, let link):
            ("bootstrap_connected", "bootstrapConnected", link, [Self.uri(hub)])
        case .bootstrapDisconnected(let hub, let link, let status):
            (
                "bootstrap_disconnected", "bootstrapDisconnected", link,
                [
                    Self.uri(hub), ("code", "code", status.map { .uint(UInt64($0.code)) } ?? .null),
                    ("reason", "reason", .text(status?.reason ?? "")),
                ]
            )
        case .hubDiscovered(let hub): ("hub_discovered", "hubDiscovered", nil, [("peer", "peerId", .text(hub.text))])
        case .channelOpened(let hub, let link):
            ("hub_p2p_connected", "hubP2PConnected", link, [("peer", "hubPeerId", .text(hub.text))])
        case .channelEnded(let hub, let link):
            ("hub_p2p_disconnected", "hubP2PDisconnected", link, [("peer", "hubPeerId", .text(hub.text))])
        case .ready(let channels, let hubs):
            (
                "hub_mesh_ready", "hubMeshReady", nil,
                [Self.count("channels", "p2pConnections", channels), Self.count("hubs", "totalHubs", hubs)]
            )
        case .migrated(let sockets, let channels):
            (
                "hub_mesh_migrated", "hubMeshMigrated", nil,
                [Self.count("sockets", "migratedCount", sockets), Self.count("channels", "p2pConnections", channels)]
            )
        }
    }
    private static func uri(_ hub: Endpoint) -> Member { ("uri", "uri", .text("ws://\(hub)")) }
    private static func count(_ name: String, _ documented: String, _ count: Int) -> Member {
        (name, documented, .uint(UInt64(count)))
    }
    /// The event as a node reports it.
    var report: Event {
        let parts = parts
        return Event(parts.name, parts.link, parts.members.map { .init($0.name, $0.value) })
    }
    /// The event with the names of the document.
    var documented: Value {
        let parts = parts
        return .map([.init("event", .text(parts.documented))] + parts.members.map { .init($0.documented, $0.value) })
    }
}
