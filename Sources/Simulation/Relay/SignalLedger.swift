internal import Node

/// What was said in a simulated mesh, and where it went.
struct SignalLedger {
    /// A signal: what a client said in a session.
    struct Key: Hashable {
        var type: String
        var session: UInt64
    }
    /// Who talks in a session; nil: to nobody.
    struct Session {
        var from: Int
        var to: Int?
        /// Whether it has to arrive.
        var hasWay: Bool
    }
    private(set) var sessions: [UInt64: Session] = [:]
    /// How often each signal came to whom.
    private(set) var deliveries: [Key: [Int: Int]] = [:]
    private(set) var relays: [Key: Int] = [:]
    /// Over how many links each signal came to which hub.
    private var depths: [Key: [Int: Int]] = [:]
    private(set) var total = 0
    private(set) var farthest = 0

    mutating func begin(_ session: UInt64, _ what: Session) { sessions[session] = what }
    mutating func relayed(_ key: Key, from: Int, to: Int, isOne: Bool) {
        guard sessions[key.session] != nil else { return }
        total += 1
        relays[key, default: 0] += 1
        // Of all else there are several in a session.
        guard isOne else { return }
        let depth = (depths[key]?[from] ?? 0) + 1
        depths[key, default: [:]][to] = min(depths[key]?[to] ?? .max, depth)
        farthest = max(farthest, depth)
    }
    mutating func delivered(_ key: Key, to client: Int) { deliveries[key, default: [:]][client, default: 0] += 1 }
    /// What is over is not kept.
    mutating func forget(_ session: UInt64, _ types: [String]) {
        sessions[session] = nil
        for type in types {
            let key = Key(type: type, session: session)
            (deliveries[key], relays[key], depths[key]) = (nil, nil, nil)
        }
    }
}
