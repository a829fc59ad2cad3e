internal import Node

/// A link over UDP: its peer, and its socket, which it may share.
struct DatagramLink {
    var socket: DatagramSocket
    var peer: Endpoint
}
