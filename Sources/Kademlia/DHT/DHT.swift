public import Libp2p
public import Node
import Wire

/// A member of a DHT, which uses the connections of a `Host`. It answers requests if it is a server, keeps the table of
/// servers, and looks up, provides and stores for its owner. It does no I/O and reads no clock; results are in `takeNews`.
public struct DHT: Sendable {
    /// A stream of a peer that asks.
    struct Serving: Sendable {
        var peer: PeerID
        var heard: Instant
        var reader = UnitReader()
    }
    /// A request on a stream of this node.
    struct Asking: Sendable {
        var peer: PeerID
        var request: KadContent
        var task: Int
        var until: Instant
        var isOpen = false
        var reader = UnitReader()
        /// True if the request has no answer.
        var isOneWay: Bool { request.type == .addProvider }
    }
    /// Requests to a peer that has no connection yet.
    struct Dialing: Sendable {
        var endpoints: [Endpoint]
        var until: Instant
        var wishes: [(request: KadContent, task: Int)] = []
    }
    public let options: DHTOptions
    public var server: DHTServer
    var serving: [HostStream: Serving] = [:]
    var asking: [HostStream: Asking] = [:]
    var dialing: [PeerID: Dialing] = [:]
    /// The peers that are expected at the addresses that this node dials.
    var dialed: [Endpoint: PeerID] = [:]
    var tasks: [Int: DHTTask] = [:]
    var lastTask = 0
    /// The contents that this node provides, with the time when it repeats its record.
    var provided: [[UInt8]: Instant] = [:]
    var namespaces = Namespaces()
    var nextRefresh: Instant?
    var news: [DHTNews] = []
    /// The calls to the wrapper of the node, if it has one.
    var tap: DHTTap?
    var random: Random

    /// Creates a member with the identity of its host. `date`: the date of `Instant.zero` in nanoseconds since 1970.
    public init(_ own: PeerID, _ options: DHTOptions, date: Int64, _ random: Random) {
        (self.options, self.random) = (options, random)
        server = DHTServer(own, options, date: date)
    }
    /// The protocols that the host accepts for it.
    public var protocols: [String] { options.isServer ? [options.protocolID] : [] }
    /// Removes and returns the results since the last call.
    public mutating func takeNews() -> [DHTNews] {
        guard !news.isEmpty else { return [] }
        defer { news = [] }
        return news
    }
    /// The time at which `wake` must be called.
    public var deadline: Instant? {
        var first = Instant.earlier(nextRefresh, provided.values.min())
        first = Instant.earlier(first, serving.values.lazy.map { $0.heard + options.streamPatience }.min())
        first = Instant.earlier(first, asking.values.lazy.map(\.until).min())
        first = Instant.earlier(first, dialing.values.lazy.map(\.until).min())
        first = Instant.earlier(Instant.earlier(first, namespaces.deadline), tasks.values.lazy.map(\.until).min())
        return Instant.earlier(first, tap?.deadline)
    }
    /// Handles an event of the host. Returns true if it is about a stream of the DHT.
    public mutating func take(
        _ news: HostNews, from host: inout Host, _ now: Instant, _ out: inout [Action]
    ) -> Bool {
        switch news {
        case .connected(let peer, let at, let by):
            server.connected.insert(peer)
            if by == .us {
                server.hear([Multiaddr(at)], of: peer)
                dialed[at] = nil
            }
            connected(peer, host: &host, now, &out)
        case .identified(let peer, let known): identified(peer, as: known, host: &host, now, &out)
        case .disconnected(let peer, _, _): server.connected.remove(peer)
        case .unreachable(let at): unreachable(at, host: &host, now, &out)
        case .opened(let stream, let peer, options.protocolID, by: .them):
            accept(stream, from: peer, host: &host, now, &out)
            return true
        case .opened(let stream, _, _, by: .us) where asking[stream] != nil:
            opened(stream, host: &host, now, &out)
            return true
        case .opened: break
        case .refused(let stream) where asking[stream] != nil:
            // The peer does not accept the protocol, so it is no server of this DHT.
            fail(stream, host: &host, now, &out)
            return true
        case .refused: break
        case .received(let stream, let bytes):
            if serving[stream] != nil {
                serve(bytes, on: stream, host: &host, now, &out)
            } else if asking[stream] != nil {
                hear(bytes, on: stream, host: &host, now, &out)
            } else {
                return false
            }
            return true
        case .ended(let stream, let isOver):
            if serving.removeValue(forKey: stream) != nil {
                tap?.end(stream, now)
                if !isOver { host.close(stream, isReset: false, now, &out) }
            } else if asking[stream] != nil {
                fail(stream, host: &host, now, &out)
                if !isOver { host.close(stream, isReset: true, now, &out) }
            } else {
                return false
            }
            return true
        }
        return false
    }
    /// Handles that `deadline` has passed.
    public mutating func wake(host: inout Host, _ now: Instant, _ out: inout [Action]) {
        for stream in serving.filter({ now - $0.value.heard >= options.streamPatience }).keys.sorted() {
            serving[stream] = nil
            tap?.end(stream, now)
            host.close(stream, isReset: true, now, &out)
        }
        for stream in asking.filter({ $0.value.until <= now }).keys.sorted() {
            fail(stream, host: &host, now, &out)
            host.close(stream, isReset: true, now, &out)
        }
        for peer in dialing.filter({ $0.value.until <= now }).keys.sorted() { dialNext(peer, host: &host, now, &out) }
        for id in tasks.filter({ $0.value.until <= now }).keys.sorted() { finish(id, host: &host, now, &out) }
        for key in provided.filter({ $0.value <= now }).keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            provide(key, host: &host, now, &out)
        }
        wakeNamespaces(host: &host, now, &out)
        if let due = nextRefresh, due <= now { refresh(host: &host, now, &out) }
        if let due = tap?.deadline, due <= now, let messages = tap?.wake(now) {
            follow(messages, host: &host, now, &out)
        }
    }
    /// Adds a server to the table or refuses it, and reports a change.
    mutating func add(_ peer: PeerID, host: inout Host, _ now: Instant, _ out: inout [Action]) {
        guard server.table.add(peer) else { return }
        news.append(.added(peer))
        // The first server can name others.
        guard server.table.count == 1 else { return }
        if options.refresh != nil { refresh(host: &host, now, &out) }
        namespaces.restart(now)
    }
    /// Removes a peer that failed or is no server, and checks its replacement.
    mutating func remove(_ peer: PeerID, host: inout Host, _ now: Instant, _ out: inout [Action]) {
        guard server.table.contains(peer) else { return }
        let replacement = server.table.remove(peer)
        news.append(.removed(peer))
        if let replacement { check(replacement, host: &host, now, &out) }
    }
    private mutating func identified(
        _ peer: PeerID, as known: Identified, host: inout Host, _ now: Instant, _ out: inout [Action]
    ) {
        if !known.addresses.isEmpty { server.set(known.addresses, of: peer) }
        guard known.protocols.contains(options.protocolID) else {
            return remove(peer, host: &host, now, &out)
        }
        check(peer, host: &host, now, &out)
    }
}
