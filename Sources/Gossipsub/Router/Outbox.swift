import Libp2p
import Wire

/// The pending content for peers, collected in one RPC for each peer.
struct Outbox: Sendable {
    private var order: [Int] = []
    private var rpcs: [Int: RPCContent] = [:]

    var isEmpty: Bool { order.isEmpty }

    mutating func add(_ peer: Int, _ change: (inout RPCContent) -> Void) {
        if rpcs[peer] == nil { order.append(peer) }
        change(&rpcs[peer, default: RPCContent()])
    }
    mutating func control(_ peer: Int, _ change: (inout Control) -> Void) {
        add(peer) { rpc in
            var control = rpc.control ?? Control()
            rpc.control = nil
            change(&control)
            rpc.control = control
        }
    }
    mutating func forget(_ peer: Int) {
        if rpcs.removeValue(forKey: peer) != nil { order.remove(peer) }
    }
    /// Removes and returns all RPCs, in the order in which their peers were first added.
    mutating func take() -> [(peer: Int, rpc: RPCContent)] {
        guard !order.isEmpty else { return [] }
        let out = order.compactMap { i in rpcs[i].map { (i, $0) } }
        order.removeAll(keepingCapacity: true)
        rpcs.removeAll(keepingCapacity: true)
        return out
    }
}

extension RPCContent {
    /// True if it has no content.
    var isSilent: Bool {
        subscriptions.isEmpty && publish.isEmpty && control == nil && testExtension == nil && partial == nil
            && senderRecord == nil
    }
    /// Splits the content into RPCs of at most `most` bytes. It halves them until they fit, or hold a single message or
    /// list of ids.
    func parts(_ most: Int) -> [RPCContent] {
        // Counting the bytes is unnecessary if there is nothing to split.
        let offers = control?.ihave.isEmpty == false
        guard publish.count > 1 || offers || subscriptions.count > 1, byteCount() > most else { return [self] }
        var (first, second) = (self, self)
        if publish.count > 1 {
            first.publish = Array(publish.prefix(publish.count / 2))
            second.publish = Array(publish.dropFirst(publish.count / 2))
            (second.control, second.subscriptions, second.testExtension) = (nil, [], nil)
        } else if subscriptions.count > 1 {
            first.subscriptions = Array(subscriptions.prefix(subscriptions.count / 2))
            second.subscriptions = Array(subscriptions.dropFirst(subscriptions.count / 2))
            (first.control, second.testExtension, first.publish) = (nil, nil, [])
            // The extensions must stay in the first RPC.
            if control?.extensions != nil {
                first.control = Control()
                first.control?.extensions = control?.extensions
                second.control?.extensions = nil
            }
        } else if let ihave = control?.ihave, ihave.count > 1 {
            first.control?.ihave = Array(ihave.prefix(ihave.count / 2))
            second.control?.ihave = Array(ihave.dropFirst(ihave.count / 2))
            second.keepOffersOnly()
        } else if let only = control?.ihave.first, only.messageIDs.count > 1 {
            first.control?.ihave[0].messageIDs = Array(only.messageIDs.prefix(only.messageIDs.count / 2))
            second.control?.ihave[0].messageIDs = Array(only.messageIDs.dropFirst(only.messageIDs.count / 2))
            second.keepOffersOnly()
        } else {
            return [self]
        }
        return first.parts(most) + second.parts(most)
    }
    private mutating func keepOffersOnly() {
        let ihave = control?.ihave ?? []
        self = RPCContent()
        control = Control()
        control?.ihave = ihave
    }
}
