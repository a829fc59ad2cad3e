internal import Node

/// A link over UDP: who sends there, over a socket that it may share.
struct DatagramLink {
    var socket: DatagramSocket
    var peer: Endpoint
}
