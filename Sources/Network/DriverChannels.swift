import Node

// Nodes whose data channels another node opens.
extension Driver {
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
            for one in calls {
                call(to) { node, out in
                    guard var carrier = node as? any ChannelCarrier else { return }
                    node = VacantNode()
                    carrier.carry(one, now: self.now, &out)
                    node = carrier
                }
            }
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
