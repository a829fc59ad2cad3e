internal import CLinux
internal import Glibc
public import Node

extension SocketNetwork {
    /// The maximum number of datagrams that one read of a socket accepts, which is more than the system keeps for it.
    static var datagramsPerLook: Int { 8192 }

    func listenForDatagrams(_ at: Endpoint) throws(NetworkError) -> (id: ListenerID, bound: Endpoint) {
        guard let s = boundForDatagrams(at), let local = s.local else {
            throw NetworkError("listen on", at.description, Socket.error(errno))
        }
        let id = newID()
        datagramSockets[id] = DatagramSocket(s, id: id, peer: nil, limit: maximumPeers)
        watch(s, id, writing: false, change: false)
        return (ListenerID(id), local)
    }
    /// Returns a UDP socket at an address. If any port is allowed, it avoids our recent ports. Returns nil with the
    /// reason in `errno` if it fails.
    func boundForDatagrams(_ at: Endpoint) -> Socket? {
        var refused: [Socket] = []
        defer { for s in refused { s.close() } }
        while true {
            guard let s = Socket.open(for: at, .udp) else { return nil }
            guard s.bind(to: at), let local = s.local else {
                s.close()
                return nil
            }
            guard at.port == 0 else { return s }
            // This socket is held until another one is found. Otherwise the system would return its port again.
            if recentPorts.contains(local.port), refused.count < 64 {
                refused.append(s)
                continue
            }
            recentPorts.append(local.port)
            if recentPorts.count > Self.maximumRecentPorts { recentPorts.removeFirst(recentPorts.count / 2) }
            return s
        }
    }
    static var maximumRecentPorts: Int { 4096 }

    /// The number that the system counts for all sockets of this network.
    public var lostDatagrams: Int { datagramSockets.values.reduce(lostBefore) { $0 + $1.lost } }

    /// Returns the number that the system counts for the sockets of this machine; 0 for addresses that are not
    /// loopback.
    public func lostDatagrams(at address: Endpoint) -> Int {
        guard address.isLoopback else { return 0 }
        return Int(clamping: linux_lost_datagrams_at((address.v4 ?? 0).bigEndian, UInt32(address.port)))
    }
    func stopListening(_ d: DatagramSocket) {
        d.isListening = false
        closeIfUnused(d)
    }
    func dialDatagrams(_ to: Endpoint, from listening: [ListenerID], at local: Endpoint?) -> LinkID {
        let isV4 = to.v4 != nil
        for l in listening {
            if let d = datagramSockets[l.number], d.isListening, d.socket.local.map({ ($0.v4 != nil) == isV4 }) ?? false
            {
                return dialDatagrams(to, over: d)
            }
        }
        let id = newID()
        let any = isV4 ? Endpoint(v4: 0, port: 0) : Endpoint(high: 0, low: 0, port: 0)
        guard let s = boundForDatagrams(local ?? any) else {
            return local.map { failed(id, "connect from", $0.host) } ?? failed(id, "connect to", to.description)
        }
        guard Socket.withAddress(to, { connect(s.descriptor, $0, $1) }) == 0 else {
            s.close()
            return failed(id, "connect to", to.description)
        }
        let d = DatagramSocket(s, id: id, peer: to, limit: 1)
        datagramSockets[id] = d
        datagramLinks[id] = DatagramLink(socket: d, peer: to)
        watch(s, id, writing: false, change: false)
        tell(LinkID(id), .opened(to))
        return LinkID(id)
    }

    func dialDatagrams(_ to: Endpoint, over d: DatagramSocket) -> LinkID {
        let link = d.peers.use(to) ?? newDatagramLink(to, over: d) { tell($0, .displaced) }
        tell(link, .opened(to))
        return link
    }
    /// Creates a link to a peer that a socket does not know yet. Calls `displace` with the link that was removed for
    /// it.
    func newDatagramLink(_ peer: Endpoint, over d: DatagramSocket, displace: (LinkID) -> Void) -> LinkID {
        let link = LinkID(newID())
        datagramLinks[link.number] = DatagramLink(socket: d, peer: peer)
        if let old = d.peers.add(peer, link) {
            datagramLinks[old.link.number] = nil
            d.forget(old.link)
            unsay(old.link)
            displace(old.link)
        }
        return link
    }

