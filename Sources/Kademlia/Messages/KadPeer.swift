public import Libp2p
public import Wire

/// A peer in an answer, or a provider. Only a connection proves its id and addresses.
public struct KadPeer: Message {
    public static var name: StaticString { "kad.peer" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary { [.value("id"), .maybe(", ", .count("addrs", "address"))] }
    public static var meanings: [String: FieldMeaning] { ["id": .peerID, "addrs": .multiaddr] }
    /// The peer id in binary form.
    public var id: Bytes?
    /// Multiaddrs in binary form. rust-libp2p ends them with the peer.
    public var addresses: [Bytes] = []
    public var connection: KadConnection?
    /// An `Envelope` with a record of the peer, a field of py-libp2p.
    public var signedRecord: Bytes?
    public var unknown = Unknown()

    /// The maximum encoded size in bytes (go-libp2p-kad-dht).
    public static let limit = 8192

    public init() {}
    /// Creates a peer. Addresses at the end that exceed `limit` are left out.
    public init(_ peer: PeerID, _ addresses: [Multiaddr], isConnected: Bool) {
        id = Bytes(peer.bytes)
        if isConnected { connection = .connected }
        var size = peer.bytes.count + 8
        for address in addresses {
            let bytes = address.bytes
            size += bytes.count + 1 + Varint.size(UInt64(bytes.count))
            guard size <= Self.limit else { break }
            self.addresses.append(Bytes(bytes))
        }
    }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "id", &id, as: .implicit)
        c.tag(2, "addrs", &addresses)
        c.tag(3, "connection", &connection, as: .implicit)
        c.tag(4, "signed_record", &signedRecord)
        c.unknown(&unknown)
    }
    /// The peer and its valid addresses without the peer at their end, at most `most`; nil if the id is invalid. The
    /// message must own its bytes. An address of another peer is left out.
    public func known(atMost most: Int) -> (peer: PeerID, addresses: [Multiaddr])? {
        guard let peer = id?.own.flatMap({ PeerID($0) }) else { return nil }
        let all = addresses.lazy.compactMap { $0.own.flatMap { Multiaddr(bytes: $0) } }
            .compactMap { $0.of(peer) }
        return (peer, Array(all.prefix(most)))
    }
}

extension Multiaddr {
    /// Returns the address without the peer at its end; nil if it ends with another peer, or has no other part.
    func of(_ peer: PeerID) -> Multiaddr? {
        guard let named = self.peer else { return self }
        return named == peer ? withoutPeer : nil
    }
}

/// The connection of the answering node to a peer. The raw value holds the sign of a negative number in all 64 bits.
@frozen public struct KadConnection: CodePoint, TagValue {
    public var rawValue: UInt64
    @inlinable @inline(__always) public init(rawValue: UInt64) { self.rawValue = rawValue }
    /// Creates a value from the low 32 bits of a varint, as protobuf requires.
    @inlinable @inline(__always) public init(tag varint: UInt64) { rawValue = lowHalf(of: varint) }
    public static let notConnected = Self(rawValue: 0)
    public static let connected = Self(rawValue: 1)
    public static let canConnect = Self(rawValue: 2)
    public static let cannotConnect = Self(rawValue: 3)
    public static let names = [
        CodeName(0, "not_connected"), CodeName(1, "connected"), CodeName(2, "can_connect"),
        CodeName(3, "cannot_connect"),
    ]
}
