internal import Node

/// The signals of a simulated mesh, and their paths.
struct SignalLedger {
    /// A signal: a message of a client in a session.
    struct Key: Hashable {
        var type: String
        var session: UInt64
    }
    /// The clients of a session. `to` is nil if the receiver does not exist.
    struct Session {
        var from: Int
        var to: Int?
        /// True if the signal must arrive.
        var hasWay: Bool
    }
    private(set) var sessions: [UInt64: Session] = [:]
    /// The number of times that each signal reached each client.
    private(set) var deliveries: [Key: [Int: Int]] = [:]
    private(set) var relays: [Key: Int] = [:]
    /// The number of links that each signal crossed to each hub.
    private var depths: [Key: [Int: Int]] = [:]
    private(set) var total = 0
    private(set) var farthest = 0

    mutating func begin(_ session: UInt64, _ what: Session) { sessions[session] = what }
    mutating func relayed(_ key: Key, from: Int, to: Int, isOne: Bool) {
        guard sessions[key.session] != nil else { return }
        total += 1
        relays[key, default: 0] += 1
        // A session has several signals of all other types.
        guard isOne else { return }
        let depth = (depths[key]?[from] ?? 0) + 1
        depths[key, default: [:]][to] = min(depths[key]?[to] ?? .max, depth)
        farthest = max(farthest, depth)
    }
    mutating func delivered(_ key: Key, to client: Int) { deliveries[key, default: [:]][client, default: 0] += 1 }
    /// Removes the data of a session that is over.
    mutating func forget(_ session: UInt64, _ types: [String]) {
        sessions[session] = nil
        for type in types {
            let key = Key(type: type, session: session)
            (deliveries[key], relays[key], depths[key]) = (nil, nil, nil)
        }
    }
}
