internal import Node
internal import Wire

/// Who takes part: those who are played, with the identities that they showed.
struct Cast {
    struct Actor {
        var name: String
        /// The public key that it had in the capture.
        var key: [UInt8]?
        /// The id that it had, where scenarios name those who take part by ids, and what it is.
        var sender: RecordingRules.Sender?
        /// The node speaks to it of its own accord.
        var isTold = false
    }
    /// The node under test, where it has an id.
    private(set) var node: RecordingRules.Sender?
    private(set) var actors: [Actor] = []
    /// The place of the actor for each connection.
    private(set) var ofFlow: [Int: Int] = [:]
    /// Further identities that somebody showed on a connection.
    private(set) var others: [[UInt8]] = []

    init(_ traffic: RecordedTraffic) {
        if let sender = traffic.definition.recording.sender {
            addSenders(traffic, sender)
            return
        }
        let keySize = traffic.definition.algorithms.first.flatMap { a in
            a.publicKey([UInt8](repeating: 0, count: a.seedCount))?.count
        }
        var keys: [Int: [[UInt8]]] = [:]
        for e in traffic.events where e.isOurs {
            guard case .message(let type, let fields, _) = e.what else { continue }
            for full in traffic.definition.identities {
                guard case .bytes(let key)? = fields.at(full, of: type.name.description), key.count == keySize,
                    !(keys[e.flow] ?? []).contains(key)
                else { continue }
                keys[e.flow, default: []].append(key)
            }
        }
        var places: [String: Int] = [:]
        for flow in traffic.flows.values.sorted(by: { $0.number < $1.number }) {
            let key = keys[flow.number]?.first
            // Whom the node dials listens at an endpoint of its own.
            let place = flow.isOpenedByNode ? flow.ours.description : flow.ours.host
            let identity = (key?.hex ?? "") + (key == nil || flow.isOpenedByNode ? place : "")
            if let known = places[identity] {
                ofFlow[flow.number] = known
                continue
            }
            places[identity] = actors.count
            ofFlow[flow.number] = actors.count
            // One key is one pair: a second actor of the same key has it by another way.
            let isKnown = key.map { k in actors.contains { $0.key == k } } ?? false
            actors.append(Actor(name: actors.isEmpty ? "peer" : "peer_\(actors.count + 1)", key: isKnown ? nil : key))
            for more in (keys[flow.number] ?? []).dropFirst() where !others.contains(more) { others.append(more) }
        }
        others.removeAll { other in actors.contains { $0.key == other } }
    }
    /// Who takes part by the ids that messages show.
    private mutating func addSenders(_ traffic: RecordedTraffic, _ sender: (Value) -> RecordingRules.Sender?) {
        var byFlow: [Int: [(Bool, RecordingRules.Sender?)]] = [:]
        for e in traffic.events {
            if case .message(_, let fields, _) = e.what {
                byFlow[e.flow, default: []].append((e.isOurs, sender(fields)))
            }
        }
        for flow in traffic.flows.values.sorted(by: { $0.number < $1.number }) {
            let said = byFlow[flow.number] ?? []
            node = node ?? said.first { !$0.0 }?.1
            let other = said.first { $0.0 }?.1
            let known = actors.firstIndex { $0.sender?.id == other?.id && other != nil }
            ofFlow[flow.number] = known ?? actors.count
            if known == nil {
                actors.append(Actor(name: actors.isEmpty ? "peer" : "peer_\(actors.count + 1)", sender: other))
            }
            if flow.isOpenedByNode { actors[known ?? actors.count - 1].isTold = true }
        }
    }
    func name(_ flow: Int) -> String { ofFlow[flow].map { actors[$0].name } ?? "peer" }
}
