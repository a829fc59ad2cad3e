import Node
import Wire

/// Functions of vectors that show how peers are scored, and which parameters are valid.
let scoreFunctions: [ProtocolFunction] = [
    ProtocolFunction(
        "gossipsub.score", arguments: 2...2,
        usage: "gossipsub.score(counters, parameters): the score of a peer in one topic, as decimal text; missing"
            + " counters, weights and thresholds are 0"
    ) { arguments throws(ProtocolFunction.Refusal) in
        let parameters = try parameters(arguments[1])
        var now = Instant.zero
        var stats = PeerStats()
        var topic = PeerStats.Topic()
        var sharing = 1
        for (name, value) in try numbers(arguments[0]) {
            switch name {
            case "mesh_seconds":
                topic.grafted = .zero
                now = .zero + .milliseconds(Int64(value * 1000))
            case "first": topic.first = value
            case "deliveries": topic.deliveries = value
            case "failures": topic.failures = value
            case "invalid": topic.invalid = value
            case "application": stats.application = value
            case "behaviour": stats.behaviour = value
            case "sharing": sharing = Int(value)
            default: throw ProtocolFunction.Refusal("no counter is called \(name)")
            }
        }
        stats.topics[[]] = topic
        return .text("\(stats.score(parameters, sharing: sharing, now: now))")
    },
    ProtocolFunction(
        "gossipsub.decayed", arguments: 3...3,
        usage: "gossipsub.decayed(counter, factor, times): P4 after this number of decays, as decimal text"
    ) { arguments throws(ProtocolFunction.Refusal) in
        var parameters = ScoreParameters()
        parameters.topic.invalidDecay = try number(arguments[1])
        var stats = PeerStats()
        stats.topics[[]] = PeerStats.Topic()
        stats.topics[[]]?.invalid = try number(arguments[0])
        for _ in 0..<min(10_000, max(0, Int(try number(arguments[2])))) { stats.decay(parameters) }
        return .text("\(stats.topics[[]]?.invalid ?? 0)")
    },
    ProtocolFunction(
        "gossipsub.are_valid", arguments: 1...1,
        usage: "gossipsub.are_valid(parameters): whether the weights, decays and thresholds are valid"
    ) { arguments throws(ProtocolFunction.Refusal) in
        var parameters = ScoreParameters()
        try set(&parameters, arguments[0])
        return .bool(parameters.isValid)
    },
    ProtocolFunction(
        "gossipsub.degrees", arguments: 1...1,
        usage: "gossipsub.degrees(map of d, d_low, d_high, d_out): the degrees that a router uses with these settings"
    ) { arguments throws(ProtocolFunction.Refusal) in
        var values: [String: String] = [:]
        for (name, value) in try numbers(arguments[0]) { values[name] = String(Int(value)) }
        guard let settings = try? Definition.gossipsub.settings(values) else {
            throw ProtocolFunction.Refusal("degrees that can be set are expected")
        }
        let made = RouterParameters(settings).constants
        return .map(made.filter { ["d", "d_low", "d_high", "d_out"].contains($0.key) })
    },
]

/// Returns parameters in which every weight or threshold that is missing is 0.
private func parameters(_ value: Value) throws(ProtocolFunction.Refusal) -> ScoreParameters {
    var all = ScoreParameters()
    for name in names where name.isWeight { all[keyPath: name.path] = 0 }
    all.topic.weight = 1
    all.topic.activation = .zero
    try set(&all, value)
    return all
}
private func set(_ all: inout ScoreParameters, _ value: Value) throws(ProtocolFunction.Refusal) {
    for (name, number) in try numbers(value) {
        guard let known = names.first(where: { $0.name == name }) else {
            throw ProtocolFunction.Refusal("no parameter is called \(name)")
        }
        all[keyPath: known.path] = number
    }
}

private struct NamedParameter: @unchecked Sendable {
    var name: String
    var path: WritableKeyPath<ScoreParameters, Double>
    /// True if the score multiplies by it or compares with it; its default is 0 then.
    var isWeight: Bool
    init(_ name: String, _ path: WritableKeyPath<ScoreParameters, Double>, isWeight: Bool = true) {
        (self.name, self.path, self.isWeight) = (name, path, isWeight)
    }
}

private let names: [NamedParameter] = [
    NamedParameter("topic_weight", \.topic.weight), NamedParameter("p1", \.topic.timeWeight),
    NamedParameter("p1_cap", \.topic.timeCap, isWeight: false), NamedParameter("p2", \.topic.firstWeight),
    NamedParameter("p2_cap", \.topic.firstCap, isWeight: false),
    NamedParameter("p2_decay", \.topic.firstDecay, isWeight: false),
    NamedParameter("p3", \.topic.deliveryWeight), NamedParameter("p3_threshold", \.topic.deliveryThreshold),
    NamedParameter("p3b", \.topic.failureWeight), NamedParameter("p4", \.topic.invalidWeight),
    NamedParameter("topic_cap", \.topicCap), NamedParameter("p5", \.applicationWeight),
    NamedParameter("p6", \.addressWeight), NamedParameter("p6_threshold", \.addressThreshold, isWeight: false),
    NamedParameter("p7", \.behaviourWeight), NamedParameter("p7_threshold", \.behaviourThreshold),
    NamedParameter("p7_decay", \.behaviourDecay, isWeight: false), NamedParameter("gossip", \.gossip, isWeight: false),
    NamedParameter("publish", \.publish, isWeight: false), NamedParameter("graylist", \.graylist, isWeight: false),
    NamedParameter("accept_px", \.acceptExchange, isWeight: false),
    NamedParameter("opportunistic", \.opportunistic, isWeight: false),
]

private func numbers(_ value: Value) throws(ProtocolFunction.Refusal) -> [(String, Double)] {
    guard case .map(let entries) = value else { throw ProtocolFunction.Refusal("a map of numbers is expected") }
    var out: [(String, Double)] = []
    for entry in entries { out.append((entry.key, try number(entry.value))) }
    return out
}
private func number(_ value: Value) throws(ProtocolFunction.Refusal) -> Double {
    switch value {
    case .uint(let n): return Double(n)
    case .int(let n): return Double(n)
    case .decimal(let text), .text(let text):
        guard let n = Double(text), n.magnitude < 1e12 else { throw ProtocolFunction.Refusal("\(text) is no number") }
        return n
    default: throw ProtocolFunction.Refusal("a number is expected")
    }
}
