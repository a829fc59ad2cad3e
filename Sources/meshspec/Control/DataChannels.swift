import Network
import Node
import WebRTC

/// The data channels of a node: another node opens them over a UDP socket of its own.
enum DataChannels {
    /// Starts the node that opens the data channels of `node`, if it uses any. Its socket has the address on which that
    /// node listens, with a port that the system chooses; or all addresses of this machine.
    static func open(
        for node: NodeID, _ made: any Node, listening: Endpoint?, _ driver: Driver, _ random: Random,
        _ secrets: Secrets?
    ) throws {
        guard let user = made as? any ChannelUser, user.usesChannels else { return }
        var local = listening ?? Endpoint(v4: 0, port: 0)
        local.port = 0
        let (socket, bound) = try driver.listen(local, .udp)
        guard let identity = SecureIdentity() else {
            throw CommandError(.system, "OpenSSL cannot create a certificate for data channels")
        }
        let hosts = bound.isUnspecified ? Interfaces.addresses(like: bound, port: bound.port) : [bound]
        let options = PeerConnection.Options(identity: identity, hosts: hosts)
        let carrier = driver.add(
            ChannelNode(options, random, secrets: secrets), listeners: [socket], transport: .udp)
        driver.join(node, channelsBy: carrier)
    }
}
