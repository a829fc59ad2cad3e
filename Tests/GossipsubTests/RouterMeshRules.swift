import Libp2p
import Node
import Wire

@testable import Gossipsub

extension RouterRule {
    static let meshes = [
        RouterRule("GRAFT for a topic of the node needs no answer") { faults in
            var scene = RouterScene(faults)
            scene.add(1)
            scene.forget()
            scene.hear(1, .graft())
            return scene.isInMesh(1) && scene.sent(to: 1).isEmpty
        },
        RouterRule("GRAFT for another topic is answered in 1.0 only") { faults in
            var scene = RouterScene(faults)
            scene.add(1, .meshsub11)
            scene.add(2, .meshsub10)
            scene.forget()
            scene.hear(1, .graft("u"))
            scene.hear(2, .graft("u"))
            return scene.sent(to: 1).isEmpty && scene.sent(to: 2).count == 1 && scene.sent(to: 2)[0].prunes
        },
        RouterRule("GRAFT within the backoff is answered with PRUNE, and the backoff begins again") { faults in
            var scene = RouterScene(faults)
            scene.add(1)
            scene.hear(1, .graft())
            scene.hear(1, .prune(60))
            scene.pass(.seconds(40))
            scene.forget()
            scene.hear(1, .graft())
            guard !scene.isInMesh(1), scene.sent(to: 1).count == 1, scene.sent(to: 1)[0].prunes else { return false }
            // The first backoff would have ended.
            scene.pass(.seconds(50))
            return !scene.isInMesh(1)
        },
        RouterRule("the node sends no GRAFT before the end of the backoff in a PRUNE", [.graftsInBackoff]) { faults in
            var scene = RouterScene(faults)
            scene.add(1)
            scene.beat()
            scene.hear(1, .prune(20))
            scene.forget()
            scene.pass(.seconds(20))
            let early = scene.receivers(1..<2, \.grafts)
            scene.pass(.seconds(5))
            return early.isEmpty && scene.receivers(1..<2, \.grafts) == [1]
        },
        RouterRule("a PRUNE without a backoff lasts 60 s") { faults in
            var scene = RouterScene(faults)
            scene.add(1)
            scene.beat()
            scene.hear(1, .prune(nil))
            scene.forget()
            scene.pass(.seconds(60))
            let early = scene.receivers(1..<2, \.grafts)
            scene.pass(.seconds(5))
            return early.isEmpty && scene.receivers(1..<2, \.grafts) == [1]
        },
        RouterRule("after it leaves a topic, the node waits before it sends GRAFT again") { faults in
            var scene = RouterScene(faults)
            scene.add(1)
            scene.beat()
            scene.leave()
            scene.forget()
            scene.join()
            scene.pass(.seconds(9))
            let early = scene.receivers(1..<2, \.grafts)
            scene.pass(.seconds(5))
            return early.isEmpty && scene.receivers(1..<2, \.grafts) == [1]
        },
        RouterRule(
            "with D_high peers in the mesh, the node accepts only peers that it dialed"
        ) {
            faults in
            var scene = RouterScene(faults)
            scene.add(1..<13)
            for n in 1..<13 { scene.hear(n, .graft()) }
            scene.add(20)
            scene.add(21, by: .us)
            scene.forget()
            scene.hear(20, .graft())
            scene.hear(21, .graft())
            return scene.mesh.count == 13 && scene.isInMesh(21) && scene.sent(to: 20).first?.prunes == true
                && scene.sent(to: 21).isEmpty
        },
        RouterRule("GRAFT of an explicit peer is answered with PRUNE") { faults in
            var scene = RouterScene(faults)
            scene.router.markExplicit(RouterScene.peer(1))
            scene.add(1)
            scene.forget()
            scene.hear(1, .graft())
            return !scene.isInMesh(1) && scene.sent(to: 1).first?.prunes == true
        },
        RouterRule("GRAFT of a peer with a score below 0 is answered with PRUNE without others") { faults in
            var scene = RouterScene(faults) { ($0.score, $0.exchanged) = (.strict, 16) }
            scene.add(1..<5)
            scene.hear(1, .publishing(.by(1, 1, "reject")))
            scene.forget()
            scene.hear(1, .graft())
            return !scene.isInMesh(1) && scene.sent(to: 1).first?.control?.prune.first?.peers.isEmpty == true
        },
        RouterRule("a PRUNE because of a full mesh names other peers with their records") { faults in
            var scene = RouterScene(faults) { $0.exchanged = 16 }
            scene.add(1..<13)
            for n in 1..<13 {
                scene.hear(n, .graft())
                let address = Multiaddr(.loopback(UInt16(n)))
                scene.router.know(
                    Envelope(of: RouterScene.identity(n), at: [address], 1).encoded(), of: RouterScene.peer(n))
            }
            scene.add(20)
            scene.forget()
            scene.hear(20, .graft())
            let peers = scene.sent(to: 20).first?.control?.prune.first?.peers ?? []
            return peers.count == 12
                && peers.allSatisfy { info in
                    guard let id = info.peerID.flatMap({ PeerID($0.array()) }), let record = info.signedPeerRecord
                    else { return false }
                    return PeerExchange.addresses(in: record.array(), of: id) != nil
                }
        },
        RouterRule("the node dials the peers of a PRUNE whose records are valid") { faults in
            var scene = RouterScene(faults)
            scene.add(1)
            let (good, bad) = (RouterScene.identity(30), RouterScene.identity(31))
            let record = Envelope(of: good, at: [Multiaddr(.loopback(30))], 1).encoded()
            func info(_ identity: Identity, _ record: [UInt8]?) -> PeerInfo {
                var info = PeerInfo()
                (info.peerID, info.signedPeerRecord) = (Bytes(identity.peer.bytes), record.map { Bytes($0) })
                return info
            }
            scene.hear(1, .prune(60, [info(good, record), info(bad, record), info(RouterScene.me, nil)]))
            return scene.dialed == [good.peer]
        },
        RouterRule("the node does not dial the peers in a PRUNE of a peer with a low score") { faults in
            var scene = RouterScene(faults) { $0.score = .strict }
            scene.add(1)
            scene.hear(1, .publishing(.by(1, 1, "reject")))
            var info = PeerInfo()
            info.peerID = Bytes(RouterScene.peer(30).bytes)
            scene.hear(1, .prune(60, [info]))
            return scene.dialed == []
        },
        RouterRule("a peer of 1.0 gets PRUNE with its topic only") { faults in
            var scene = RouterScene(faults)
            scene.add(1, .meshsub10)
            scene.beat()
            scene.forget()
            scene.leave()
            let prune = scene.sent(to: 1).last?.control?.prune.first
            return prune != nil && prune?.backoff == nil && prune?.peers.isEmpty == true
        },
    ]

