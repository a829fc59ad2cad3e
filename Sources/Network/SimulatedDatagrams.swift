internal import Node

extension SimulatedNetwork {
    func stopDatagrams(_ at: Endpoint) {
        datagramSockets[at]?.listener = nil
        closeIfUnused(at)
    }
    func dialDatagrams(_ to: Endpoint, from listening: [ListenerID], at wanted: Endpoint?) -> LinkID {
        let own = listening.lazy.compactMap { self.places[$0] }.first {
            $0.transport == .udp && ($0.endpoint.v4 == nil) == (to.v4 == nil)
        }
        if let own { return dialDatagrams(to, over: own.endpoint) }
        var local = wanted ?? to
        if local.port == 0 || wanted == nil {
            guard let port = newPort() else {
                return fail(newLink(), NetworkError("connect to", to.description, "no port is free"))
            }
            local.port = port
        } else if datagramSockets[local] != nil {
            return fail(newLink(), NetworkError("connect from", "\(local)", "address in use"))
        }
        // The link has its own port as long as it is open, because the other side identifies the link by it.
        take(local.port)
        datagramSockets[local] = SimulatedDatagramSocket(peers: PeerTable(limit: 1))
        return dialDatagrams(to, over: local)
    }
    func dialDatagrams(_ to: Endpoint, over local: Endpoint) -> LinkID {
        if let link = datagramSockets[local]?.peers.use(to) {
            schedule(now, .opened(link, to))
            return link
        }
        let link = newLink()
        datagramLinks[link] = SimulatedDatagramLink(local: local, peer: to)
        if let old = datagramSockets[local]?.peers.add(to, link) {
            datagramLinks[old.link] = nil
            refused.insert(old.link)
            schedule(now, .displaced(old.link))
        }
        schedule(now, .opened(link, to))
        return link
    }
    @discardableResult func fail(_ link: LinkID, _ error: NetworkError) -> LinkID {
        refused.insert(link)
        schedule(now, .fail(link, error))
        return link
    }
    func send(_ bytes: [UInt8], on link: LinkID, _ l: SimulatedDatagramLink) {
        guard bytes.count <= Datagram.maximumBytes else {
            let reason = "a datagram holds \(Datagram.maximumBytes) bytes, this one has \(bytes.count)"
            forget(link, l)
            fail(link, NetworkError("send to", l.peer.description, reason))
            return
        }
        _ = datagramSockets[l.local]?.peers.use(l.peer)
        onDatagram?(l.local, l.peer, bytes.span.bytes)
        // Random numbers are drawn only if they decide something, so that a seed without loss gives the same history as
        // before.
        if conditions.loss > 0, random.hits(conditions.loss) { return }
        schedule(now + conditions.delay(&random), .datagram(from: l.local, to: l.peer, bytes))
        if conditions.duplication > 0, random.hits(conditions.duplication) {
            schedule(now + conditions.delay(&random), .datagram(from: l.local, to: l.peer, bytes))
        }
    }
    func forget(_ link: LinkID, _ l: SimulatedDatagramLink) {
        datagramLinks[link] = nil
        datagramSockets[l.local]?.peers.remove(l.peer)
        closeIfUnused(l.local)
    }
    func closeIfUnused(_ at: Endpoint) {
        guard let s = datagramSockets[at], s.listener == nil, s.peers.isEmpty else { return }
        datagramSockets[at] = nil
        giveBack(at.port)
    }
    func deliver(_ bytes: RawSpan, from: Endpoint, to: Endpoint, _ client: any NetworkClient) {
        if let link = datagramSockets[to]?.peers.use(from) { return client.received(bytes, on: link) }
        // A dialed socket accepts datagrams only from its peer.
        guard let listener = datagramSockets[to]?.listener else { return }
        let link = newLink()
        datagramLinks[link] = SimulatedDatagramLink(local: to, peer: from)
        if let old = datagramSockets[to]?.peers.add(from, link) {
            datagramLinks[old.link] = nil
            client.ended(old.link, .closed)
        }
        client.opened(link, peer: from, through: listener)
        if datagramLinks[link] != nil { client.received(bytes, on: link) }
    }
}
