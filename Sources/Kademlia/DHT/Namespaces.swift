import Libp2p
import Node

/// The namespaces of a member. A namespace is a text such as `dxos-signal/alpha`: its members provide the key of the text,
/// and find each other as its providers (go-libp2p, p2p/discovery/routing).
struct Namespaces: Sendable {
    private struct Search: Sendable {
        var at: Instant
        var pause: Duration
    }
    /// The namespaces in which this node advertises itself, with the time of the next advertisement.
    private(set) var advertised: [String: Instant] = [:]
    /// The namespaces whose members this node looks for, with the time of the next search.
    private var searches: [String: Search] = [:]
    /// The keys whose providers are dialed when they are found.
    private var dialed: Set<[UInt8]> = []

    /// The pause after the first search. It doubles up to `DHTOptions.searchPause`: members that start together find each
    /// other soon.
    private static let firstPause = Duration.seconds(1)

    var deadline: Instant? { Instant.earlier(advertised.values.min(), searches.values.lazy.map(\.at).min()) }
    /// Returns the key of a namespace: the multihash of its text.
    static func key(_ namespace: String) -> [UInt8] { ContentID(ofRaw: Array(namespace.utf8)).multihash }

    mutating func advertise(_ namespace: String, at next: Instant) { advertised[namespace] = next }
    mutating func search(_ namespace: String, at next: Instant) {
        searches[namespace] = Search(at: next, pause: Self.firstPause)
    }
    mutating func leave(_ namespace: String) {
        advertised[namespace] = nil
        searches[namespace] = nil
    }
    /// Does everything again now, because the first server is known.
    mutating func restart(_ now: Instant) {
        for name in advertised.keys { advertised[name] = now }
        for name in searches.keys { search(name, at: now) }
    }
    /// Advertises the namespaces of a key again at this time, if that is earlier.
    mutating func repeatEarly(_ key: [UInt8], at next: Instant) {
        for (name, at) in advertised where Self.key(name) == key && next < at { advertised[name] = next }
    }
    /// Returns the namespaces that are due for an advertisement, in order.
    func dueAdvertisements(_ now: Instant) -> [String] { advertised.filter { $0.value <= now }.keys.sorted() }
    /// Returns the namespaces that are due for a search, in order, and plans the next one.
    mutating func dueSearches(_ now: Instant, longest: Duration) -> [String] {
        let due = searches.filter { $0.value.at <= now }
        for (name, search) in due {
            searches[name] = Search(at: now + search.pause, pause: min(search.pause * 2, longest))
        }
        return due.keys.sorted()
    }
    mutating func dial(_ key: [UInt8]) { dialed.insert(key) }
    mutating func takesProviders(of key: [UInt8]) -> Bool { dialed.remove(key) != nil }
}
