public import Libp2p
public import Node
import Wire

/// The answers of a server to requests, without I/O (libp2p specs, kad-dht, "RPC messages"; ipfs/specs, kad-dht).
public struct DHTServer: Sendable {
    /// The reply to a request.
    public enum Reply: Equatable, Sendable {
        case answer(KadContent)
        /// The request was carried out and has no answer.
        case nothing
        /// The request is invalid: the stream is reset.
        case refused
    }
    public let own: PeerID
    /// The addresses of this node itself.
    public var ownAddresses: [Multiaddr] = []
    public var table: RoutingTable
    public private(set) var book: PeerBook
    public var providers: ProviderStore
    public var values: ValueStore
    /// The peers with a connection.
    public var connected: Set<PeerID> = []
    let options: DHTOptions
    /// The date of `Instant.zero` in nanoseconds since 1970.
    private let date: Int64

    /// The maximum size of an answer's peers in bytes, which leaves room for the other fields.
    private static let room = KadMessage.limit - 65_536

    /// Creates a server that knows no peer.
    public init(_ own: PeerID, _ options: DHTOptions, date: Int64) {
        (self.own, self.options, self.date) = (own, options, date)
        table = RoutingTable(around: KadID(own), bucketSize: options.bucketSize)
        book = PeerBook(limit: 8192)
        providers = ProviderStore(lifetime: options.providerLifetime, addressLifetime: options.addressLifetime)
        values = ValueStore(lifetime: options.valueLifetime, Validators(hasSequences: options.hasSequences))
    }
    /// Replaces the addresses of a peer by those that it said itself.
    public mutating func set(_ addresses: [Multiaddr], of peer: PeerID) {
        book.set(peer, addresses)
        forget()
    }
    /// Adds the addresses that others said of a peer, unless some are known.
    public mutating func hear(_ addresses: [Multiaddr], of peer: PeerID) {
        book.hear(of: peer, addresses)
        forget()
    }
    /// Answers and requests need the addresses of the peers in the table, however many others were named since.
    private mutating func forget() {
        book.forget { [table, connected] in connected.contains($0) || table.contains($0) }
    }
    /// Returns the reply to a request of a peer. The request must own its bytes.
    public mutating func reply(_ request: KadContent, to asker: PeerID, _ now: Instant) -> Reply {
        let key = request.key?.own ?? []
        var answer = KadContent(request.type ?? .putValue)
        switch request.type ?? .putValue {
        case .findNode:
            guard !key.isEmpty else { return .refused }
            answer.closerPeers = closer(to: key, for: asker, findsNode: true)
        case .getProviders:
            guard Self.isProviderKey(key) else { return .refused }
            answer.key = Bytes(key)
            answer.closerPeers = closer(to: key, for: asker)
            answer.providerPeers = providers(of: key, beside: answer.closerPeers, now)
        case .addProvider: return add(request.providerPeers, of: key, by: asker, now) ? .nothing : .refused
        case .getValue:
            guard !key.isEmpty else { return .refused }
            answer.key = Bytes(key)
            answer.closerPeers = closer(to: key, for: asker)
            answer.record = values.value(of: key, now).map { record($0, for: key) }
        case .putValue:
            guard !key.isEmpty, let record = request.record, record.key?.own == key, let value = record.value?.own,
                values.put(value, for: key, now), let stored = values.value(of: key, now)
            else { return .refused }
            answer.key = Bytes(key)
            answer.record = self.record(stored, for: key)
        case .ping: answer.key = request.key
        default: return .refused
        }
        return .answer(answer)
    }
    static func isProviderKey(_ key: [UInt8]) -> Bool { !key.isEmpty && key.count <= ProviderStore.keyLimit }

    /// Returns the nearest servers. `findsNode`: a peer whose id is the key comes first, even if it is a client, this
    /// node or the asker (ipfs/specs, kad-dht, "Discovering non-DHT servers").
    private func closer(to key: [UInt8], for asker: PeerID, findsNode: Bool = false) -> [KadPeer] {
        let named = findsNode ? PeerID(key) : nil
        let nearest = table.nearest(to: KadID(of: key), atMost: options.bucketSize) {
            $0 == asker || $0 == named ? nil : peer($0)
        }
        guard let named, let first = peer(named) else { return nearest }
        return [first] + nearest
    }
    /// Returns the entry of an answer for a peer; nil if no address is known that may be sent.
    private func peer(_ peer: PeerID) -> KadPeer? {
        guard peer == own || options.isPublic else {
            var entry = book.entry(peer)
            if connected.contains(peer) { entry?.connection = .connected }
            return entry
        }
        let all = addresses(of: peer)
        return all.isEmpty ? nil : KadPeer(peer, all, isConnected: connected.contains(peer))
    }
    private func addresses(of peer: PeerID) -> [Multiaddr] {
        let all = peer == own ? ownAddresses : book[peer]
        return options.isPublic ? all.filter(\.isPublic) : all
    }
    private func providers(of key: [UInt8], beside closer: [KadPeer], _ now: Instant) -> [KadPeer] {
        var size = closer.reduce(0) { $0 + $1.byteCount() + 4 }
        var all: [KadPeer] = []
        for provider in providers.providers(of: key, now) {
            let peer = KadPeer(
                provider.peer, provider.addresses, isConnected: connected.contains(provider.peer))
            size += peer.byteCount() + 4
            guard size <= Self.room else { break }
            all.append(peer)
        }
        return all
    }
    /// Stores the entries that name the asker itself. Returns false if no entry names it, or if the key is invalid.
    private mutating func add(_ all: [KadPeer], of key: [UInt8], by asker: PeerID, _ now: Instant) -> Bool {
        guard Self.isProviderKey(key) else { return false }
        var isStored = false
        for entry in all {
            guard let (peer, heard) = entry.known(atMost: PeerBook.addressLimit), peer == asker else { continue }
            let addresses = options.isPublic ? heard.filter(\.isPublic) : heard
            guard !addresses.isEmpty, providers.add(peer, addresses, of: key, now) else { continue }
            hear(addresses, of: peer)
            isStored = true
        }
        return isStored
    }
    /// Returns the record of a value, with the time when it was stored.
    private func record(_ stored: ValueStore.Stored, for key: [UInt8]) -> KadRecord {
        var record = KadRecord(key: key, value: stored.value)
        record.timeReceived = Text(
            CalendarTime(nanoseconds: date &+ stored.at.nanoseconds).text(decimals: 9))
        return record
    }
}

extension Multiaddr {
    /// False if the address begins with an IP address of a private network, of a link or of this machine.
    var isPublic: Bool { host.map { !$0.isInLocalNetwork && !$0.isUnspecified } ?? true }
}
