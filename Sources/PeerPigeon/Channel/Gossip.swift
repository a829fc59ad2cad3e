import Node
import Wire

/// The handling of received gossip in a peer: it accepts each message once, and passes it on while it may.
struct Gossip: Sendable {
    /// The number of times that a new message may be passed on.
    static let ttl: Int64 = 40
    /// The time for which messages are remembered, at least; they are removed at the next sweep (`sweepInterval`).
    static let memory = Duration.seconds(300)
    static let sweepInterval = Duration.seconds(60)
    /// The maximum number of remembered ids. Further messages are dropped as if they were known.
    static let limit = 100_000

    let own: PeerID
    let network: NetworkName
    /// The time at which each message was accepted.
    private var seen: [String: Instant] = [:]
    private var sweptAt: Instant?

    init(_ own: PeerID, _ network: NetworkName = .global) { (self.own, self.network) = (own, network) }

    /// The reason why a message is dropped.
    enum Drop: Equatable, Sendable {
        /// The id, sender, subtype or content is missing.
        case malformed
        case otherNetwork
        case known
        case expired
        /// The message has passed this peer before.
        case loop
        /// Too many messages are remembered.
        case full
    }
    enum Outcome: Equatable, Sendable {
        /// The message is accepted, and is sent in this form to every channel except the one it arrived on.
        case taken(forward: GossipMessage)
        case dropped(Drop)
    }

    /// Handles a message. `packet` has the bytes from which it was read, if it borrows from them.
    mutating func receive(_ message: GossipMessage, in packet: RawSpan = RawSpan(), _ now: Instant) -> Outcome {
        func value(_ field: JSONValue?) -> Value? { field?.value(in: packet) }
        guard let id = value(message.id), id.isTrue, let from = value(message.from), from.isTrue,
            let subtype = value(message.subtype), subtype.isTrue, message.content != nil
        else { return .dropped(.malformed) }
        guard NetworkName(value(message.networkName)) == network else { return .dropped(.otherNetwork) }
        sweep(now)
        let key = Self.key(id)
        guard seen[key] == nil else { return .dropped(.known) }
        guard let ttl = Self.integer(value(message.ttl)), ttl > 0 else { return .dropped(.expired) }
        var path: [Value] = []
        if case .list(let peers)? = value(message.path) { path = peers }
        guard !path.contains(.text(own.text)) else { return .dropped(.loop) }
        guard seen.count < Self.limit else { return .dropped(.full) }
        seen[key] = now
        var forward = message
        forward.ttl = JSONValue(Value(ttl - 1))
        forward.path = JSONValue(.list(path + [.text(own.text)]))
        return .taken(forward: forward)
    }
    /// Returns a message of this peer, which is not accepted when it comes back.
    mutating func make(
        _ id: String, _ subtype: String, _ content: Value, to: PeerID? = nil, milliseconds: Int64, at now: Instant
    ) -> GossipMessage {
        seen[Self.key(.text(id))] = now
        var message = GossipMessage()
        message.type = "gossip"
        message.id = JSONValue(.text(id))
        message.subtype = JSONValue(.text(subtype))
        message.content = JSONValue(content)
        message.from = JSONValue(.text(own.text))
        message.to = to.flatMap { JSONValue(.text($0.text)) }
        message.networkName = network.json
        message.timestamp = JSONValue(Value(milliseconds))
        message.ttl = JSONValue(Value(Self.ttl))
        message.path = JSONValue(.list([.text(own.text)]))
        return message
    }
    private mutating func sweep(_ now: Instant) {
        guard let last = sweptAt else {
            sweptAt = now
            return
        }
        guard now >= last + Self.sweepInterval else { return }
        sweptAt = now
        seen = seen.filter { now - $0.value <= Self.memory }
    }
    /// Returns a key for an id; ids that are not text have distinct keys too.
    private static func key(_ id: Value) -> String {
        if case .text(let text) = id { return text }
        var text: [UInt8] = [0]
        ValueJSON.write(id, to: &text, .numbers)
        return String(decoding: text, as: UTF8.self)
    }
    private static func integer(_ value: Value?) -> Int64? {
        switch value {
        case .uint(let n)?: Int64(exactly: n)
        case .int(let n)?: n
        default: nil
        }
    }
}
