import Crypto
import Libp2p
import Node
import Wire

@testable import Gossipsub

extension RouterRule {
    static let messages = [
        RouterRule("a message is delivered and forwarded once", [.takesSeenAgain]) { faults in
            var scene = RouterScene(faults)
            scene.add(1..<4)
            scene.beat()
            scene.forget()
            let message = PublishedMessage.by(9, 1)
            scene.hear(1, .publishing(message))
            scene.hear(2, .publishing(message))
            return scene.delivered == [message] && scene.receivers(1..<4) { $0.has(message) } == [2, 3]
        },
        RouterRule("the node delivers one message of an id, whatever the content") { faults in
            var scene = RouterScene(faults)
            scene.add(1)
            scene.hear(1, .publishing(.by(9, 1, "one")))
            scene.hear(1, .publishing(.by(9, 1, "two")))
            return scene.delivered.count == 1
        },
        RouterRule("the node forgets an id after seen_ttl") { faults in
            var scene = RouterScene(faults) { $0.seenTTL = .seconds(5) }
            scene.add(1)
            scene.hear(1, .publishing(.by(9, 1)))
            scene.pass(.seconds(4))
            scene.hear(1, .publishing(.by(9, 1)))
            let once = scene.delivered.count
            scene.pass(.seconds(3))
            scene.hear(1, .publishing(.by(9, 1)))
            return once == 1 && scene.delivered.count == 2
        },
        RouterRule("messages of other topics are not forwarded") { faults in
            var scene = RouterScene(faults)
            scene.add(1, topics: ["u"])
            scene.add(2, topics: ["u"])
            scene.forget()
            scene.hear(1, .publishing(.by(9, 1, topic: "u")))
            return scene.out.isEmpty
        },
        RouterRule("messages that name the node as their author are not forwarded") { faults in
            var scene = RouterScene(faults)
            scene.add(1..<4)
            scene.beat()
            scene.forget()
            var message = PublishedMessage.by(9, 1)
            message = message.signed(by: RouterScene.me)
            scene.hear(1, .publishing(message))
            return scene.out.isEmpty
        },
        RouterRule("the node sends a message neither to its sender nor to its author", [.sendsBack]) { faults in
            var scene = RouterScene(faults)
            scene.add(1..<4)
            scene.beat()
            scene.forget()
            scene.hear(1, .publishing(.by(2, 1)))
            return scene.receivers(1..<4) { !$0.publish.isEmpty } == [3]
        },
        RouterRule(
            "the node forwards a message at once to the mesh and to peers of floodsub",
            [.neverForwards]
        ) { faults in
            var scene = RouterScene(faults)
            scene.add(1..<4)
            scene.add(4, .floodsub)
            scene.beat()
            scene.forget()
            let message = PublishedMessage.by(9, 1)
            scene.hear(1, .publishing(message))
            return scene.receivers(1..<5) { $0.has(message) } == [2, 3, 4]
        },
        RouterRule("the node does not forward a message that the application rejects or ignores") { faults in
            var scene = RouterScene(faults)
            scene.add(1..<4)
            scene.beat()
            scene.forget()
            scene.hear(1, .publishing(.by(9, 1, "reject this"), .by(9, 2, "ignore this")))
            return scene.delivered.isEmpty && scene.receivers(1..<4) { !$0.publish.isEmpty } == []
        },
        RouterRule("a sender loses score only for a rejected message") { faults in
            var scene = RouterScene(faults) { $0.score = .strict }
            scene.add(1..<3)
            scene.hear(1, .publishing(.by(9, 1, "reject this")))
            scene.hear(2, .publishing(.by(9, 2, "ignore this")))
            return scene.score(1) < 0 && scene.score(2) >= 0
        },
        RouterRule("the node sends its own messages to the mesh") { faults in
            var scene = RouterScene(faults)
            scene.add(1..<12)
            scene.add(12, .floodsub)
            scene.beat()
            let mesh = (1..<12).filter(scene.isInMesh)
            scene.forget()
            scene.publish("own")
            return scene.receivers(1..<13) { !$0.publish.isEmpty } == mesh + [12] && scene.delivered.isEmpty
        },
        RouterRule("with flood publishing, the node sends its own messages to all peers of the topic") { faults in
            var scene = RouterScene(faults) { $0.floodsOwn = true }
            scene.add(1..<12)
            scene.beat()
            scene.forget()
            scene.publish("own")
            return scene.receivers(1..<12) { !$0.publish.isEmpty }.count == 11
        },
        RouterRule("the node sends its messages of a topic that it has not joined to the same D peers") { faults in
            var scene = RouterScene(faults, joins: false)
            scene.add(1..<20)
            scene.forget()
            scene.publish("one")
            let first = scene.receivers(1..<20) { !$0.publish.isEmpty }
            scene.forget()
            scene.pass(.seconds(50))
            scene.publish("two")
            let second = scene.receivers(1..<20) { !$0.publish.isEmpty }
            return first.count == 6 && first == second
        },
        RouterRule("the fanout ends after fanout_ttl, and a new mesh begins with its peers") { faults in
            var scene = RouterScene(faults, joins: false)
            scene.add(1..<20)
            scene.publish("one")
            let old = scene.router.fanout(RouterScene.topic)
            scene.join()
            guard scene.mesh == old, scene.router.fanout(RouterScene.topic).isEmpty else { return false }
            scene = RouterScene(faults, joins: false)
            scene.add(1..<20)
            scene.publish("one")
            scene.pass(.seconds(62))
            return scene.router.fanout(RouterScene.topic).isEmpty
        },
        RouterRule("an explicit peer gets all messages, outside of the mesh") { faults in
            var scene = RouterScene(faults)
            scene.router.markExplicit(RouterScene.peer(1))
            scene.add(1..<3)
            scene.beat()
            scene.forget()
            scene.hear(2, .publishing(.by(9, 1)))
            scene.publish("own")
            return !scene.isInMesh(1) && scene.sent(to: 1).filter { !$0.publish.isEmpty }.count == 2
        },
        RouterRule("the node dials explicit peers again from time to time") { faults in
            var scene = RouterScene(faults) { $0.explicitTicks = 10 }
            scene.router.markExplicit(RouterScene.peer(1))
            scene.beat(12)
            return scene.dialed == [RouterScene.peer(1), RouterScene.peer(1)]
        },
        RouterRule("the node handles control messages in an RPC with messages") { faults in
            var scene = RouterScene(faults)
            scene.add(1)
            var rpc = RPCContent.graft()
            rpc.publish = [.by(1, 1)]
            scene.hear(1, rpc)
            return scene.isInMesh(1) && scene.delivered.count == 1
        },
    ]

