import Node
import Wire

/// A question of an operator to a running server or client. Both answer every question: a server has no outbox, and its
/// list is empty.
enum NodeQuestion: String, CaseIterable {
    case key, status, connections, swarms, peers, subscriptions, topics, hosts, calls, outbox, pending

    /// The question in the form that the rest of the program uses.
    var rule: NodeControl { NodeControl(asks: rawValue, summary, columns: columns) }
    private var summary: String {
        switch self {
        case .key: "the key of this peer or host"
        case .status: "its role and settings, and how much it has of everything"
        case .connections: "its connections"
        case .swarms: "the swarms, with the number of members here and elsewhere"
        case .peers: "the members of the swarms"
        case .subscriptions: "the peers whose messages are received, with their streams"
        case .topics: "the topics of the bus between hosts"
        case .hosts: "the hosts of its mesh, or the servers of a client"
        case .calls: "the calls without an answer, and the open streams"
        case .outbox: "the messages of a client that wait for acknowledgement"
        case .pending: "how many calls nothing has answered yet"
        }
    }
    /// The columns of its rows. `age` is the time since the beginning, and `ends` and `redial` are the time until then,
    /// all in whole seconds.
    private var columns: [String] {
        switch self {
        case .key, .status, .pending: []
        case .connections: ["link", "peer", "dialed", "state", "streams"]
        case .swarms: ["swarm", "here", "elsewhere"]
        case .peers: ["swarm", "peer", "place", "age", "ends"]
        case .subscriptions: ["peer", "streams", "state", "ends"]
        case .topics: ["topic", "key", "held", "subscribers"]
        case .hosts: ["address", "key", "state", "streams", "redial"]
        case .calls: ["link", "id", "caller", "method", "about", "state", "ends"]
        case .outbox: ["message_id", "to", "copies", "age", "ends"]
        }
    }
    static let rules = allCases.map(\.rule)

    /// Returns a row with these values in the order of the columns.
    func row(_ values: [Value]) -> Value {
        .map(zip(columns, values).map { Value.Entry($0, $1) })
    }
}

extension Value {
    /// Creates the whole seconds of a time, at least 0; null without a time.
    static func seconds(_ time: Duration?) -> Value {
        time.map { .uint(UInt64(max(0, $0.nanoseconds / 1_000_000_000))) } ?? .null
    }
    static func count(_ number: Int) -> Value { .uint(UInt64(max(0, number))) }
}
