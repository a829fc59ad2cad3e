import Crypto
import Node
import Wire

// Realtime.
extension Session {
    /// Slot 0 with an unspecified address tells where its sender listens; all are peers to look at.
    mutating func keepalive(_ bytes: RawSpan, _ core: inout NodeCore, _ out: inout [Action]) {
        guard let message = try? Keepalive(copying: bytes) else { return }
        if core.has(.refusesKeepaliveBits), message.header.extensions.value != 0 { return close(.fault, &out) }
        var named = core.misread(message.peers.map(Endpoint.init))
        if let first = named.first, first.high == 0, first.low == 0, first.port != 0 {
            let port = core.has(.passesConnectionPort) ? peer.port : first.port
            let place = Endpoint(high: peer.high, low: peer.low, port: port)
            core.place(place, link)
            named[0] = place
            // Others know it already: they are connected to it.
            if !core.rules.profile.contactsAtOnce { named.removeFirst() }
        }
        named.removeAll { $0 == Endpoint(high: 0, low: 0, port: 0) }
        if core.has(.failsAtItself), named.contains(where: { $0.port == core.port && $0.isLoopback }) {
            core.isDown = true
        }
        guard !core.has(.ignoresNamedPeers) else { return }
        if core.rules.profile.contactsAtOnce {
            core.hear(of: named)
        } else if unread.isEmpty {
            unread = named
        }
    }
    /// A keepalive of peers by chance; `about` ourselves, with our port in the first slot.
    mutating func keepalive(aboutUs: Bool, now: Instant, _ core: inout NodeCore, _ out: inout [Action]) {
        guard isRealtime, !isOver, opener == .them || !core.has(.openerWithoutKeepalive) else { return }
        var message = Keepalive()
        message.header = core.rules.header(.keepalive)
        message.peers = core.somePlaces(except: link).map(Keepalive.Peer.init)
        if core.has(.noKeepalive), aboutUs || message.peers.isEmpty { return }
        if aboutUs {
            while message.peers.count < 4 { message.peers.append(Keepalive.Peer()) }
            // [1] would be the external address; those that stood there move on.
            message.peers[2] = message.peers[0]
            message.peers[3] = message.peers[1]
            message.peers[0] = Keepalive.Peer()
            message.peers[0].port = core.has(.keepaliveWithoutPort) ? 0 : core.port
            message.peers[1] = Keepalive.Peer()
        }
        send(message.encoded(), now, &out)
    }
    /// As nodes with a seeded fault send it before its time.
    func keepaliveAboutUs(_ core: NodeCore) -> [UInt8] {
        var message = Keepalive()
        message.header = core.rules.header(.keepalive)
        message.peers = [Keepalive.Peer()]
        message.peers[0].port = core.port
        return message.encoded()
    }
    /// Asks a new channel for the votes of its representatives, by the only block that we know.
    mutating func askForVotes(_ now: Instant, _ core: NodeCore, _ out: inout [Action]) {
        guard !core.has(.noRepQuery) else { return }
        let network = core.rules.network
        var message = ConfirmReq()
        message.header = core.rules.header(.confirmReq)
        var pair = HashRoot()
        pair.hash = network.genesis
        pair.root = core.has(.wrongRepRoot) ? network.genesis : network.genesisAccount
        message.pairs = [pair]
        send(message.encoded(), now, &out)
    }
}

extension Endpoint {
    init(_ peer: Keepalive.Peer) {
        var halves: (UInt64, UInt64) = (0, 0)
        for i in 0..<8 {
            halves.0 = halves.0 << 8 | UInt64(peer.address.bytes[i])
            halves.1 = halves.1 << 8 | UInt64(peer.address.bytes[i + 8])
        }
        self.init(high: halves.0, low: halves.1, port: peer.port)
    }
}

extension Keepalive.Peer {
    init(_ endpoint: Endpoint) {
        self.init()
        address = Fixed(exactly: endpoint.address) ?? address
        port = endpoint.port
    }
}
