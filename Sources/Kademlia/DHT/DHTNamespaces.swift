public import Libp2p
public import Node

// The namespaces in which a member meets others.
extension DHT {
    /// Advertises this node in a namespace, and again after seven eighths of the time for which an advertisement counts
    /// (go-libp2p, `util.Advertise`), or after two minutes if no server was told.
    public mutating func advertise(
        _ namespace: String, host: inout Host, _ now: Instant, _ out: inout [Action]
    ) {
        namespaces.advertise(namespace, at: now + options.advertising)
        provide(Namespaces.key(namespace), repeats: false, host: &host, now, &out)
    }
    /// Looks for the members of a namespace once, and connects to them.
    public mutating func discover(
        _ namespace: String, ticket: UInt64? = nil, host: inout Host, _ now: Instant, _ out: inout [Action]
    ) {
        let key = Namespaces.key(namespace)
        namespaces.dial(key)
        findProviders(key, ticket: ticket, host: &host, now, &out)
    }
    /// Joins a namespace: advertises this node there, and connects to its other members, now and again.
    public mutating func join(_ namespace: String, host: inout Host, _ now: Instant, _ out: inout [Action]) {
        namespaces.search(namespace, at: now)
        advertise(namespace, host: &host, now, &out)
    }
    /// Ends `join`. Records at servers stay until they expire.
    public mutating func leave(_ namespace: String) { namespaces.leave(namespace) }

    mutating func wakeNamespaces(host: inout Host, _ now: Instant, _ out: inout [Action]) {
        for name in namespaces.dueAdvertisements(now) { advertise(name, host: &host, now, &out) }
        for name in namespaces.dueSearches(now, longest: options.searchPause) {
            discover(name, host: &host, now, &out)
        }
    }
    /// Connects to providers that were found. A provider may be gone, so that nothing follows from a failure.
    mutating func connect(_ found: [DHTNews.Provider], host: inout Host, _ out: inout [Action]) {
        for provider in found.prefix(Self.dialLimit)
        where provider.peer != server.own && host.connection(provider.peer) == nil {
            guard let at = provider.addresses.lazy.compactMap(\.endpoint).first else { continue }
            host.dial(at, expecting: provider.peer, &out)
        }
    }
    private static let dialLimit = 100
}
