public import Node

// Nodes whose data channels another node opens.
extension Driver {
    /// Starts the node that opens data channels for `user`, or for the caller if that is nil. Its socket has the host of
    /// `local`, with a port that the system chooses; or all addresses of this machine.
    @discardableResult
    public func addCarrier(
        _ make: (ChannelCarrierOptions) -> (any ChannelCarrier)?, for user: NodeID? = nil, at local: Endpoint,
        _ random: Random, _ secrets: Secrets? = nil
    ) throws(NetworkError) -> NodeID {
        var local = local
        local.port = 0
        let (socket, bound) = try listen(local, .udp)
        let hosts = bound.isUnspecified ? Interfaces.addresses(like: bound, port: bound.port) : [bound]
        let options = ChannelCarrierOptions(
            hosts: hosts, random: random, isVirtual: network.isVirtual, secrets: secrets)
        guard let node = make(options) else {
            stopListening(socket)
            throw NetworkError("open", "data channels", "OpenSSL cannot create a certificate")
        }
        let carrier = add(node, listeners: [socket], transport: .udp)
        if let user { join(user, channelsBy: carrier) } else { nodes[carrier]?.servesCaller = true }
        return carrier
    }
    /// Lets `carrier` open the data channels of `user`. Both are nodes of this driver, a `ChannelCarrier` and a
    /// `ChannelUser`. After each call of one of them, the driver passes the requests of the user and the events of the
    /// carrier to the other node.
    public func join(_ user: NodeID, channelsBy carrier: NodeID) {
        guard nodes[user] != nil, nodes[carrier] != nil else { return }
        nodes[user]?.partner = carrier
        nodes[carrier]?.partner = user
        exchange(user)
    }
    /// Passes requests and events between a node and its partner until both have nothing to pass.
    func exchange(_ id: NodeID) {
        guard !isExchanging, let other = nodes[id]?.partner else { return }
        isExchanging = true
        defer { isExchanging = false }
        while pass(from: id, to: other) || pass(from: other, to: id) {}
    }
    /// Returns false if the node had nothing to pass.
    private func pass(from: NodeID, to: NodeID) -> Bool {
        guard let node = nodes[from]?.node, nodes[to] != nil else { return false }
        if var user = node as? any ChannelUser {
            let calls = user.takeChannelCalls()
            guard !calls.isEmpty else { return false }
            nodes[from]?.node = user
            for one in calls { carry(one, by: to) }
        } else if var carrier = node as? any ChannelCarrier {
            let events = carrier.takeChannelEvents()
            guard !events.isEmpty else { return false }
            nodes[from]?.node = carrier
            for one in events {
                call(to) { node, out in
                    guard var user = node as? any ChannelUser else { return }
                    node = VacantNode()
                    user.hear(one, now: self.now, &out)
                    node = user
                }
            }
        } else {
            return false
        }
        return true
    }
}

// Data channels of the caller.
extension Driver {
    /// Offers a connection with a data channel of this label. From now on the channel is a link for the caller. Its
    /// offer follows as an event, then `opened` or `ended`.
    public func offerChannel(_ label: String, by carrier: NodeID) -> LinkID {
        beginChannel(by: carrier) { .offer($0, label: label) }
    }
    /// Takes the offer of a connection with a data channel, which becomes a link for the caller. The answer follows as
    /// an event, then `opened` or `ended`.
    public func answerChannel(_ offer: String, by carrier: NodeID) -> LinkID {
        beginChannel(by: carrier) { .signal($0, .offer(offer)) }
    }
    private func beginChannel(by carrier: NodeID, _ request: (UInt64) -> ChannelCall) -> LinkID {
        lastChannel += 1
        let link = LinkID(channelOf: lastChannel)
        channels[link] = carrier
        carry(request(lastChannel), by: carrier)
        return link
    }
    /// Takes a signal of the other side of a data channel.
    public func signal(_ signal: ChannelSignal, on link: LinkID) { ask(link) { .signal($0, signal) } }
    /// Sends a message on a data channel. Does nothing if the channel is not open.
    public func send(_ message: [UInt8], isText: Bool, onChannel link: LinkID) {
        ask(link) { .send($0, message, isText: isText) }
    }
    func closeChannel(_ link: LinkID) {
        ask(link) { .end($0) }
        channels[link] = nil
    }
    private func ask(_ link: LinkID, _ request: (UInt64) -> ChannelCall) {
        guard let carrier = channels[link], let number = link.connectionOfChannel else { return }
        carry(request(number), by: carrier)
    }
    private func carry(_ one: ChannelCall, by carrier: NodeID) {
        call(carrier) { node, out in
            guard var carrier = node as? any ChannelCarrier else { return }
            node = VacantNode()
            carrier.carry(one, now: self.now, &out)
            node = carrier
        }
    }
    func passChannelEvents(of id: NodeID) {
        guard var carrier = nodes[id]?.node as? any ChannelCarrier else { return }
        let events = carrier.takeChannelEvents()
        guard !events.isEmpty else { return }
        nodes[id]?.node = carrier
        for event in events {
            let link = LinkID(channelOf: event.connection)
            guard channels[link] != nil else { continue }
            if case .ended = event { channels[link] = nil }
            networkEvents.append(.channel(link, event))
        }
    }
}

// Datagrams below the caller's data channels.
extension Driver {
    /// Calls `decide` for each datagram that `carrier` sends or receives. If it returns false, the datagram is lost,
    /// unless `pass` lets it continue later.
    public func intercept(_ carrier: NodeID, _ decide: @escaping (CarriedDatagram) -> Bool) {
        if nodes[carrier] != nil { interceptors[carrier] = decide }
    }
    /// Lets an intercepted datagram continue, possibly with other bytes. Does nothing if its link has ended.
    public func pass(_ datagram: CarriedDatagram) {
        guard owners[datagram.link] == datagram.carrier else { return }
        if datagram.isSent {
            network.send(datagram.bytes, on: datagram.link)
        } else {
            pass(datagram.bytes.span.bytes, on: datagram.link, to: datagram.carrier)
        }
    }
    func goesOn(_ bytes: [UInt8], on link: LinkID, of id: NodeID, isSent: Bool) -> Bool {
        guard let decide = interceptors[id] else { return true }
        return decide(CarriedDatagram(carrier: id, link: link, isSent: isSent, bytes: bytes))
    }
}
