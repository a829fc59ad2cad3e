internal import Node
internal import Wire

/// The participants that the scenario plays, with the identities that they showed.
struct Cast {
    struct Actor {
        var name: String
        /// The public key of the actor in the capture.
        var key: [UInt8]?
        /// The id and kind of the actor, if scenarios of the protocol name participants by ids.
        var sender: RecordingRules.Sender?
        /// True if the node opens connections to the actor.
        var isTold = false
    }
    /// The id and kind of the node under test, if it has an id.
    private(set) var node: RecordingRules.Sender?
    private(set) var actors: [Actor] = []
    /// The index of the actor for each connection.
    private(set) var ofFlow: [Int: Int] = [:]
    /// Further identities that an actor showed on a connection.
    private(set) var others: [[UInt8]] = []
    /// The name of the key pair of each of these keys.
    private(set) var pairs: [[UInt8]: String] = [:]

    init(_ traffic: RecordedTraffic) {
        if let sender = traffic.definition.recording.sender {
            addSenders(traffic, sender)
            return
        }
        let keySize = traffic.definition.playing.algorithms.first.flatMap { a in
            a.publicKey([UInt8](repeating: 0, count: a.seedCount))?.count
        }
        var keys: [Int: [[UInt8]]] = [:]
        for e in traffic.events where e.isOurs {
            guard case .message(let message) = e.what else { continue }
            let name = message.name
            let paths = traffic.definition.naming.identities.filter { $0.hasPrefix(name + ".") }
            let fields: Value = paths.isEmpty ? .null : message.fields
            for full in paths {
                guard case .bytes(let key)? = fields.at(full, of: name), key.count == keySize,
                    !(keys[e.flow] ?? []).contains(key)
                else { continue }
                keys[e.flow, default: []].append(key)
            }
        }
        var places: [String: Int] = [:]
        var known: Set<[UInt8]> = []
        var more: [[UInt8]] = []
        for flow in traffic.flows.values.sorted(by: { $0.number < $1.number }) {
            let key = keys[flow.number]?.first
            // An actor that the node dials listens at its own endpoint.
            let place = flow.isOpenedByNode ? flow.ours.description : flow.ours.host
            let identity = (key?.hex ?? "") + (key == nil || flow.isOpenedByNode ? place : "")
            if let place = places[identity] {
                ofFlow[flow.number] = place
                continue
            }
            places[identity] = actors.count
            ofFlow[flow.number] = actors.count
            // A key belongs to one pair. A second actor with the same key is created without it.
            let isKnown = key.map { !known.insert($0).inserted } ?? false
            actors.append(Actor(name: actors.isEmpty ? "peer" : "peer_\(actors.count + 1)", key: isKnown ? nil : key))
            more += (keys[flow.number] ?? []).dropFirst()
        }
        others = more.filter { known.insert($0).inserted }
        for (i, key) in others.enumerated() { pairs[key] = Self.pair(i) }
        for a in actors { if let key = a.key { pairs[key] = a.name } }
    }
    /// Adds the participants by the ids in their messages.
    private mutating func addSenders(_ traffic: RecordedTraffic, _ sender: (Value) -> RecordingRules.Sender?) {
        struct Side: Hashable {
            var flow: Int
            var isOurs: Bool
        }
        // The first message of each side gives its id.
        var said: Set<Side> = []
        var first: [Side: RecordingRules.Sender] = [:]
        var places: [[UInt8]: Int] = [:]
        for e in traffic.events {
            let side = Side(flow: e.flow, isOurs: e.isOurs)
            guard case .message(let message) = e.what, said.insert(side).inserted else { continue }
            first[side] = sender(message.fields)
        }
        for flow in traffic.flows.values.sorted(by: { $0.number < $1.number }) {
            node = node ?? first[Side(flow: flow.number, isOurs: false)]
            let other = first[Side(flow: flow.number, isOurs: true)]
            let known = other.flatMap { places[$0.id] }
            ofFlow[flow.number] = known ?? actors.count
            if known == nil {
                if let other { places[other.id] = actors.count }
                actors.append(Actor(name: actors.isEmpty ? "peer" : "peer_\(actors.count + 1)", sender: other))
            }
            if flow.isOpenedByNode { actors[known ?? actors.count - 1].isTold = true }
        }
    }
    /// Returns the name of the key pair of a further identity.
    static func pair(_ i: Int) -> String { "other_key_\(i + 1)" }
    func name(_ flow: Int) -> String { ofFlow[flow].map { actors[$0].name } ?? "peer" }
}
