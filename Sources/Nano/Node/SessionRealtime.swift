import Crypto
import Node
import Wire

// Keepalives and queries of an established connection.
extension Session {
    /// Handles a keepalive. Slot 0 with an unspecified address states the port on which its sender listens; all slots
    /// name peers to contact.
    mutating func keepalive(_ bytes: RawSpan, _ core: inout NodeCore, _ out: inout [Action]) {
        guard let message = try? Keepalive(copying: bytes) else { return }
        var named = core.misread(message.peers.map(Endpoint.init))
        if let first = named.first, first.high == 0, first.low == 0, first.port != 0 {
            let listening = Endpoint(high: peer.high, low: peer.low, port: first.port)
            core.setListeningPeer(listening, link)
            named[0] = listening
            // The peer is already connected and must not be contacted.
            if !core.rules.profile.contactsAtOnce { named.removeFirst() }
        }
        named.removeAll { $0 == Endpoint(high: 0, low: 0, port: 0) }
        if core.rules.profile.contactsAtOnce {
            core.addNamed(named)
        } else if unread.isEmpty {
            unread = named
        }
    }
    /// Sends a keepalive with random peers. If `aboutUs` is true, our port is in the first slot.
    mutating func keepalive(aboutUs: Bool, now: Instant, _ core: inout NodeCore, _ out: inout [Action]) {
        guard isRealtime, !isOver else { return }
        var message = Keepalive()
        message.header = core.rules.header(.keepalive)
        message.peers = core.randomPeers(except: link).map(Keepalive.Peer.init)
        if core.has(.noKeepalive), aboutUs || message.peers.isEmpty { return }
        if aboutUs {
            while message.peers.count < 4 { message.peers.append(Keepalive.Peer()) }
            // Slot 1 is for the external address. The peers of slots 0 and 1 move to slots 2 and 3.
            message.peers[2] = message.peers[0]
            message.peers[3] = message.peers[1]
            message.peers[0] = Keepalive.Peer()
            message.peers[0].port = core.port
            message.peers[1] = Keepalive.Peer()
        }
        send(message.encoded(), now, &out)
    }
    /// Requests the votes of the representatives of a new channel, on the genesis block.
    mutating func askForVotes(_ now: Instant, _ core: NodeCore, _ out: inout [Action]) {
        let network = core.rules.network
        var message = ConfirmReq()
        message.header = core.rules.header(.confirmReq)
        message.pairs = [HashRoot(hash: network.genesis, root: network.genesisAccount)]
        send(message.encoded(), now, &out)
    }
}

extension Endpoint {
    init(_ peer: Keepalive.Peer) {
        self = withUnsafeBytes(of: peer.address) { address in
            Endpoint(high: .load(address.bytes, 0, .big), low: .load(address.bytes, 8, .big), port: peer.port)
        }
    }
}

extension Keepalive.Peer {
    init(_ endpoint: Endpoint) {
        self.init()
        address = Fixed(exactly: endpoint.address) ?? address
        port = endpoint.port
    }
}
