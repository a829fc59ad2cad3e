public import Node

extension SocketNetwork {
    /// Returns the addresses that the system knows.
    public func ends(of link: LinkID) -> (local: Endpoint, peer: Endpoint)? {
        if let c = connections[link.number] { return c.socket.local.map { ($0, c.peer) } }
        if let l = datagramLinks[link.number] { return l.socket.socket.local.map { ($0, l.peer) } }
        return nil
    }
}

/// Events that are known before the event loop is asked. They wait because `dial` and `send` never call the client.
extension SocketNetwork {
    func tell(_ link: LinkID, _ what: PendingEvent) { pendingEvents.append((link, what)) }
    /// Removes all waiting events of a link.
    func unsay(_ link: LinkID) {
        for i in pendingEvents.indices where pendingEvents[i].link == link { pendingEvents[i].what = nil }
    }
    /// Reports the waiting events. Returns false if there were no events. Events added meanwhile wait for the next
    /// time.
    func deliverPending(_ client: any NetworkClient) -> Bool {
        let count = pendingEvents.count
        guard count > 0 else { return false }
        for i in 0..<count {
            guard let what = pendingEvents[i].what else { continue }
            let link = pendingEvents[i].link
            pendingEvents[i].what = nil
            switch what {
            case .opened(let peer): client.opened(link, peer: peer, through: nil)
            case .failed(let error): client.failed(link, error)
            case .unsent:
                guard let c = connections[link.number] else { continue }
                c.isUnsentPending = false
                if c.left > 0 { client.unsent(c.left, on: link) }
            case .displaced: client.ended(link, .closed)
            case .broken: if let l = datagramLinks[link.number] { read(l.socket, client, isBroken: true) }
            }
        }
        pendingEvents.removeFirst(count)
        return true
    }
}