    static let signatures = [
        RouterRule("own messages are signed and numbered") { faults in
            var scene = RouterScene(faults)
            scene.add(1)
            scene.beat()
            scene.publish("own")
            guard let message = scene.sent(to: 1).flatMap(\.publish).first else { return false }
            return message.isSigned == true && message.from?.array() == RouterScene.me.peer.bytes
                && message.sequence?.count == 8 && message.key == nil
        },
        RouterRule("numbers of own messages grow") { faults in
            var scene = RouterScene(faults)
            scene.add(1)
            scene.beat()
            for n in 0..<3 { scene.publish("own \(n)") }
            let numbers = scene.sent(to: 1).flatMap(\.publish).compactMap { $0.sequence?.array() }
            return numbers.count == 3
                && zip(numbers, numbers.dropFirst()).allSatisfy { $0.lexicographicallyPrecedes($1) }
        },
        RouterRule(
            "the node refuses a message that its author did not sign",
            [.unsignedTaken, .signatureNotChecked, .keyNotChecked]
        ) { faults in
            var scene = RouterScene(faults) { $0.score = .strict }
            scene.add(1..<4)
            scene.beat()
            var unsigned = PublishedMessage.by(9, 1)
            unsigned.signature = nil
            var wrong = PublishedMessage.by(9, 2)
            wrong.data = Bytes([1])
            // Another peer signs in the name of peer 9, with a key of its own.
            var foreign = PublishedMessage.by(9, 3)
            foreign.from = Bytes(RouterScene.peer(9).bytes)
            foreign.signature = Bytes(RouterScene.identity(8).sign(foreign.signed))
            foreign.key = Bytes(RouterScene.identity(8).publicKey.encoded())
            scene.hear(1, .publishing(unsigned))
            scene.hear(2, .publishing(wrong))
            scene.hear(3, .publishing(foreign))
            return scene.delivered.isEmpty && (1..<4).allSatisfy { scene.score($0) < 0 }
        },
        RouterRule("after a message with a wrong signature, the node accepts the right one") { faults in
            var scene = RouterScene(faults)
            scene.add(1)
            var wrong = PublishedMessage.by(9, 1)
            wrong.data = Bytes([1])
            scene.hear(1, .publishing(wrong))
            scene.hear(1, .publishing(.by(9, 1)))
            return scene.delivered == [.by(9, 1)]
        },
        RouterRule("unknown signed fields belong to the message", [.unknownFieldsNotSigned]) { faults in
            var scene = RouterScene(faults)
            scene.add(1..<3)
            scene.beat()
            scene.forget()
            let odd = PublishedMessage.by(9, 1) { $0.unknown.items = [Bytes([0x3a, 1, 0x61])] }
            guard let read = try? PublishedMessage(copying: odd.encoded()) else { return false }
            scene.hear(1, .publishing(read))
            return scene.sent(to: 2).flatMap(\.publish).first?.encoded() == odd.encoded()
        },
        RouterRule("the node refuses sequence numbers of another length", [.sequenceLengthNotChecked]) { faults in
            var scene = RouterScene(faults)
            scene.add(1)
            scene.hear(1, .publishing(.by(9, 1) { $0.sequence = Bytes([0, 0, 0, 1]) }))
            return scene.delivered.isEmpty
        },
        RouterRule("with StrictNoSign, messages have no author, number, key and signature") { faults in
            var scene = RouterScene(faults) { ($0.signing, $0.messageID) = (.strictNoSign, .data) }
            scene.add(1)
            scene.beat()
            scene.publish("own")
            guard let message = scene.sent(to: 1).flatMap(\.publish).first else { return false }
            return message.from == nil && message.sequence == nil && message.signature == nil && message.key == nil
        },
        RouterRule("with StrictNoSign, the node accepts only messages without these fields", [.strictNoSignNotChecked])
        { faults in
            var scene = RouterScene(faults) { ($0.signing, $0.messageID) = (.strictNoSign, .data) }
            scene.add(1)
            scene.hear(1, .publishing(.by(9, 1, "signed")))
            guard scene.delivered.isEmpty else { return false }
            var bare = PublishedMessage()
            (bare.data, bare.topic) = (Bytes(Array("bare".utf8)), "t")
            scene.hear(1, .publishing(bare))
            scene.hear(1, .publishing(bare))
            return scene.delivered == [bare]
        },
        RouterRule("lax policies accept messages without a signature, but none with a wrong one") { faults in
            [SignaturePolicy.laxSign, .laxNoSign].allSatisfy { policy in
                var scene = RouterScene(faults) { $0.signing = policy }
                scene.add(1)
                scene.beat()
                var unsigned = PublishedMessage.by(9, 1)
                unsigned.signature = nil
                var wrong = PublishedMessage.by(9, 2)
                wrong.data = Bytes([1])
                scene.hear(1, .publishing(unsigned, wrong, .by(9, 3)))
                scene.publish("own")
                let own = scene.sent(to: 1).flatMap(\.publish).first
                return scene.delivered == [unsigned, .by(9, 3)] && (own?.signature != nil) == (policy == .laxSign)
                    && own?.sequence?.count == 8
            }
        },
    ]
}
