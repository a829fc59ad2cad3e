import Node
import Wire

// The reports of a hub that a peer left.
extension Hub {
    /// Handles the end of a connection. Form 1 of the notice has the reason, form 2 is for the peer's network, form 3
    /// for hubs. `isAgain` is true if the end was reported before.
    mutating func gone(
        _ peer: PeerID, on link: LinkID, because why: String, isFailure: Bool, isAgain: Bool = false, at now: Instant,
        into out: inout [Action]
    ) {
        // A connection that has sent goodbye does not end a newer one of its id.
        let isCurrent = links[peer] == link || links[peer] == nil && isAgain
        if parameters.isRobust, !isCurrent, bug != .staleCloseUnregisters { return }
        release(peer)
        let known = peers[peer]
        keep(peer, nil)
        let isHub = bug == .hubStays ? hubs.contains(peer) : unregister(peer)
        members.remove(peer)
        if bug == .leavesUntold || bug == .failuresUntold && isFailure { return }
        let reason = bug == .reasonIsConstant ? "disconnected" : why
        // A robust hub sends no notice to peers that did not know the departed peer.
        let toAll = !parameters.isRobust || bug == .tellsAllNetworks
        let hearers = toAll || isAgain ? LeaveNotice.Hearers.all : known?.network.map { .members($0) }
        if let hearers { tell(LeaveNotice(peer, isHub: isHub, because: reason, in: nil, to: hearers), now, &out) }
        if let network = known?.network, bug != .onlyReasonTold {
            left(peer, isHub: isHub, in: network, at: now, into: &out)
        }
        tellMesh(peer, isHub: isHub, now, &out)
        if isHub { forgetPeers(of: .dialer(peer), now, &out) }
        if parameters.isFirst || parameters.isRobust && (isAgain || known == nil) { return }
        tell(LeaveNotice(peer, isHub: isHub, because: reason, in: known?.network ?? .global, to: .hubs), now, &out)
    }
    /// Reports to the members of a network that a peer left. `exceptHubs`: skips the hubs among them.
    mutating func left(
        _ peer: PeerID, isHub: Bool, in network: NetworkName, exceptHubs: Bool = false, at now: Instant,
        into out: inout [Action]
    ) {
        let hearers = LeaveNotice.Hearers.members(network, exceptHubs: exceptHubs)
        tell(LeaveNotice(peer, isHub: isHub, because: nil, in: network, to: hearers), now, &out)
    }
    mutating func unregister(_ peer: PeerID) -> Bool {
        let count = hubs.count
        hubs.removeAll { $0 == peer }
        return hubs.count < count
    }

    mutating func goodbye(
        _ peer: PeerID, _ message: Goodbye, _ packet: RawSpan, at now: Instant, into out: inout [Action]
    ) {
        let network = peers[peer]?.network
        let inside = network.map { members.others(peer, in: $0) } ?? []
        let bytes = voice.goodbye(message, of: peer, network ?? .global, in: packet, now)
        for near in nearest(peer, inside) { say(near, bytes, &out) }
        if bug != .staysAfterGoodbye { keep(peer, nil) }
        release(peer)
        let isHub = unregister(peer)
        if bug != .staysAfterGoodbye { members.remove(peer) }
        if isHub { forgetPeers(of: .dialer(peer), now, &out) }
        guard let network, bug != .goodbyeUntold else { return }
        left(peer, isHub: isHub, in: network, at: now, into: &out)
        tellMesh(peer, isHub: isHub, now, &out)
        // In version 1.1.3, hubs are notified when the connection ends, and then for the network `global`.
        guard parameters.isRobust else { return }
        tell(LeaveNotice(peer, isHub: isHub, because: "goodbye", in: network, to: .hubs), now, &out)
    }
    /// Returns the peers that receive a goodbye.
    private func nearest(_ peer: PeerID, _ inside: [PeerID]) -> [PeerID] {
        let most = 5
        let metric: Distance.Metric = bug == .goodbyeByXOR ? .xor : .digitSum
        switch bug {
        case .goodbyeNotForwarded: return []
        case .goodbyeToAll: return inside
        case .goodbyeToFarthest:
            return Distance.closest(peer.text, inside.map(\.text), most: inside.count).suffix(most)
                .map { PeerID(unchecked: $0) }
        default:
            return Distance.closest(peer.text, inside.map(\.text), most: most, by: metric)
                .map { PeerID(unchecked: $0) }
        }
    }

    /// Handles the notice of a hub that a peer of the hub left. The members of the peer's network are notified.
    mutating func forget(
        _ message: PeerDisconnected, _ packet: RawSpan, at now: Instant, into out: inout [Action]
    ) {
        guard let text = message.data?.peerID?.string(in: packet), let id = PeerID(text),
            bug != .remoteLeavesIgnored
        else { return }
        // A notice about a peer that is here is wrong.
        if parameters.isRobust, links[id] != nil { return }
        // Form 1 is for clients, and a hub receives it only because it is a member of the namespace. The peer may have
        // been in any network, and a notice with that network follows.
        if parameters.isRobust, message.networkName == nil, bug != .unnamedLeavesAreGlobal { return }
        let network = NetworkName(message.networkName?.value(in: packet))
        remote.remove(id, network)
        // A hub that is also connected to this one would report it back, and so on without end.
        left(id, isHub: message.data?.isHub ?? false, in: network, exceptHubs: bug != .newsGoRound, at: now, into: &out)
    }
    /// Forgets the peers of a hub that left, and reports to the members of their networks that they left. Only a robust
    /// hub does so.
    mutating func forgetPeers(of hub: RemotePeers.Source, _ now: Instant, _ out: inout [Action]) {
        guard parameters.isRobust, bug != .departedPeersStay else { return }
        for (id, network) in remote.remove(of: hub) where links[id] == nil {
            left(id, isHub: false, in: network, exceptHubs: true, at: now, into: &out)
        }
    }
}
