public import Node
import Wire

/// The connections of a libp2p peer. A host sets up the layers, authenticates the other side, serves identify and ping,
/// sends an identify request to each peer, and opens and accepts streams. It does no I/O and reads no clock. The
/// results of a call are in `out`, and in `news` for the code that uses the streams.
///
/// Several connections with one peer may be used at a time; streams are opened on the oldest. Data of a peer whose id
/// differs from the dialed id are ignored, as are connections of this host to itself.
public struct Host: Sendable {
    struct Connection {
        var ends: LayerEnds
        var at: Endpoint
        var opener: Opener
        /// The time by which the layers must be established; nil after they are.
        var limit: Instant?
        /// The time when it must be called, as stored in `timers`.
        var timer: Instant?
        /// The id of the peer, once it is proved.
        var peer: PeerID?
        /// True if streams can be opened.
        var stands = false
        /// The protocol of each stream.
        var streams: [[ChannelID]: String] = [:]
        /// Streams that this host opened, on which no protocol is agreed on yet.
        var opening: Set<[ChannelID]> = []
    }
    struct Peer {
        /// Established connections, the oldest first.
        var links: [LinkID] = []
        var identified: Identified?
    }
    /// The time limit from the beginning of a connection until streams can be opened.
    public static let patience = LayeredNode.patience
    /// The maximum number of connections. Further incoming connections are closed at once.
    public static let connectionLimit = 4096
    /// The identity of this host.
    public let identity: Identity
    private let stack: LayerStack
    private let settings: Settings
    private let fault: Libp2pFault?
    private let secrets: Secrets?
    /// The addresses where it listens, and the sequence number of the record that lists them.
    let place: (addresses: [Multiaddr], sequence: UInt64)
    private var random: Random
    var connections: [LinkID: Connection] = [:]
    var peers: [PeerID: Peer] = [:]
    private var timers = LinkTimers()
    /// The peers expected at dialed addresses.
    private var dialed: [Endpoint: PeerID?] = [:]
    /// Events in order, until they are taken.
    var news: [HostNews] = []

    /// Creates a host that supports `options.protocols` on streams. `secrets`: the store to which the layers add their
    /// secrets.
    public init(_ options: Libp2pOptions, _ settings: Settings, _ random: Random, secrets: Secrets? = nil) {
        var random = random
        var options = options
        let own = random.bytes(32)
        identity = options.identity ?? Identity(seed: own)
        options.identity = identity
        let known = Set(options.protocols + options.opened)
        place = (options.addresses, options.recordSequence)
        stack = .libp2p(options) { known.contains($0) ? $0 : nil }
        (self.settings, self.random, self.secrets, fault) = (settings, random, secrets, options.fault)
    }
    /// Creates a host over another stack, in which the protocols of streams have their ids as names. It is meant for
    /// tests and faults.
    init(_ stack: LayerStack, identity: Identity, settings: Settings, random: Random, secrets: Secrets? = nil) {
        (self.stack, self.identity, self.settings, self.random) = (stack, identity, settings, random)
        self.secrets = secrets
        (fault, place) = (nil, ([], 1))
    }
    /// Removes and returns the events since the last call.
    public mutating func takeNews() -> [HostNews] {
        guard !news.isEmpty else { return [] }
        defer { news = [] }
        return news
    }
    /// The time at which `wake` must be called.
    public var deadline: Instant? { timers.deadline }

    // Calls of the driver, like those in `Node`

    /// Handles an established connection.
    public mutating func opened(
        _ link: LinkID, at peer: Endpoint, by opener: Opener, _ now: Instant, _ out: inout [Action]
    ) {
        guard opener == .us || connections.count < Self.connectionLimit else { return out.append(.close(link)) }
        let wanted = opener == .us ? dialed.removeValue(forKey: peer) ?? nil : nil
        let target = wanted.map { Multiaddr(peer, peer: $0).description } ?? ""
        var plan = LayerEnds.Plan(stack, peer: peer, target: target, settings, Random(seed: random.next()))
        plan.secrets = secrets
        guard let ends = LayerEnds(plan, opener) else { return }
        connections[link] = Connection(ends: ends, at: peer, opener: opener, limit: now + Self.patience)
        turn(link, at: now, into: &out) { $0.begin(now, &$2) }
    }
    /// Handles the next bytes of a connection.
    public mutating func received(_ bytes: RawSpan, on link: LinkID, _ now: Instant, _ out: inout [Action]) {
        turn(link, at: now, into: &out) { $0.receive(bytes, at: now, into: &$1, in: &$2) }
    }
    /// Handles the end of a connection.
    public mutating func closed(_ link: LinkID, _ now: Instant, _ out: inout [Action]) {
        turn(link, at: now, into: &out) { $0.closed(now, &$2) }
        lose(link, now)
    }
    /// Handles that a dialed address cannot be reached.
    public mutating func unreachable(_ peer: Endpoint, _ now: Instant) {
        dialed[peer] = nil
        news.append(.unreachable(peer))
    }
    /// Handles that `deadline` has passed.
    public mutating func wake(_ now: Instant, _ out: inout [Action]) {
        for link in timers.due(now) {
            connections[link]?.timer = nil
            turn(link, at: now, into: &out) { $0.wake(now, &$2) }
            guard let limit = connections[link]?.limit, limit <= now else { continue }
            out.append(.report(Event("layers_timeout", link)))
            end(link, now, &out)
        }
    }

