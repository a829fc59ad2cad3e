import Crypto
import Wire

@testable import Nano
@testable import Node

/// The other side of a connection, which a test controls. It makes valid and invalid handshake messages.
struct Peer {
    var rules = Ruleset(network: .dev, profile: .v28)
    var key = SigningKey(Key32(repeating: 7).bytes)
    var cookie = Key32(repeating: 0x42)
    var id: Key32 { Fixed(exactly: key.publicKey) ?? Key32() }

    /// Another peer.
    static var stranger: Self {
        var peer = Self()
        peer.key = SigningKey(Key32(repeating: 8).bytes)
        return peer
    }
    func message(_ version: UInt8 = 2) -> NodeIDHandshake {
        var message = NodeIDHandshake()
        message.header = rules.header(.nodeIDHandshake)
        message.version = version
        return message
    }
    func query(_ version: UInt8 = 2) -> [UInt8] {
        var message = message(version)
        message.query = cookie
        return message.encoded()
    }
    /// Returns a response to a cookie. `change` applies before the signature, and `spoil` after it.
    func response(
        to cookie: Key32, _ version: UInt8 = 2, query: Bool = false,
        change: (inout NodeIDHandshake.Response) -> Void = { _ in },
        spoil: (inout NodeIDHandshake.Response) -> Void = { _ in }
    ) -> [UInt8] {
        var message = message(version)
        if query { message.query = self.cookie }
        var response = NodeIDHandshake.Response(version: version)
        response.nodeID = id
        response.salt = Key32(repeating: 0x99)
        response.genesis = rules.network.genesis
        change(&response)
        response.sign(with: key, over: cookie)
        spoil(&response)
        message.response = response
        return message.encoded()
    }
    /// Returns a message without its own contents.
    func empty(_ type: MessageType) -> [UInt8] {
        var header = Keepalive()
        header.header = rules.header(type)
        return Array(header.encoded()[..<8])
    }
    func keepalive(port: UInt16 = 0, extensions: UInt16? = nil) -> [UInt8] {
        var message = Keepalive()
        message.header = rules.header(.keepalive)
        message.header.extensions.stored = extensions
        var own = Keepalive.Peer()
        own.port = port
        message.peers = [own]
        return message.encoded()
    }
    /// Returns a keepalive that names these peers after an unused slot.
    func keepalive(naming peers: [Endpoint]) -> [UInt8] {
        var message = Keepalive()
        message.header = rules.header(.keepalive)
        message.peers = [Keepalive.Peer()] + peers.map(Keepalive.Peer.init)
        return message.encoded()
    }
    /// Returns the vote of the account with this key for some blocks.
    func vote(by key: SigningKey, for hashes: [Key32], rebroadcasted: Bool = false) -> [UInt8] {
        var message = ConfirmAck()
        message.header = rules.header(.confirmAck)
        message.rebroadcasted = rebroadcasted
        message.vote.account = Fixed(exactly: key.publicKey) ?? Key32()
        message.vote.hashes = hashes
        message.vote.signature = Fixed(exactly: key.sign(message.vote.hash.array.span.bytes)) ?? Signature64()
        return message.encoded()
    }
    /// Returns signed telemetry with this number of blocks. `spoiled`: its signature is wrong.
    func telemetry(blocks: UInt64, spoiled: Bool = false) -> [UInt8] {
        var data = TelemetryAck.Telemetry()
        data.nodeID = id
        data.blockCount = blocks
        data.genesis = rules.network.genesis
        data.sign(with: key)
        if spoiled { data.signature.bytes[0] ^= 1 }
        var message = TelemetryAck()
        (message.header, message.data) = (rules.header(.telemetryAck), data)
        return message.encoded()
    }
    /// Returns a request that shows if the node is alive.
    func probe(_ id: UInt64 = 7, target: Key32? = nil, _ type: TargetType = .account) -> [UInt8] {
        var message = AscPullReq()
        message.header = rules.header(.ascPullReq)
        message.frame.id = id
        message.body.accountInfo = .init()
        message.body.accountInfo?.target = target ?? rules.network.genesisAccount
        message.body.accountInfo?.targetType = type
        return message.encoded()
    }
}

extension Table {
    /// Starts a node called `node` with the test as its peer, until the node has answered a query.
    static func asked(
        profile: String = "v28", network: String = "dev", bug: String? = nil, version: UInt8 = 2, by peer: Peer = Peer()
    ) throws -> (Table, LinkID) {
        var table = Table()
        try table.add("node", profile: profile, network: network, bug: bug)
        let link = table.attach("node")
        table.say(peer.query(version), on: link)
        return (table, link)
    }
    /// Starts a node in the same way, until the handshake is complete.
    static func joined(
        profile: String = "v28", network: String = "dev", bug: String? = nil, version: UInt8 = 2, by peer: Peer = Peer()
    ) throws -> (Table, LinkID) {
        var (table, link) = try asked(profile: profile, network: network, bug: bug, version: version, by: peer)
        let shaken = table.handshakes(on: link).last
        let cookie = shaken?.query ?? Key32()
        table.say(peer.response(to: cookie, shaken?.version ?? version), on: link)
        return (table, link)
    }
    /// Connects once more with this peer, until the handshake is complete.
    mutating func join(_ peer: Peer, from: Endpoint? = nil, version: UInt8 = 2) -> LinkID {
        let link = attach("node", from: from)
        say(peer.query(version), on: link)
        say(peer.response(to: handshakes(on: link).last?.query ?? Key32(), version), on: link)
        return link
    }
    /// Lets the node dial this peer at an endpoint, until the handshake is complete.
    mutating func reach(_ peer: Peer, at place: Endpoint, version: UInt8 = 2) -> LinkID {
        let link = attach("node", dialed: true, from: place)
        let cookie = handshakes(on: link).first?.query ?? Key32()
        say(peer.response(to: cookie, version, query: true), on: link)
        return link
    }
    /// Returns the decodable handshake messages of the node.
    func handshakes(on link: LinkID) -> [NodeIDHandshake] {
        heard(on: link).filter { $0[5] == 0x0a }.compactMap { try? NodeIDHandshake(copying: $0) }
    }
    func keepalives(on link: LinkID) -> [Keepalive] {
        heard(on: link).filter { $0[5] == 0x02 }.compactMap { try? Keepalive(copying: $0) }
    }
    /// Returns true if the node would answer the probe. The table does not change.
    func isAlive(_ link: LinkID, _ peer: Peer = Peer()) -> Bool {
        var table = self
        table.say(peer.probe(99), on: link)
        return table.isOpen(link)
            && table.heard(on: link).contains { $0[5] == 0x0f && (try? AscPullAck(copying: $0))?.frame.id == 99 }
    }
    /// The reasons for which the node closed a connection.
    var reasons: [String] { reports("node", "closed").compactMap { $0.detail("reason") } }
}
