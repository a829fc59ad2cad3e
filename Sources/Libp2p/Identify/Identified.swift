public import Node
import Wire

/// The identify data of a peer. A field is missing or empty if the peer did not send it.
public struct Identified: Equatable, Sendable {
    /// A serialized `PublicKey`.
    public var publicKey: [UInt8]?
    public var agent: String?
    public var protocols: [String] = []
    public var addresses: [Multiaddr] = []
    /// A serialized `Envelope`.
    public var record: [UInt8]?
    /// The maximum number of protocols, and of addresses, that are kept for a peer.
    public static let limit = 256

    /// Creates empty identify data.
    public init() {}
    /// Reads the data from an event; nil if it is another event.
    public init?(_ event: Event) {
        guard event.name == Self.eventName else { return nil }
        for detail in event.details {
            switch (detail.key, detail.value) {
            case ("agent", .text(let text)): agent = text
            case ("public_key", .bytes(let bytes)): publicKey = bytes
            case ("signed_peer_record", .bytes(let bytes)): record = bytes
            case ("protocols", .list(let list)):
                protocols = list.compactMap { if case .text(let text) = $0 { text } else { nil } }
            case ("addresses", .list(let list)):
                addresses = list.compactMap { if case .text(let text) = $0 { Multiaddr(text) } else { nil } }
            default: break
            }
        }
    }
    private static let eventName = "identified"
    /// The data as an event.
    var event: Event {
        var details: [Value.Entry] = []
        if let agent { details.append(.init("agent", .text(agent))) }
        if !protocols.isEmpty { details.append(.init("protocols", .list(protocols.map { .text($0) }))) }
        if !addresses.isEmpty { details.append(.init("addresses", .list(addresses.map { .text($0.description) }))) }
        if let publicKey { details.append(.init("public_key", .bytes(publicKey))) }
        if let record { details.append(.init("signed_peer_record", .bytes(record))) }
        return Event(Self.eventName, nil, details)
    }
    /// Adds a further message of the same stream.
    mutating func add(_ content: IdentifyContent) {
        publicKey = content.publicKey?.own ?? publicKey
        agent = content.agentVersion.map { $0.string(in: RawSpan()) } ?? agent
        record = content.signedPeerRecord?.own ?? record
        let more = content.protocols.prefix(Self.limit - protocols.count).map { $0.string(in: RawSpan()) }
        protocols += more
        addresses += content.listenAddresses.prefix(Self.limit - addresses.count).compactMap {
            $0.own.flatMap { Multiaddr(bytes: $0) }
        }
    }
    /// Updates the data with a push. Fields that are missing in the push stay unchanged.
    public mutating func update(_ later: Identified) {
        publicKey = later.publicKey ?? publicKey
        agent = later.agent ?? agent
        record = later.record ?? record
        if !later.protocols.isEmpty { protocols = later.protocols }
        if !later.addresses.isEmpty { addresses = later.addresses }
    }
}