    static let heartbeats = [
        RouterRule("a heartbeat fills a mesh up to D", [.neverFillsMesh]) { faults in
            var scene = RouterScene(faults)
            scene.add(1..<20)
            scene.forget()
            scene.beat()
            return scene.mesh.count == 6 && scene.receivers(1..<20, \.grafts) == (1..<20).filter(scene.isInMesh)
        },
        RouterRule("with D_low peers in the mesh, a heartbeat adds no peer") { faults in
            var scene = RouterScene(faults)
            scene.add(1..<5)
            scene.beat()
            scene.add(5..<20)
            scene.beat()
            return scene.mesh.count == 4
        },
        RouterRule("a heartbeat removes peers from a large mesh until it has D", [.neverThinsMesh]) { faults in
            var scene = RouterScene(faults)
            scene.add(1..<14, by: .us)
            for n in 1..<14 { scene.hear(n, .graft()) }
            scene.forget()
            scene.beat()
            return scene.mesh.count == 6 && scene.receivers(1..<14, \.prunes).count == 7
        },
        RouterRule("D_out peers that the node dialed stay in a large mesh") { faults in
            (0..<20).allSatisfy { seed in
                var scene = RouterScene(faults) { $0.highDegree = 10 }
                scene.router.random = Random(seed: UInt64(seed))
                scene.add(1..<10)
                scene.add(10..<12, by: .us)
                for n in 1..<12 { scene.hear(n, .graft()) }
                scene.beat()
                return scene.mesh.count == 6 && scene.isInMesh(10) && scene.isInMesh(11)
            }
        },
        RouterRule("the peers with the best scores stay in a large mesh") { faults in
            var scene = RouterScene(faults) { ($0.score, $0.highDegree) = (.strict, 10) }
            scene.add(1..<10)
            scene.add(10..<12, by: .us)
            for n in 1..<12 { scene.hear(n, .graft()) }
            for n in 1..<5 { scene.hear(n, .publishing(.by(40 + n, 1))) }
            scene.beat()
            return scene.mesh.count == 6 && (1..<5).allSatisfy(scene.isInMesh)
        },
        RouterRule("the node has a heartbeat in each period") { faults in
            var scene = RouterScene(faults)
            scene.beat()
            let first = scene.now
            scene.beat(3)
            return scene.now - first == .seconds(3)
        },
        RouterRule("a peer with a score below 0 leaves the mesh") { faults in
            var scene = RouterScene(faults) { $0.score = .strict }
            scene.add(1)
            scene.hear(1, .graft())
            scene.hear(1, .publishing(.by(1, 1, "reject")))
            scene.beat()
            return !scene.isInMesh(1) && scene.sent(to: 1).contains(where: \.prunes)
        },
        RouterRule("a bootstrapper is in no mesh") { faults in
            var scene = RouterScene(faults) {
                ($0.degree, $0.lowDegree, $0.highDegree, $0.outboundDegree, $0.bestDegree) = (0, 0, 0, 0, 0)
            }
            scene.add(1..<4)
            scene.beat()
            scene.add(4, by: .us)
            scene.hear(4, .graft())
            return scene.mesh.isEmpty && scene.receivers(1..<5, \.grafts).isEmpty
        },
        RouterRule("a profile has its degrees") { faults in
            var scene = RouterScene(faults) {
                if let settings = try? Definition.gossipsub.settings(profile: "lib2p2") {
                    $0 = RouterParameters(settings)
                }
            }
            scene.add(1..<10)
            scene.beat()
            return scene.mesh.count == 3
        },
        RouterRule("the node adds better peers to a mesh with low scores") { faults in
            var scene = RouterScene(faults) {
                $0.score = .strict
                $0.opportunisticTicks = 5
            }
            scene.add(1..<7)
            scene.beat()
            scene.add(7..<9)
            scene.beat(3)
            for n in 1...20 { for peer in 7..<9 { scene.hear(peer, .publishing(.by(50 + peer, UInt64(n)))) } }
            guard !scene.isInMesh(7), !scene.isInMesh(8) else { return false }
            scene.beat()
            return scene.isInMesh(7) && scene.isInMesh(8)
        },
    ]
}
