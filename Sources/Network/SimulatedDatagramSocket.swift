internal import Node

/// A UDP socket of the simulated network.
struct SimulatedDatagramSocket {
    /// New peers are welcome; nil for a socket that was dialed, and once it is not listened on any more.
    var listener: ListenerID?
    /// The one link of a socket that was dialed.
    var dialed: LinkID?
    /// Who sends to one that is listened on.
    var peers: PeerTable
}

/// A link over UDP: who talks with whom.
struct SimulatedDatagramLink {
    var local: Endpoint
    var peer: Endpoint
}
