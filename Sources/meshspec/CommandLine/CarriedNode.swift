import Gossipsub
import Kademlia
import Node

extension Definition {
    /// The protocol that carries the bus of nodes with these settings; nil if none does.
    static func carrier(of settings: Settings) -> Definition? {
        ["gossipsub", dhtBus].contains(settings.values["bus"]) ? .gossipsub : nil
    }
    /// The value of the parameter `bus` with which the nodes of the carrier find each other in a DHT.
    static let dhtBus = "dht"
    /// Returns the definition with nodes whose bus gossipsub carries, if their parameter `bus` says so. A node of
    /// gossipsub takes over the address and the peers of such a node.
    func overGossipsub() -> Definition {
        var definition = self
        definition.reference.controls += questionsToCarrier
        let make = reference.node
        definition.reference.node = { [name] options in
            guard let other = Self.carrier(of: options.settings) else { return make(options) }
            // An announcement must not be lost because a topic has no mesh yet.
            var values = ["flood_publish": "on"]
            if options.settings.values["bus"] == Self.dhtBus { values["dht"] = name }
            var (own, carried) = (options, options)
            (own.peers, own.targets, own.acquaintances) = ([], [], [])
            // The presets of a protocol are valid settings.
            guard let user = make(own) as? any PubsubUser, user.leavesPubsub,
                let settings = try? other.settings(values)
            else { return make(options) }
            carried.settings = settings
            carried.random = Random(seed: carried.random.next())
            (carried.kind, carried.bug, carried.identity) = (nil, nil, nil)
            guard let carrier = other.reference.node(carried) as? any PubsubCarrier else {
                return make(options)
            }
            return PubsubPair(user, over: carrier)
        }
        return definition
    }
    /// The questions about the carrier, unless nodes of this protocol answer one of the same name.
    private var questionsToCarrier: [NodeControl] {
        let names = Set(reference.controls.map(\.name)), ofDHT = Set(DHT.questions.map(\.name))
        return Definition.gossipsub.reference.controls
            .filter { $0.isQuestion && $0.operand == nil && !names.contains($0.name) }
            .map {
                var question = $0
                question.summary += ofDHT.contains($0.name) ? ", with bus=dht" : ", with bus=gossipsub or bus=dht"
                return question
            }
    }
}
