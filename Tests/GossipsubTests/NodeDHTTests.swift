import Kademlia
import Libp2p
import Node
import Testing
import Wire

@testable import Gossipsub

/// The namespaces of a DHT in which a node meets others.
struct NodeDHTTests {
    private func node(_ dht: String) throws -> GossipsubNode {
        GossipsubNode(NodeOptions(try Definition.gossipsub.settings(["dht": dht]), random: Random(seed: 1)))
    }
    /// Returns the namespaces of these that the node provides. A provider stores its own record at once.
    private func provided(_ node: GossipsubNode, of namespaces: [String]) -> [String] {
        let keys = Set(node.dht?.server.providers.counts(.zero).map(\.key) ?? [])
        return namespaces.filter { keys.contains(ContentID(ofRaw: Array($0.utf8)).multihash) }
    }
    /// A node meets others in the namespace of each of its topics, of the later ones too, and leaves it with the topic.
    @Test func joinsNamespaceOfEachTopic() throws {
        var node = try node("lib2p2")
        var out: [Action] = []
        node.start(now: .zero, &out)
        for topic in ["a", "b"] {
            _ = node.control("subscribe", [.init("topic", .text(topic))], now: .zero, &out)
        }
        let all = ["floodsub:meshspec", "floodsub:a", "floodsub:b"]
        #expect(provided(node, of: all + ["a", "floodsub:", "floodsub:c"]) == all && node.namespaces == Set(all))
        _ = node.control("unsubscribe", [.init("topic", .text("a"))], now: .zero, &out)
        #expect(node.namespaces == ["floodsub:meshspec", "floodsub:b"])
    }
    /// A node that carries the topics of another one meets only in the namespace that this node names, the latest.
    @Test func joinsNamespaceOfCarriedNode() throws {
        var node = try node("dxos")
        var out: [Action] = []
        node.start(now: .zero, &out)
        for call in [PubsubCall.meet("x"), .subscribe("topic"), .meet("y")] { node.carry(call, now: .zero, &out) }
        #expect(provided(node, of: ["x", "y", "floodsub:topic", "floodsub:meshspec"]) == ["x", "y"])
        #expect(node.namespaces == ["y"])
    }
    /// Without a DHT, nothing is provided.
    @Test func needsDHT() throws {
        var node = try node("off")
        var out: [Action] = []
        node.start(now: .zero, &out)
        node.carry(.meet("x"), now: .zero, &out)
        #expect(node.dht == nil)
    }
}
