import Node

/// A seeded fault of a hub in the mesh. Simulations of meshes find each fault, and cases with data channels find some.
enum MeshFault: String, SeededFault {
    static let named = byName()

    case meshTakesAgain = "HUB-80: takes a relayed signal again that it has seen"
    case meshSendsBack = "HUB-79: passes a relayed signal back to the hub that it came from"
    case meshSendsToAll = "HUB-79: passes a relayed signal over all channels, not to the two nearest hubs"
    case meshNoHopLimit = "HUB-90: does not count how far a message has come"
    case meshNetworkNotChecked = "HUB-67: does not look at the network of a relayed signal"
    case meshForgetsLeaves = "HUB-71: does not notify the mesh that a peer left"
    case meshNeverExpires = "HUB-71: keeps the peers of hubs that are gone"
    case meshNeverRefreshes = "HUB-64: notifies the mesh of its peers only once"
    case meshOneHop = "HUB-64: does not pass on the peers that other hubs report"
    case meshNeverMigrates = "HUB-83: keeps WebSocket beside the channels"
    case meshNeverFallsBack = "HUB-83: dials no hub again whose channel broke"
    case meshEventsSwapped = "HUB-84: reports hubMeshMigrated after bootstrapDisconnected"
    case meshFarNeighbours = "HUB-112: opens channels to the farthest hubs, not to the nearest"
    case meshNoNeighbours = "HUB-113: opens no channel to hubs that it knows from gossip"
    case meshKeepsChannels = "HUB-114: sends over channels that have ended"
    case meshNoStatistics = "HUB-118: leaves the mesh out of /health"
    case meshIgnoresLists = "HUB-119: opens no channel to hubs that another hub lists"
}
