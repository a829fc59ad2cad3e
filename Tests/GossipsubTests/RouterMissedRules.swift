import Libp2p
import Node
import Wire

@testable import Gossipsub

/// Returns a router whose mesh is the peers 1 and 2, among others that could enter the mesh. It counts missed messages.
private func sparse(
    _ faults: Set<RouterFault>, _ change: (inout RouterParameters) -> Void = { _ in }
) -> RouterScene {
    var scene = RouterScene(faults) {
        ($0.degree, $0.lowDegree, $0.highDegree, $0.outboundDegree, $0.missedLimit) = (2, 2, 4, 0, 3)
        change(&$0)
    }
    scene.add(1..<3)
    scene.beat()
    scene.add(3..<8)
    scene.forget()
    return scene
}

extension RouterScene {
    /// A peer offers messages, the node requests them, and the peer sends them.
    fileprivate mutating func deliver(_ numbers: Range<UInt64>, by peer: Int) {
        for n in numbers {
            let message = PublishedMessage.by(100, n)
            hear(peer, .ihave([message.defaultID]))
            hear(peer, .publishing(message))
        }
    }
    /// Returns the peers to which the next heartbeat sends GRAFT.
    fileprivate mutating func graftedByBeat() -> [Int] {
        forget()
        beat()
        return receivers(1..<10, \.grafts)
    }
}

extension RouterRule {
    static let missed = [
        RouterRule("a mesh that missed three messages gets the peer that had them", [.neverAddsHolders, .addsAnyPeer]) {
            faults in
            var scene = sparse(faults)
            scene.deliver(0..<2, by: 3)
            guard scene.graftedByBeat() == [] else { return false }
            scene.deliver(2..<3, by: 3)
            // The count begins again afterwards.
            return scene.graftedByBeat() == [3] && scene.isInMesh(3) && scene.graftedByBeat() == []
        },
        RouterRule("the two peers that delivered the most come first, and the mesh does not exceed D_high") { faults in
            var scene = sparse(faults)
            scene.deliver(0..<1, by: 3)
            scene.deliver(1..<3, by: 4)
            scene.deliver(3..<6, by: 5)
            guard scene.graftedByBeat() == [4, 5] else { return false }
            scene.deliver(10..<20, by: 6)
            return scene.graftedByBeat() == [] && scene.mesh.count == 4
        },
        RouterRule("messages that were only offered, or that came from elsewhere, are not missed", [.countsOffers]) {
            faults in
            var scene = sparse(faults)
            for n in 0..<5 as Range<UInt64> { scene.hear(3, .ihave([[UInt8(n)]])) }
            for n in 10..<15 as Range<UInt64> {
                // A member of the mesh sends the message before the peer that offered it does.
                let message = PublishedMessage.by(100, n)
                scene.hear(4, .ihave([message.defaultID]))
                scene.hear(1, .publishing(message))
                scene.hear(4, .publishing(message))
                // Nobody offered this message.
                scene.hear(5, .publishing(PublishedMessage.by(100, 100 + n)))
            }
            return scene.graftedByBeat() == []
        },
        RouterRule("a missed message counts for ten heartbeats") { faults in
            func grafted(after beats: Int) -> [Int] {
                var scene = sparse(faults)
                scene.deliver(0..<2, by: 3)
                scene.beat(beats)
                scene.deliver(2..<3, by: 3)
                return scene.graftedByBeat()
            }
            return grafted(after: 9) == [3] && grafted(after: 10) == []
        },
        RouterRule("a peer in its backoff gets no GRAFT for missed messages") { faults in
            var scene = sparse(faults)
            scene.hear(3, .prune(60))
            scene.deliver(0..<5, by: 3)
            return scene.graftedByBeat() == []
        },
        RouterRule("missed messages of a peer that left do not count for the next peer") { faults in
            var scene = sparse(faults)
            scene.deliver(0..<5, by: 3)
            scene.remove(3)
            scene.add(8..<9)
            return scene.graftedByBeat() == []
        },
        RouterRule("without the parameter, missed messages have no effect") { faults in
            var scene = sparse(faults) { $0.missedLimit = 0 }
            scene.deliver(0..<5, by: 3)
            return scene.graftedByBeat() == []
        },
    ]
}
