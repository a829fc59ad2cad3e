internal import Node

/// A UDP socket of the simulated network.
struct SimulatedDatagramSocket {
    /// New peers are welcome; nil for a socket that was dialed, and once it is not listened on any more.
    var listener: ListenerID?
    /// Who sends to one that is listened on, or whom it was dialed to.
    var peers: PeerTable
}

/// A link over UDP: who talks with whom.
struct SimulatedDatagramLink {
    var local: Endpoint
    var peer: Endpoint
}
