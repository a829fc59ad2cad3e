internal import Node

/// A UDP socket of the simulated network.
struct SimulatedDatagramSocket {
    /// The listener that accepts new peers; nil for a dialed socket, and after listening has stopped.
    var listener: ListenerID?
    /// The peers of a listening socket, or the peer of a dialed one.
    var peers: PeerTable
}

/// A link over UDP with its two addresses.
struct SimulatedDatagramLink {
    var local: Endpoint
    var peer: Endpoint
}
