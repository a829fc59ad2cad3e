import Node
import Wire

/// A member of a swarm, as a row of `peers`.
struct MemberRow: Sendable {
    var member: Swarms.Place
    /// `here`, `lost` or `elsewhere`.
    var place: String
    /// The time since which it is a member; nil: unknown.
    var age: Duration?
    /// The time until it leaves if nothing happens; nil: no end is known.
    var ends: Duration?

    var row: Value {
        NodeQuestion.peers.row([
            .bytes(member.swarm), .bytes(member.peer), .text(place), .seconds(age), .seconds(ends),
        ])
    }
}

/// A call without an answer or an open stream, as a row of `calls`.
struct CallRow: Sendable {
    var stream: StreamID
    /// True if this node called.
    var isOurs: Bool
    var method: Method
    /// The key of the swarm, peer or topic; nil for a message.
    var about: [UInt8]?
    /// True if the stream has been confirmed.
    var isAnswered: Bool
    /// The time until the call fails without an answer.
    var ends: Duration?

    var row: Value {
        NodeQuestion.calls.row([
            .uint(stream.link.number), Value(Int64(stream.id)), .text(isOurs ? "us" : "them"), .text(method.rawValue),
            about.map { .bytes($0) } ?? .null, .text(isAnswered ? "open" : "waiting"), .seconds(ends),
        ])
    }
}
