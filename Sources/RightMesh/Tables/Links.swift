internal import Node

/// The links of a node by their remote endpoints, and the datagrams that wait for a link.
struct Links: Sendable {
    private var byEndpoint: [Endpoint: LinkID] = [:]
    private var byLink: [LinkID: Endpoint] = [:]
    private var waiting: [Endpoint: [[UInt8]]] = [:]
    private var waitingBytes = 0

    /// Returns the remote endpoint of a link.
    func peer(of link: LinkID) -> Endpoint? { byLink[link] }
    mutating func opened(_ link: LinkID, _ peer: Endpoint, _ out: inout [Action]) {
        byLink[link] = peer
        byEndpoint[peer] = link
        for d in take(peer) { out.append(.send(link, d)) }
    }
    mutating func closed(_ link: LinkID) {
        guard let peer = byLink.removeValue(forKey: link) else { return }
        if byEndpoint[peer] == link { byEndpoint[peer] = nil }
    }
    /// Drops the datagrams that wait for an endpoint to which no link can be opened.
    mutating func unreachable(_ peer: Endpoint) { _ = take(peer) }
    /// Sends a datagram, or opens a link for it.
    mutating func send(_ datagram: [UInt8], to peer: Endpoint, _ out: inout [Action]) {
        if let link = byEndpoint[peer] { return out.append(.send(link, datagram)) }
        let isFirst = waiting[peer] == nil
        guard waitingBytes + datagram.count <= Limits.waitingBytes, !isFirst || waiting.count < Limits.waiting
        else { return }
        waiting[peer, default: []].append(datagram)
        waitingBytes += datagram.count
        if isFirst { out.append(.connect(peer)) }
    }
    private mutating func take(_ peer: Endpoint) -> [[UInt8]] {
        let datagrams = waiting.removeValue(forKey: peer) ?? []
        waitingBytes -= datagrams.byteCount
        return datagrams
    }
}
