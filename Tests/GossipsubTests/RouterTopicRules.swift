import Node
import Wire

@testable import Gossipsub

extension RouterRule {
    static let topics = [
        RouterRule("the first RPC to a new peer has all topics") { faults in
            var scene = RouterScene(faults)
            scene.join(Array("u".utf8))
            scene.add(1)
            return scene.sent(to: 1).first?.subscriptions.compactMap { $0.topic?.string(in: RawSpan()) } == ["t", "u"]
        },
        RouterRule("the node announces a new topic to all peers, whatever their topics") { faults in
            var scene = RouterScene(faults, joins: false)
            scene.add(1, topics: [])
            scene.forget()
            scene.join()
            return scene.sent(to: 1).first?.subscriptions.first?.subscribe == true
        },
        RouterRule("the node announces to all peers that it leaves a topic") { faults in
            var scene = RouterScene(faults)
            scene.add(1, topics: [])
            scene.forget()
            scene.leave()
            return scene.sent(to: 1).first?.subscriptions.first?.subscribe == false
        },
        RouterRule("a peer that left a topic gets no message of it") { faults in
            var scene = RouterScene(faults)
            scene.add(1..<3)
            scene.beat()
            scene.hear(1, .subscribing("t", false))
            scene.forget()
            scene.hear(2, .publishing(.by(9, 1)))
            scene.publish("own")
            return scene.sent(to: 1).isEmpty && !scene.isInMesh(1) && scene.sent(to: 2).count == 1
        },
        RouterRule("joining sends GRAFT to D peers") { faults in
            var scene = RouterScene(faults, joins: false)
            scene.add(1..<15)
            scene.forget()
            scene.join()
            return scene.receivers(1..<15, \.grafts).count == 6 && scene.mesh.count == 6
        },
        RouterRule("a node that leaves a topic sends PRUNE only to the mesh") {
            faults in
            var scene = RouterScene(faults)
            scene.add(1..<10)
            scene.beat()
            let mesh = (1..<10).filter(scene.isInMesh)
            scene.forget()
            scene.leave()
            return mesh.count == 6 && scene.receivers(1..<10, \.prunes) == mesh
        },
        RouterRule("PRUNE has the backoff") { faults in
            var scene = RouterScene(faults)
            scene.add(1)
            scene.beat()
            scene.forget()
            scene.leave()
            guard scene.sent(to: 1).last?.control?.prune.first?.backoff == 10 else { return false }
            scene = RouterScene(faults)
            scene.add(1)
            scene.router.markExplicit(RouterScene.peer(1))
            scene.forget()
            scene.hear(1, .graft())
            return scene.sent(to: 1).last?.control?.prune.first?.backoff == 60
        },
        RouterRule("a peer that returns gets all topics again and is in no mesh") {
            faults in
            var scene = RouterScene(faults)
            scene.add(1)
            scene.beat()
            guard scene.isInMesh(1) else { return false }
            scene.remove(1)
            scene.forget()
            scene.add(1)
            return !scene.isInMesh(1) && scene.sent(to: 1).first?.subscriptions.count == 1
        },
        RouterRule(
            "only the first RPC has the extensions"
        ) {
            faults in
            var scene = RouterScene(faults)
            scene.add(1..<3)
            scene.beat()
            scene.hear(2, .publishing(.by(9, 1)))
            let said = scene.sent(to: 1).map { $0.control?.extensions != nil }
            return said.count > 2 && said.first == true && said.filter { $0 }.count == 1
        },
        RouterRule("only peers of 1.3 get extensions") { faults in
            var scene = RouterScene(faults)
            scene.add(1, .meshsub12)
            return scene.sent(to: 1).allSatisfy { $0.control?.extensions == nil }
        },
        RouterRule("the node sends the test extension only to peers that have it too") { faults in
            var scene = RouterScene(faults)
            scene.add(1, topics: [])
            scene.add(2, topics: [])
            scene.hear(1, .extensions)
            scene.hear(2, .subscribing("t"))
            return scene.sent(to: 1).contains { $0.testExtension != nil }
                && scene.sent(to: 2).allSatisfy { $0.testExtension == nil }
        },
        RouterRule("repeated extensions change nothing") { faults in
            var scene = RouterScene(faults)
            scene.add(1, topics: [])
            scene.hear(1, .extensions)
            scene.hear(1, .extensions)
            scene.hear(1, .publishing(.by(1, 1)))
            return scene.delivered.count == 1 && scene.sent(to: 1).filter { $0.testExtension != nil }.count == 1
        },
    ]
}
