import Libp2p
public import Node
import Wire

// Messages: receiving, publishing and forwarding them.
extension Router {
    /// Publishes a message and returns its id; nil if a message with this id is known already, or if it cannot be
    /// signed.
    @discardableResult
    public mutating func publish(
        _ data: [UInt8], to topic: [UInt8], now: Instant, _ out: inout [RouterAction]
    ) -> [UInt8]? {
        guard let message = made(data, topic) else { return nil }
        let id = parameters.messageID.id(of: message)
        guard !seen.contains(id) else { return nil }
        seen.insert(id, now: now)
        cache.put(message, id, topic: topic)
        send(message, id: id, to: receivers(topic, now), except: nil, at: now, into: &out)
        return id
    }
    private mutating func made(_ data: [UInt8], _ topic: [UInt8]) -> PublishedMessage? {
        var message = PublishedMessage()
        (message.data, message.topic) = (Bytes(data), Text(bytes: Bytes(topic)))
        if parameters.signing == .strictNoSign { return message }
        sequence &+= 1
        message.sequence = Bytes(withUnsafeBytes(of: sequence.bigEndian) { [UInt8]($0) })
        guard parameters.signing != .laxNoSign else {
            message.from = Bytes(own.bytes)
            return message
        }
        guard let identity else { return nil }
        return message.signed(by: identity, withKey: own.key == nil)
    }
    /// Returns the peers that receive a message of this node.
    private mutating func receivers(_ topic: [UInt8], _ now: Instant) -> [Int] {
        guard let state = topicTable[topic] else { return [] }
        let publish = parameters.score?.publish ?? 0
        if parameters.floodsOwn { return state.peers.filter { score($0, now) >= publish } }
        var out = state.isJoined ? state.mesh : fanout(topic, publish, now)
        if floodsubCount > 0 || !explicit.isEmpty {
            for i in state.peers where table[i].isFloodsub || table[i].isExplicit {
                if !out.contains(i), table[i].isExplicit || score(i, now) >= publish { out.append(i) }
            }
        }
        return out
    }
    /// Returns the peers to which it publishes if it has not joined the topic.
    private mutating func fanout(_ topic: [UInt8], _ publish: Double, _ now: Instant) -> [Int] {
        guard var state = topicTable[topic] else { return [] }
        if state.fanout.isEmpty {
            state.fanout = choose(
                max(degrees.d, 1),
                of: state.peers.filter {
                    !table[$0].isExplicit && !table[$0].isFloodsub && score($0, now) >= publish
                })
            fanouts.remove(topic)
            if !state.fanout.isEmpty { fanouts.append(topic) }
        }
        state.published = now
        topicTable[topic] = state
        return state.fanout
    }
    /// Handles a message of a peer.
    mutating func take(_ message: PublishedMessage, from: Int, at now: Instant, into out: inout [RouterAction]) {
        guard let topic = message.topic?.bytes.own else { return }
        guard topicTable.isJoined(topic), message.from?.own != own.bytes else { return }
        let id = parameters.messageID.id(of: message)
        if seen.contains(id), !has(.takesSeenAgain) {
            return delivered(id, in: topic, by: from, isFirst: false, at: now)
        }
        if let why = parameters.signing.refusal(message, faults) {
            invalid(topic, from)
            return report("message_refused", of: from, in: topic, because: why.rawValue, into: &out)
        }
        seen.insert(id, now: now)
        promises.keep(id)
        if !accepts(message, in: topic, from: from, at: now, into: &out) { return }
        delivered(id, in: topic, by: from, isFirst: true, at: now)
        if !missed.isEmpty {
            let isInMesh = topicTable[topic]?.mesh.contains(from) ?? false
            missed.arrived(id, of: topic, by: from, isInMesh: isInMesh, in: heartbeats)
        }
        cache.put(message, id, topic: topic)
        out.append(.deliver(message))
        forward(message, id: id, in: topic, from: from, at: now, into: &out)
    }
    /// Returns whether the application accepts a message.
    private mutating func accepts(
        _ message: PublishedMessage, in topic: [UInt8], from: Int, at now: Instant, into out: inout [RouterAction]
    ) -> Bool {
        let ofMarket = book?.verdict(message.data?.own ?? [], topic, now: now)
        switch ofMarket ?? parameters.validator.verdict(message) {
        case .accept: return true
        case .reject:
            invalid(topic, from)
            report("message_rejected", of: from, in: topic, because: nil, into: &out)
            return false
        case .ignore:
            report("message_ignored", of: from, in: topic, because: nil, into: &out)
            return false
        }
    }
    /// Forwards a message to the mesh, and to explicit peers and floodsub peers that have its topic.
    mutating func forward(
        _ message: PublishedMessage, id: [UInt8], in topic: [UInt8], from: Int, at now: Instant,
        into out: inout [RouterAction]
    ) {
        guard let state = topicTable[topic], !has(.neverForwards) else { return }
        var receivers = state.isJoined ? state.mesh : state.peers
        let isLarge = message.data.map { $0.count >= parameters.dontWantSize } ?? false
        if isLarge { refuseMore(id, receivers, from: from, into: &out) }
        if floodsubCount > 0 || !explicit.isEmpty {
            for i in state.peers where table[i].isFloodsub || table[i].isExplicit {
                if !receivers.contains(i) { receivers.append(i) }
            }
        }
        send(message, id: id, to: receivers, except: has(.sendsBack) ? nil : from, at: now, into: &out)
    }
    /// Sends IDONTWANT to the peers that might send the same message (gossipsub 1.2).
    private mutating func refuseMore(
        _ id: [UInt8], _ peers: [Int], from: Int, into out: inout [RouterAction]
    ) {
        for i in peers where table[i].version >= .meshsub12 && i != from {
            var ids = IDontWant()
            ids.messageIDs = [Bytes(id)]
            var rpc = RPCContent()
            rpc.control = Control()
            rpc.control?.idontwant = [ids]
            send(rpc, to: i, &out)
        }
    }
    private mutating func send(
        _ message: PublishedMessage, id: [UInt8], to receivers: [Int], except from: Int?, at now: Instant,
        into out: inout [RouterAction]
    ) {
        guard !receivers.isEmpty else { return }
        let author = message.from?.own
        var rpc = RPCContent()
        rpc.publish = [message]
        let shared = SharedRPC(rpc)
        for i in receivers where i != from {
            if let author, author == table[i].id.bytes { continue }
            if !table[i].dontWants.isEmpty, table[i].dontWants[id] != nil { continue }
            out.append(.send(table[i].id, shared))
        }
    }
    /// Sends an RPC to a peer now.
    mutating func send(_ rpc: RPCContent, to i: Int, _ out: inout [RouterAction]) {
        out.append(.send(table[i].id, SharedRPC(rpc)))
    }
    /// Sends the collected RPCs. Floodsub peers get no control messages.
    mutating func flush(_ out: inout [RouterAction]) {
        guard !outbox.isEmpty else { return }
        for (i, rpc) in outbox.take() {
            var rpc = rpc
            if table[i].isFloodsub { rpc.control = nil }
            guard !rpc.isSilent else { continue }
            for part in rpc.parts(parameters.largestRPC) { send(part, to: i, &out) }
        }
    }
}