    // Calls of the application

    /// Opens a connection. If the other side is not `peer`, the connection ends before streams carry data.
    public mutating func dial(_ endpoint: Endpoint, expecting peer: PeerID? = nil, _ out: inout [Action]) {
        dialed[endpoint] = .some(peer)
        out.append(.connect(endpoint))
    }
    /// Opens a stream for the first of these protocols that the peer accepts, in order of preference. Returns nil if no
    /// connection with the peer is established, or if the peer accepts no further streams at present.
    public mutating func open(
        _ ids: [String], to peer: PeerID, _ now: Instant, _ out: inout [Action]
    ) -> HostStream? {
        for link in peers[peer]?.links ?? [] {
            guard let i = connections.index(forKey: link) else { continue }
            var turn = LayerTurn()
            let path = connections.values[i].ends.open(ids.joined(separator: "\n"), in: [], now, &turn)
            if let path { connections.values[i].opening.insert(path) }
            follow(turn, on: link, at: now, into: &out)
            if let path { return HostStream(link, path) }
        }
        return nil
    }
    /// Sends bytes on a stream.
    public mutating func send(_ bytes: [UInt8], on stream: HostStream, _ now: Instant, _ out: inout [Action]) {
        guard let i = connections.index(forKey: stream.link),
            let name = connections.values[i].streams[stream.path]
        else { return }
        var turn = LayerTurn()
        _ = connections.values[i].ends.send(bytes, kind: 0, into: name, in: stream.path[...], now, &turn)
        follow(turn, on: stream.link, at: now, into: &out)
    }
    /// Ends this side's direction of a stream. `isReset`: ends both directions at once.
    public mutating func close(_ stream: HostStream, isReset: Bool, _ now: Instant, _ out: inout [Action]) {
        guard let i = connections.index(forKey: stream.link) else { return }
        var turn = LayerTurn()
        _ = connections.values[i].ends.close(stream.path[...], isReset: isReset, now, &turn)
        let isOver = isReset || !connections.values[i].ends.isUp(in: stream.path[...])
        if isOver { connections.values[i].streams[stream.path] = nil }
        if isReset { connections.values[i].opening.remove(stream.path) }
        follow(turn, on: stream.link, at: now, into: &out)
    }
    /// Ends all connections with a peer.
    public mutating func disconnect(_ peer: PeerID, _ now: Instant, _ out: inout [Action]) {
        for link in peers[peer]?.links ?? [] { hangUp(link, now, &out) }
    }