    func send(_ bytes: [UInt8], on link: LinkID, _ l: DatagramLink) {
        guard bytes.count <= Datagram.maximumBytes else {
            return fail(link, l, "a datagram holds \(Datagram.maximumBytes) bytes, this one has \(bytes.count)")
        }
        _ = l.socket.peers.use(l.peer)
        // Waiting datagrams are sent first. The network may change their order, but this sender does not.
        switch l.socket.first == nil ? l.socket.write(bytes, to: l.peer) : .full {
        case .sent: break
        case .full:
            guard l.socket.waitingBytes + bytes.count <= Self.backlog else {
                return fail(link, l, "more than \(Self.backlog) bytes wait")
            }
            if l.socket.first == nil { watch(l.socket.socket, l.socket.id, writing: true, change: true) }
            l.socket.wait(DatagramSocket.Waiting(link: link, peer: l.peer, bytes: bytes))
        case .failed(let code): broke(link, l, code)
        }
    }
    func broke(_ link: LinkID, _ l: DatagramLink, _ code: Int32) {
        // This is the answer to an earlier datagram. Other datagrams that have arrived are reported before the end.
        if code == ECONNREFUSED, l.socket.peer != nil { return tell(link, .broken) }
        fail(link, l, Socket.error(code))
    }
    func fail(_ link: LinkID, _ l: DatagramLink, _ reason: String) {
        forget(link, l, isAtOnce: true)
        tell(link, .failed(NetworkError("send to", l.peer.description, reason)))
    }
    /// Removes the link, and its socket with the last link.
    func forget(_ link: LinkID, _ l: DatagramLink, isAtOnce: Bool) {
        datagramLinks[link.number] = nil
        l.socket.peers.remove(l.peer)
        if isAtOnce { l.socket.forget(link) }
        closeIfUnused(l.socket)
    }
    func closeIfUnused(_ d: DatagramSocket) {
        let isUsed = d.peer == nil ? d.isListening || !d.peers.isEmpty : datagramLinks[d.id] != nil
        guard !isUsed else { return }
        if d.first != nil {
            d.isClosing = true
            return
        }
        lostBefore += d.lost
        d.close()
        datagramSockets[d.id] = nil
    }

    func handle(_ d: DatagramSocket, _ what: UInt32, _ client: any NetworkClient) {
        if what & EPOLLOUT.rawValue != 0 { drain(d) }
        if what & ~EPOLLOUT.rawValue != 0, !d.isClosed { read(d, client, isBroken: false) }
    }
    /// Sends waiting datagrams, because there is room again.
    func drain(_ d: DatagramSocket) {
        while let w = d.first {
            let outcome = d.write(w.bytes, to: w.peer)
            if outcome == .full { return }
            d.removeFirst()
            if case .failed(let code) = outcome, let l = datagramLinks[w.link.number] { broke(w.link, l, code) }
        }
        if d.isClosing { closeIfUnused(d) }
        if !d.isClosed { watch(d.socket, d.id, writing: false, change: true) }
    }
    /// Reads all datagrams that have arrived. If `isBroken`, or if an error shows it, ends the link of a connected
    /// socket.
    func read(_ d: DatagramSocket, _ client: any NetworkClient, isBroken: Bool) {
        var isBroken = isBroken
        for _ in 0..<Self.datagramsPerLook {
            if let (count, from) = d.read(buffer) {
                if let from {
                    deliver(UnsafeRawBufferPointer(rebasing: buffer[..<count]).bytes, from: from, on: d, client)
                }
                if d.isClosed { return }
            } else if errno == EAGAIN {
                break
            } else if errno != EINTR {
                // The error is mostly a refusal. It is reported once; datagrams may follow it.
                isBroken = d.peer != nil
            }
        }
        guard isBroken, let l = datagramLinks[d.id] else { return }
        forget(LinkID(d.id), l, isAtOnce: true)
        client.ended(LinkID(d.id), .reset)
    }
    func deliver(_ bytes: RawSpan, from: Endpoint, on d: DatagramSocket, _ client: any NetworkClient) {
        if d.isClosing { return }
        if d.peer != nil { return client.received(bytes, on: LinkID(d.id)) }
        if let link = d.peers.use(from) { return client.received(bytes, on: link) }
        guard d.isListening else { return }
        let link = newDatagramLink(from, over: d) { client.ended($0, .closed) }
        client.opened(link, peer: from, through: ListenerID(d.id))
        if datagramLinks[link.number] != nil { client.received(bytes, on: link) }
    }
}
