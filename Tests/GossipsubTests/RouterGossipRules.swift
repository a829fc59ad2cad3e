import Libp2p
import Node
import Wire

@testable import Gossipsub

/// Returns a router with a full mesh of the peers 1 to 6, and some peers outside of it.
private func crowded(
    _ faults: Set<RouterFault>, others: Int = 3, _ change: (inout RouterParameters) -> Void = { _ in }
) -> RouterScene {
    var scene = RouterScene(faults, change)
    scene.add(1..<7)
    scene.beat()
    scene.add(7..<7 + others)
    scene.forget()
    return scene
}

extension RouterRule {
    static let gossip = [
        RouterRule("the node sends IHAVE to peers outside the mesh, in three heartbeats") { faults in
            var scene = crowded(faults)
            guard let id = scene.publish("own") else { return false }
            for beat in 0..<6 {
                scene.forget()
                scene.beat()
                let told = scene.receivers(1..<10) { $0.offered.contains(id) }
                guard told == (beat < 3 ? [7, 8, 9] : []) else { return false }
            }
            return true
        },
        RouterRule("the node sends IHAVE to D_lazy peers, or to a quarter of the peers if that is more") { faults in
            func told(_ others: Int) -> Int {
                var scene = crowded(faults, others: others)
                scene.publish("own")
                scene.beat()
                return scene.receivers(1..<7 + others) { !$0.offered.isEmpty }.count
            }
            return told(5) == 5 && told(10) == 6 && told(40) == 10
        },
        RouterRule("the node asks for an unseen message by the id of the IHAVE", [.neverAsks]) {
            faults in
            var scene = crowded(faults)
            scene.hear(1, .publishing(.by(9, 1)))
            scene.forget()
            let (seen, new) = (PublishedMessage.by(9, 1).defaultID, Array("deadbeef".utf8))
            scene.hear(7, .ihave([seen, new, new]))
            return scene.sent(to: 7).map(\.wanted) == [[new]]
        },
        RouterRule("the node ignores IHAVE for topics that it has not joined") { faults in
            var scene = crowded(faults)
            scene.hear(7, .ihave([[1]], "u"))
            return scene.out.isEmpty
        },
        RouterRule("the node handles ten IHAVE of a peer in each heartbeat") { faults in
            var scene = crowded(faults) { $0.followUp = .seconds(100) }
            for n in 0..<12 { scene.hear(7, .ihave([[UInt8(n)]])) }
            let first = scene.sent(to: 7).count
            scene.beat()
            scene.forget()
            scene.hear(7, .ihave([[100]]))
            return first == 10 && scene.sent(to: 7).count == 1
        },
        RouterRule("the node asks for at most 5,000 ids in a heartbeat") { faults in
            var scene = crowded(faults)
            for n in 0..<3 { scene.hear(7, .ihave((0..<2000).map { [UInt8(n), UInt8($0 >> 8), UInt8($0 & 255)] })) }
            return scene.sent(to: 7).reduce(0) { $0 + $1.wanted.count } == 5000
        },
        RouterRule("the node answers IWANT with the unchanged message, and unknown ids with no message") {
            faults in
            var scene = crowded(faults)
            let odd = PublishedMessage.by(9, 1) { $0.unknown.items = [Bytes([0x3a, 1, 0x61])] }
            guard let read = try? PublishedMessage(copying: odd.encoded()) else { return false }
            scene.hear(1, .publishing(read))
            scene.forget()
            scene.hear(7, .iwant([odd.defaultID, [1, 2, 3]]))
            return scene.sent(to: 7).flatMap(\.publish).map { $0.encoded() } == [odd.encoded()]
        },
        RouterRule("the node sends a message to a peer three times in answer to IWANT") { faults in
            var scene = crowded(faults)
            guard let id = scene.publish("own") else { return false }
            scene.forget()
            for _ in 0..<5 { scene.hear(7, .iwant([id])) }
            scene.hear(8, .iwant([id]))
            return scene.sent(to: 7).count == 3 && scene.sent(to: 8).count == 1
        },
        RouterRule("the node keeps a message for five heartbeats", [.cacheNeverForgets, .cacheIsShort]) { faults in
            var scene = crowded(faults)
            guard let id = scene.publish("own") else { return false }
            scene.beat(4)
            scene.forget()
            scene.hear(7, .iwant([id]))
            guard scene.sent(to: 7).count == 1 else { return false }
            scene.beat()
            scene.forget()
            scene.hear(7, .iwant([id]))
            return scene.sent(to: 7).isEmpty
        },
        RouterRule("a peer that does not send a message that it offered loses score") { faults in
            var scene = crowded(faults) { $0.score = .strict }
            scene.hear(7, .ihave([[1]]))
            let kept = PublishedMessage.by(9, 1)
            scene.hear(8, .ihave([kept.defaultID]))
            scene.hear(1, .publishing(kept))
            scene.pass(.milliseconds(2500))
            let early = scene.score(7)
            scene.pass(.seconds(2))
            return early >= 0 && scene.score(7) < 0 && scene.score(8) >= 0
        },
        RouterRule("the node sends no ids to a peer below the gossip threshold, and ignores its ids") { faults in
            var scene = crowded(faults) { $0.score = .strict }
            for n in 1...2 { scene.hear(7, .publishing(.by(7, UInt64(n), "reject"))) }
            guard let id = scene.publish("own"), scene.score(7) < -20 else { return false }
            scene.forget()
            scene.hear(7, .ihave([[1]]))
            scene.hear(7, .iwant([id]))
            let answers = scene.sent(to: 7).count
            scene.beat()
            return answers == 0 && scene.sent(to: 7).allSatisfy { $0.offered.isEmpty }
                && !scene.sent(to: 8).flatMap(\.offered).isEmpty
        },
        RouterRule("the node sends IDONTWANT to mesh peers of 1.2 before the message, except to the sender") { faults in
            var scene = RouterScene(faults)
            scene.add(1..<3)
            scene.add(3, .meshsub12)
            scene.add(4, .meshsub11)
            scene.beat()
            scene.forget()
            let large = PublishedMessage.by(9, 1, String(repeating: "x", count: 1024))
            scene.hear(1, .publishing(large))
            let said = scene.receivers(1..<5) { $0.unwanted == [large.defaultID] }
            guard said == [2, 3], let first = scene.sent(to: 2).first, first.publish.isEmpty else { return false }
            scene.forget()
            scene.hear(1, .publishing(.by(9, 2, String(repeating: "x", count: 1023))))
            return scene.receivers(1..<5) { !$0.unwanted.isEmpty }.isEmpty
        },
        RouterRule("for three heartbeats the node does not send a message to a peer that refused it") { faults in
            var scene = RouterScene(faults)
            scene.add(1..<4)
            scene.beat()
            scene.hear(2, .idontwant([PublishedMessage.by(9, 1).defaultID, PublishedMessage.by(9, 2).defaultID]))
            scene.forget()
            scene.hear(1, .publishing(.by(9, 1)))
            guard scene.receivers(1..<4, { !$0.publish.isEmpty }) == [3] else { return false }
            scene.hear(2, .iwant([PublishedMessage.by(9, 1).defaultID]))
            guard scene.sent(to: 2).isEmpty else { return false }
            scene.beat(3)
            scene.forget()
            scene.hear(1, .publishing(.by(9, 2)))
            return scene.receivers(1..<4) { !$0.publish.isEmpty } == [2, 3]
        },
        RouterRule("the node keeps a limited number of IDONTWANT, and a peer loses no score for more") {
            faults in
            var scene = RouterScene(faults) { $0.score = .strict }
            scene.add(1..<4)
            scene.beat()
            let last = PublishedMessage.by(9, 1)
            scene.hear(2, .idontwant((0..<10).map { [UInt8($0)] } + [last.defaultID]))
            scene.forget()
            scene.hear(1, .publishing(last))
            return scene.score(2) >= 0 && scene.receivers(1..<4) { $0.has(last) } == [2, 3]
        },
    ]

