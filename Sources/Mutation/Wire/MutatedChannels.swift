public import Node
internal import Wire

// The messages of a node's data channels. Each channel is a link of the mutated node.
extension MutatedNode: ChannelUser {
    static func pass(_ event: ChannelEvent, to node: inout any Node, _ now: Instant, _ out: inout [Action]) {
        guard var user = node as? any ChannelUser else { return }
        user.hear(event, now: now, &out)
        node = user
    }

    /// True if another node opens data channels for the inner node.
    public var usesChannels: Bool { (node as? any ChannelUser)?.usesChannels ?? false }
    /// Takes the requests of the inner node, with its messages altered.
    public mutating func takeChannelCalls() -> [ChannelCall] {
        defer { channelCalls = [] }
        return channelCalls
    }
    /// Passes the event to the inner node, unchanged or altered.
    public mutating func hear(_ event: ChannelEvent, now: Instant, _ out: inout [Action]) {
        let link = LinkID(channelOf: event.connection)
        switch event {
        case .message(_, let bytes, isText: true):
            let pieces = links[link]?.heard.take(bytes) ?? []
            return received(pieces, of: bytes, kind: nil, on: link, at: now, into: &out)
        case .opened: note(link)
        case .ended: forget(link)
        case .signal, .message: break
        }
        call(now, &out) { node, now, out in Self.pass(event, to: &node, now, &out) }
    }
    /// Takes the requests of the inner node, and alters its messages.
    mutating func takeChannelMessages(_ now: Instant, _ out: inout [Action]) {
        guard var user = node as? any ChannelUser else { return }
        let calls = user.takeChannelCalls()
        guard !calls.isEmpty else { return }
        node = user
        for one in calls {
            switch one {
            case .send(let number, let bytes, isText: true):
                var wanted: [Action] = []
                say(bytes, on: LinkID(channelOf: number), at: now, into: &wanted)
                for case .send(let link, let bytes) in wanted { send(bytes, on: link, &out) }
                continue
            case .end(let number): forget(LinkID(channelOf: number))
            case .offer, .signal, .send: break
            }
            channelCalls.append(one)
        }
    }
    /// Sends a message on a link or on a data channel.
    mutating func send(_ bytes: [UInt8], on link: LinkID, _ out: inout [Action]) {
        guard let number = link.connectionOfChannel else { return out.append(.send(link, bytes)) }
        channelCalls.append(.send(number, bytes, isText: true))
    }
}
