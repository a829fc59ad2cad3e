import Libp2p
import Node
import Wire

// The RPCs of a node, which pass through its wrapper if it has one.
extension GossipsubNode: LayersWithin {
    func wrapping(_ wrap: (any Node) -> any Node) -> Self {
        var node = self
        node.tap = NodeTap(wrap)
        return node
    }
    /// Sends an RPC on the stream that this node opened to a peer.
    mutating func say(_ rpc: [UInt8], to peer: PeerID, _ now: Instant, _ out: inout [Action]) {
        guard let link = tap?.link(peer), let messages = tap?.tap.say(rpc, link, now) else {
            return send(rpc, to: peer, now, &out)
        }
        follow(messages, now, &out)
    }
    private mutating func send(_ rpc: [UInt8], to peer: PeerID, _ now: Instant, _ out: inout [Action]) {
        guard let own = pubsub[peer], var stream = own.outbound else { return }
        if faults.stream == .speaksOnTheirStream { stream = own.inbound ?? stream }
        host.send(rpc, on: stream, now, &out)
    }
    /// Handles RPCs of a peer.
    mutating func hear(_ heard: [(RPCContent, Int)], from peer: PeerID, _ now: Instant, _ out: inout [Action]) {
        for (content, count) in heard {
            guard let link = tap?.link(peer), let messages = tap?.tap.hear(RPC(content).encoded(), link, now) else {
                hear(content, count, from: peer, at: now, into: &out)
                continue
            }
            follow(messages, now, &out)
        }
    }
    /// Processes the messages that the tap emits.
    mutating func follow(_ messages: [MessageTap.Message], _ now: Instant, _ out: inout [Action]) {
        for message in messages {
            switch message {
            case .said(let link, let rpc):
                if let peer = tap?.peer(link) { send(rpc, to: peer, now, &out) }
            case .heard(let link, let rpc):
                guard let peer = tap?.peer(link) else { continue }
                var reader = RPCReader()
                var heard: [(RPCContent, Int)] = []
                try? reader.take(rpc) { heard.append(($0, $1)) }
                for (content, count) in heard { hear(content, count, from: peer, at: now, into: &out) }
            }
        }
    }
}
