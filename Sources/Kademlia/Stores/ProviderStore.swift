public import Libp2p
public import Node

/// The provider records of a server: which peers said that they have a content (libp2p specs, kad-dht, "Content
/// provider advertisement and discovery"). A record ends by time only.
public struct ProviderStore: Sendable {
    /// A provider of a key.
    public struct Provider: Sendable {
        public var peer: PeerID
        /// Empty once the time of the addresses is over.
        public var addresses: [Multiaddr]
        var until: Instant
        var addressesUntil: Instant
    }
    private var records: [[UInt8]: [Provider]] = [:]
    /// The number of records of all keys, with the expired ones that are not removed yet.
    private var count = 0
    private var nextCleaning = Instant.zero
    private let lifetime: Duration
    private let addressLifetime: Duration

    /// The maximum length of a key in bytes (ipfs/specs, kad-dht, "ADD_PROVIDER").
    public static let keyLimit = 80
    /// The maximum number of records of all keys. Further ones are refused.
    public static let recordLimit = 65_536
    /// The maximum number of providers of a key. The first ones stay (rust-libp2p has 20).
    public static let providerLimit = 1024

    /// Creates an empty store. `lifetime`: the duration of a record. `addressLifetime`: the duration of the addresses in it.
    public init(lifetime: Duration, addressLifetime: Duration) {
        (self.lifetime, self.addressLifetime) = (lifetime, addressLifetime)
    }
    /// Adds a provider, or renews its record. Returns false if there is no room.
    public mutating func add(_ peer: PeerID, _ addresses: [Multiaddr], of key: [UInt8], _ now: Instant) -> Bool {
        clean(now)
        let provider = Provider(
            peer: peer, addresses: addresses, until: now + lifetime, addressesUntil: now + addressLifetime)
        var all = records.removeValue(forKey: key) ?? []
        count -= all.count
        all.removeAll { $0.until <= now }
        defer {
            count += all.count
            if !all.isEmpty { records[key] = all }
        }
        if let i = all.firstIndex(where: { $0.peer == peer }) {
            all[i] = provider
        } else {
            guard all.count < Self.providerLimit, count + all.count < Self.recordLimit else { return false }
            all.append(provider)
        }
        return true
    }
    /// Returns the providers of a key, in the order in which they were added.
    public func providers(of key: [UInt8], _ now: Instant) -> [Provider] {
        (records[key] ?? []).filter { $0.until > now }
            .map { provider in
                var provider = provider
                if provider.addressesUntil <= now { provider.addresses = [] }
                return provider
            }
    }
    /// All keys with the number of their providers, sorted by key.
    public func counts(_ now: Instant) -> [(key: [UInt8], count: Int)] {
        records.mapValues { $0.lazy.filter { $0.until > now }.count }.filter { $0.value > 0 }
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { ($0.key, $0.value) }
    }
    /// Removes expired records, at most once in a hour, so that a large store is not searched at each call.
    private mutating func clean(_ now: Instant) {
        guard nextCleaning <= now else { return }
        nextCleaning = now + min(lifetime, .seconds(3600))
        records = records.mapValues { $0.filter { $0.until > now } }.filter { !$0.value.isEmpty }
        count = records.values.reduce(0) { $0 + $1.count }
    }
}
