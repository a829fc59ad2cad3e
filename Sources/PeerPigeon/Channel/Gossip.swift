import Node
import Wire

/// What a peer does with gossip that comes: it takes each message once, and passes it on while it may.
struct Gossip: Sendable {
    /// How often a message that is new may be passed on.
    static let ttl: Int64 = 40
    /// Messages are known again for so long, and longer until the next look (`sweepInterval`).
    static let memory = Duration.seconds(300)
    static let sweepInterval = Duration.seconds(60)
    /// Ids that are remembered; more than that are dropped as if they were known.
    static let limit = 100_000

    let own: PeerID
    let network: NetworkName
    /// When each message was taken.
    private var seen: [String: Instant] = [:]
    private var sweptAt: Instant?

    init(_ own: PeerID, _ network: NetworkName = .global) { (self.own, self.network) = (own, network) }

    /// Why a message goes no further.
    enum Drop: Equatable, Sendable {
        /// No id, sender or subtype, or no content.
        case malformed
        case otherNetwork
        case known
        case expired
        /// It was here.
        case loop
        /// Too much is remembered.
        case full
    }
    enum Outcome: Equatable, Sendable {
        /// It is taken, and goes like this to every channel but the one it came from.
        case taken(forward: GossipMessage)
        case dropped(Drop)
    }

    /// Takes a message. `packet`: the bytes that it was read from, if it borrows from them.
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
    /// A message of our own, which is not taken when it comes back.
    mutating func make(
        _ id: String, _ subtype: String, _ content: Value, to: PeerID? = nil, milliseconds: Int64, _ now: Instant
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
    /// Ids of other kinds than text are told apart as well.
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
