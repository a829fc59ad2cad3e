import Libp2p
import Node
import Wire

// The events on the connections and streams of a node.
extension GossipsubNode {
    mutating func take(_ news: HostNews, _ now: Instant, _ out: inout [Action]) {
        if takeSnapshots(news, now, &out) || takeRendezvous(news, now, &out) || takeDHT(news, now, &out) { return }
        redials.take(news, now)
        switch news {
        case .connected(let peer, let at, let by):
            if let event = news.event { out.append(.report(event)) }
            pubsub[peer] = PubsubPeer()
            if let messages = tap?.begin(peer, at, by: by, now) { follow(messages, now, &out) }
            if speaks(to: peer) { open(to: peer, now, &out) }
        case .identified(let peer, let known): identified(peer, as: known, at: now, into: &out)
        case .opened(let stream, let peer, let id, by: .us): opened(stream, with: peer, id, at: now, into: &out)
        case .opened(let stream, let peer, let id, by: .them): accepted(stream, from: peer, id, at: now, into: &out)
        case .refused(let stream): refused(stream, now, &out)
        case .received(let stream, let bytes): received(bytes, on: stream, now, &out)
        case .ended(let stream, let isOver): ended(stream, isOver: isOver, now, &out)
        case .disconnected(let peer, _, _):
            if let messages = tap?.end(peer, now) { follow(messages, now, &out) }
            leave(peer, now, &out)
            pubsub[peer] = nil
            if let event = news.event { out.append(.report(event)) }
        case .unreachable: if let event = news.event { out.append(.report(event)) }
        }
    }
    private mutating func identified(
        _ peer: PeerID, as known: Identified, at now: Instant, into out: inout [Action]
    ) {
        if let record = known.record { router.know(record, of: peer) }
        marketsChanged = true
        // A peer that did not support pubsub may do so now.
        guard speaks(to: peer), let own = pubsub[peer], own.outbound == nil, own.opening == nil, own.opensAt == nil,
            own.reopens < PubsubPeer.reopenLimit, known.protocols.contains(where: { PubsubVersion(id: $0) != nil })
        else { return }
        pubsub[peer]?.reopens += 1
        open(to: peer, now, &out)
    }
    /// Returns whether this node opens its stream before the peer has opened one.
    private func speaks(to peer: PeerID) -> Bool {
        faults.stream != .waitsForPeer || pubsub[peer]?.inboundVersion.isEmpty == false
    }
    /// Opens the stream on which this node sends.
    mutating func open(to peer: PeerID, _ now: Instant, _ out: inout [Action]) {
        guard let own = pubsub[peer], own.outbound == nil, own.opening == nil else { return }
        pubsub[peer]?.opensAt = nil
        guard let stream = host.open(parameters.versions, to: peer, now, &out) else {
            // The peer accepts no more streams at present.
            pubsub[peer]?.opensAt = now + PubsubPeer.reopenDelay
            return
        }
        pubsub[peer]?.opening = stream
        owners[stream] = peer
    }
    /// Handles that a protocol is agreed on for a stream of this node.
    private mutating func opened(
        _ stream: HostStream, with peer: PeerID, _ id: String, at now: Instant, into out: inout [Action]
    ) {
        guard owners[stream] != nil, let version = PubsubVersion(id: id) else { return }
        pubsub[peer]?.opening = nil
        pubsub[peer]?.outbound = stream
        out.append(.report(NodeEvents.pubsubPeer(peer, id)))
        meet(peer, speaking: version, at: now, into: &out)
    }
    /// Handles a stream that the peer opened.
    private mutating func accepted(
        _ stream: HostStream, from peer: PeerID, _ id: String, at now: Instant, into out: inout [Action]
    ) {
        guard PubsubVersion(id: id) != nil else { return }
        if faults.stream == .noSecondStream, pubsub[peer]?.inboundVersion.isEmpty == false {
            return host.close(stream, isReset: true, now, &out)
        }
        // A second stream replaces the first one.
        if let old = pubsub[peer]?.inbound {
            owners[old] = nil
            host.close(old, isReset: true, now, &out)
        }
        owners[stream] = peer
        pubsub[peer]?.inbound = stream
        pubsub[peer]?.inboundVersion = id
        let limit = faults.stream == .takesOversize ? RPC.limit << 4 : RPC.limit
        pubsub[peer]?.reader = RPCReader(limit: limit)
        open(to: peer, now, &out)
    }
    private mutating func refused(_ stream: HostStream, _ now: Instant, _ out: inout [Action]) {
        guard let peer = owners.removeValue(forKey: stream), let own = pubsub[peer] else { return }
        pubsub[peer]?.opening = nil
        // The peer may send RPCs without accepting any.
        if own.inbound != nil, let version = PubsubVersion(id: own.inboundVersion) {
            meet(peer, speaking: version, at: now, into: &out)
        }
    }
    /// Adds a peer to the router, and passes on the RPCs that waited.
    private mutating func meet(
        _ peer: PeerID, speaking version: PubsubVersion, at now: Instant, into out: inout [Action]
    ) {
        guard let own = pubsub[peer], let connection = host.connection(peer) else { return }
        var wanted: [RouterAction] = []
        if own.isAdded { router.remove(peer, now: now, &wanted) }
        router.add(peer, version, by: connection.by, at: connection.at, now: now, &wanted)
        pubsub[peer]?.isAdded = true
        pubsub[peer]?.waiting = []
        pubsub[peer]?.waitingBytes = 0
        act(wanted, now, &out)
        for content in own.waiting { hear(content, 0, from: peer, at: now, into: &out) }
    }
    /// Removes a peer from the router.
    private mutating func leave(_ peer: PeerID, _ now: Instant, _ out: inout [Action]) {
        guard pubsub[peer]?.isAdded == true else { return }
        marketsChanged = true
        pubsub[peer]?.isAdded = false
        var wanted: [RouterAction] = []
        router.remove(peer, now: now, &wanted)
        act(wanted, now, &out)
        out.append(.report(Event("pubsub_gone", nil, [.init("peer", .text(peer.description))])))
    }
    private mutating func received(
        _ bytes: [UInt8], on stream: HostStream, _ now: Instant, _ out: inout [Action]
    ) {
        guard let peer = owners[stream], let own = pubsub[peer] else { return }
        // The side that accepted a stream must not send on it.
        if own.outbound == stream {
            host.close(stream, isReset: true, now, &out)
            return ended(stream, isOver: true, now, &out)
        }
        guard own.inbound == stream else { return }
        var heard: [(RPCContent, Int)] = []
        var failure: RPCReader.Failure?
        if faults.stream == .emptyRefused, bytes == [0] { failure = .tooLong(0) }
        do throws(RPCReader.Failure) {
            try pubsub[peer]?.reader.take(bytes) { heard.append(($0, $1)) }
        } catch { failure = error }
        misread(&heard, &failure, pubsub[peer]?.reader.isBetween ?? true)
        hear(heard, from: peer, now, &out)
        guard let failure else { return }
        out.append(.report(NodeEvents.unreadable(peer, failure)))
        switch (faults.stream, failure) {
        case (.undecodableKept, .undecodable):
            pubsub[peer]?.reader = RPCReader()
            return
        case (.oversizeEndsConnection, .tooLong), (.undecodableEndsConnection, .undecodable):
            return host.disconnect(peer, now, &out)
        default: break
        }
        pubsub[peer]?.inbound = nil
        owners[stream] = nil
        host.close(stream, isReset: true, now, &out)
    }
    /// Changes the received RPCs according to the seeded fault.
    private func misread(
        _ heard: inout [(RPCContent, Int)], _ failure: inout RPCReader.Failure?, _ isBetween: Bool
    ) {
        switch faults.stream {
        case .oneOfFrame: heard = Array(heard.prefix(1))
        case .wholeFramesOnly where !isBetween: failure = .tooLong(0)
        case .unknownExtensionRefused where heard.contains(where: { $0.0.hasUnknownExtension }): failure = .tooLong(0)
        case .unknownRefused where heard.contains(where: { $0.0.hasUnknown }): failure = .tooLong(0)
        default: break
        }
    }
    mutating func hear(
        _ content: RPCContent, _ count: Int, from peer: PeerID, at now: Instant, into out: inout [Action]
    ) {
        guard let own = pubsub[peer] else { return }
        guard own.isAdded else {
            guard own.waitingBytes + count <= PubsubPeer.waitingLimit else { return }
            pubsub[peer]?.waitingBytes += count
            pubsub[peer]?.waiting.append(content)
            return
        }
        for subscription in content.subscriptions {
            out.append(.report(NodeEvents.subscription(peer, subscription)))
        }
        if !content.subscriptions.isEmpty { marketsChanged = true }
        var wanted: [RouterAction] = []
        router.receive(content, from: peer, now: now, &wanted)
        keepTopics(of: content)
        act(wanted, now, &out)
    }
    private mutating func ended(_ stream: HostStream, isOver: Bool, _ now: Instant, _ out: inout [Action]) {
        guard let peer = owners[stream], let own = pubsub[peer] else { return }
        if own.inbound == stream {
            pubsub[peer]?.inbound = nil
            owners[stream] = nil
            if !isOver { host.close(stream, isReset: false, now, &out) }
        } else if own.outbound == stream, isOver {
            // A peer that has only ended its direction may still receive.
            pubsub[peer]?.outbound = nil
            owners[stream] = nil
            leave(peer, now, &out)
            guard own.reopens < PubsubPeer.reopenLimit else { return }
            pubsub[peer]?.reopens += 1
            pubsub[peer]?.opensAt = now + PubsubPeer.reopenDelay
        }
    }
}
