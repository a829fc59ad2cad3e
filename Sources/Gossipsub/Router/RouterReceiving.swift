public import Libp2p
public import Node
import Wire

// The handling of RPCs of peers.
extension Router {
    /// Handles an RPC of a peer. RPCs of peers that were not added are ignored.
    public mutating func receive(
        _ rpc: RPCContent, from peer: PeerID, now: Instant, _ out: inout [RouterAction]
    ) {
        guard let i = table.index(peer) else { return }
        if !rpc.subscriptions.isEmpty { take(rpc.subscriptions, from: i, at: now, into: &out) }
        if parameters.score != nil, isGraylisted(i, now) {
            return
        }
        if rpc.control?.extensions != nil || !table[i].isHeard { takeExtensions(rpc, i, &out) }
        // Access is by index. An iterator retains the array, which costs a reference count for each message.
        for n in rpc.publish.indices { take(rpc.publish[n], from: i, at: now, into: &out) }
        guard let control = rpc.control, !table[i].isFloodsub else { return flush(&out) }
        take(control.ihave, i, now)
        take(wanted: control.iwant, i, now)
        for graft in control.graft.prefix(Self.controlLimit) { take(graft, from: i, at: now, into: &out) }
        for prune in control.prune.prefix(Self.controlLimit) { take(prune, from: i, at: now, into: &out) }
        take(unwanted: control.idontwant, i)
        flush(&out)
    }
    /// The maximum number of GRAFT, and of PRUNE, that count in one RPC.
    private static let controlLimit = 4096

    private func isGraylisted(_ i: Int, _ now: Instant) -> Bool {
        guard let score = parameters.score, !table[i].isExplicit else { return false }
        return self.score(i, now) < score.graylist
    }

    // Extensions of 1.3

    /// Returns whether this node sends its extensions to a peer of this version.
    func tellsExtensions(_ version: PubsubVersion) -> Bool {
        parameters.hasTestExtension && version == .meshsub13
    }
    var ownExtensions: ControlExtensions {
        var extensions = ControlExtensions()
        extensions.testExtension = true
        return extensions
    }
    /// Handles the extensions of a peer, which count only in its first RPC.
    private mutating func takeExtensions(_ rpc: RPCContent, _ i: Int, _ out: inout [RouterAction]) {
        let isFirst = !table[i].isHeard
        table[i].isHeard = true
        guard let extensions = rpc.control?.extensions, table[i].version == .meshsub13 else { return }
        guard !table[i].saidExtensions, isFirst else {
            // The extensions are repeated, or late.
            misbehaves(i)
            return report("extensions_again", of: i, in: nil, because: nil, into: &out)
        }
        table[i].saidExtensions = true
        table[i].hasTestExtension = extensions.testExtension == true
        guard table[i].hasTestExtension, parameters.hasTestExtension else { return }
        outbox.add(i) { $0.testExtension = TestExtension() }
    }
}