    static let others = [
        RouterRule("the node ignores a peer below the graylist threshold") {
            faults in
            var scene = RouterScene(faults) { $0.score = .strict }
            scene.add(1)
            for n in 1...4 { scene.hear(1, .publishing(.by(1, UInt64(n), "reject"))) }
            guard scene.score(1) < -100 else { return false }
            scene.forget()
            scene.hear(1, .publishing(.by(1, 9)))
            scene.hear(1, .graft())
            return scene.out.isEmpty && !scene.isInMesh(1)
        },
        RouterRule("the node keeps a bad score after the connection has ended") { faults in
            var scene = RouterScene(faults) { $0.score = .strict }
            scene.add(1)
            scene.hear(1, .publishing(.by(1, 1, "reject")))
            scene.remove(1)
            scene.pass(.seconds(5))
            scene.add(1)
            return scene.score(1) < 0
        },
        RouterRule("a peer loses score for GRAFT within the backoff, and twice as much soon after PRUNE") { faults in
            var scene = RouterScene(faults) { $0.score = .strict }
            scene.add(1..<3)
            for n in 1..<3 {
                scene.hear(n, .graft())
                scene.hear(n, .prune(60))
            }
            scene.hear(1, .graft())
            let soon = scene.score(1)
            scene.pass(.seconds(20))
            scene.hear(2, .graft())
            return soon < -35 && scene.score(2) < -5 && scene.score(2) > -15
        },
        RouterRule("the node does not send its own messages to peers below the publish threshold") { faults in
            var scene = RouterScene(faults) { ($0.score, $0.floodsOwn) = (.strict, true) }
            scene.add(1..<3)
            for n in 1...3 { scene.hear(1, .publishing(.by(1, UInt64(n), "reject"))) }
            scene.forget()
            scene.publish("own")
            return scene.receivers(1..<3) { !$0.publish.isEmpty } == [2]
        },
        RouterRule("the node limits the state that a peer can make it keep") { faults in
            var scene = RouterScene(faults)
            scene.add(1, topics: [])
            for n in 0..<3000 { scene.hear(1, .subscribing("topic \(n)")) }
            for n in 0..<1100 {
                scene.hear(1, .idontwant((0..<10).map { [UInt8($0), UInt8(n >> 8), UInt8(n & 255)] }))
            }
            guard let i = scene.router.table.index(RouterScene.peer(1)) else { return false }
            let peer = scene.router.table[i]
            return peer.topics.count == RouterPeer.topicLimit && peer.dontWants.count <= RouterPeer.dontWantLimit
                && scene.router.topicTable.count <= RouterPeer.topicLimit + 1
        },
    ]
}