    /// Calls the layers of a connection, and handles the results.
    private mutating func turn(
        _ link: LinkID, at now: Instant, into out: inout [Action],
        _ body: (inout LayerEnds, inout [LayerContent], inout LayerTurn) -> Void
    ) {
        guard let i = connections.index(forKey: link) else { return }
        var content: [LayerContent] = []
        var turn = LayerTurn()
        body(&connections.values[i].ends, &content, &turn)
        if let bytes = turn.identity, let peer = PeerID(bytes) { connections.values[i].peer = peer }
        if !connections.values[i].stands, connections.values[i].ends.opensChannels {
            stand(link, at: now, in: &turn, into: &out)
        }
        for item in content { take(item, link) }
        follow(turn, on: link, at: now, into: &out)
    }
    /// Carries out the actions of the layers.
    private mutating func follow(_ turn: LayerTurn, on link: LinkID, at now: Instant, into out: inout [Action]) {
        if !turn.down.isEmpty { out.append(.send(link, turn.down)) }
        for var event in turn.events {
            event.link = link
            if let said = Identified(event) { identify(link, said) }
            out.append(.report(event))
        }
        for path in turn.ended { lose(HostStream(link, path)) }
        if turn.isOver { return end(link, now, &out) }
        guard let i = connections.index(forKey: link) else { return }
        let at = Instant.earlier(connections.values[i].ends.deadline, connections.values[i].limit)
        guard at != connections.values[i].timer else { return }
        connections.values[i].timer = at
        timers.set(link, at)
    }
    /// Notes that streams can be opened, and opens the first one, for identify.
    private mutating func stand(_ link: LinkID, at now: Instant, in turn: inout LayerTurn, into out: inout [Action]) {
        guard let i = connections.index(forKey: link), let peer = connections.values[i].peer else { return }
        guard peer != identity.peer else {
            out.append(.report(Event("itself", link)))
            return turn.isOver = true
        }
        connections.values[i].stands = true
        connections.values[i].limit = nil
        let isFirst = peers[peer] == nil
        peers[peer, default: Peer()].links.append(link)
        if isFirst { news.append(.connected(peer, at: connections.values[i].at, by: connections.values[i].opener)) }
        _ = connections.values[i].ends.open(ProtocolID.identify, in: [], now, &turn)
    }
    private mutating func identify(_ link: LinkID, _ said: Identified) {
        guard let peer = connections[link]?.peer, peers[peer] != nil else { return }
        // Identify data with the key of another peer are ignored.
        if let key = said.publicKey, PeerID(of: key) != peer { return }
        var known = peers[peer]?.identified ?? Identified()
        if fault == .pushReplaces { known = said } else { known.update(said) }
        peers[peer]?.identified = known
        news.append(.identified(peer, known))
    }
    private mutating func take(_ item: LayerContent, _ link: LinkID) {
        guard let i = connections.index(forKey: link), let peer = connections.values[i].peer else { return }
        switch item {
        case .begins(let name, _, let path, let by):
            connections.values[i].streams[path] = name
            connections.values[i].opening.remove(path)
            news.append(.opened(HostStream(link, path), peer, name, by: by))
        case .bytes(_, let bytes, let path): news.append(.received(HostStream(link, path), bytes))
        case .ends(_, let path, let by, let isOver):
            if isOver { connections.values[i].streams[path] = nil }
            news.append(.ended(HostStream(link, path), isOver: isOver || by == .us))
        case .message: break
        }
    }
    /// Handles a stream that ended before or after a protocol was agreed on.
    private mutating func lose(_ stream: HostStream) {
        guard let i = connections.index(forKey: stream.link) else { return }
        if connections.values[i].opening.remove(stream.path) != nil { return news.append(.refused(stream)) }
        guard connections.values[i].streams.removeValue(forKey: stream.path) != nil else { return }
        news.append(.ended(stream, isOver: true))
    }
    /// Ends a connection with a close message of the layers.
    private mutating func hangUp(_ link: LinkID, _ now: Instant, _ out: inout [Action]) {
        guard let i = connections.index(forKey: link) else { return }
        var turn = LayerTurn()
        connections.values[i].ends.close(now, &turn)
        turn.isOver = true
        follow(turn, on: link, at: now, into: &out)
    }
    /// Closes a connection because its layers require it.
    private mutating func end(_ link: LinkID, _ now: Instant, _ out: inout [Action]) {
        guard connections[link] != nil else { return }
        out.append(.close(link))
        lose(link, now)
    }
    /// Removes a connection.
    private mutating func lose(_ link: LinkID, _ now: Instant) {
        guard let gone = connections.removeValue(forKey: link) else { return }
        timers.set(link, nil)
        for path in gone.opening.sorted(by: Self.order) { news.append(.refused(HostStream(link, path))) }
        for path in gone.streams.keys.sorted(by: Self.order) {
            news.append(.ended(HostStream(link, path), isOver: true))
        }
        if !gone.stands, gone.opener == .us { news.append(.unreachable(gone.at)) }
        guard gone.stands, let peer = gone.peer else { return }
        peers[peer]?.links.removeAll { $0 == link }
        guard peers[peer]?.links.isEmpty == true else { return }
        peers[peer] = nil
        news.append(.disconnected(peer, at: gone.at, by: gone.opener))
    }
    private static func order(_ a: [ChannelID], _ b: [ChannelID]) -> Bool { a.lexicographicallyPrecedes(b) }
}
