public import Node
import Wire

/// The connections of a peer of libp2p: it brings up the layers, knows who is at the other end, serves identify and ping,
/// asks each peer who it is, and opens and takes streams. It does no I/O and reads no clock; what comes of a call is in
/// `out` and, for whoever speaks on the streams, in `news`.
///
/// Several connections with one peer all work; streams are opened on the oldest. What a peer of another id than the one
/// that was dialed says is not heard, nor what we say to ourselves.
public struct Host: Sendable {
    struct Connection {
        var ends: LayerEnds
        var at: Endpoint
        var opener: Opener
        /// Until when the layers may take to stand; nil behind that.
        var limit: Instant?
        /// When it wants to be called, as `timers` has it.
        var timer: Instant?
        /// Who is at the other end, once that is proved.
        var peer: PeerID?
        /// Streams can be opened.
        var stands = false
        /// What is spoken on each stream.
        var streams: [[ChannelID]: String] = [:]
        /// Streams that we opened, on which nothing is agreed yet.
        var opening: Set<[ChannelID]> = []
    }
    struct Peer {
        /// Connections that stand, the oldest first.
        var links: [LinkID] = []
        var identified: Identified?
    }
    /// From the beginning of a connection until streams can be opened.
    public static let patience = LayeredNode.patience
    /// Connections at a time; further ones that others open are closed at once.
    public static let connectionLimit = 4096
    /// Who we are.
    public let identity: Identity
    private let stack: LayerStack
    private let settings: Settings
    private let fault: Libp2pFault?
    private let secrets: Secrets?
    /// Where it listens, and the number of the record that says so.
    let place: (addresses: [Multiaddr], sequence: UInt64)
    private var random: Random
    var connections: [LinkID: Connection] = [:]
    var peers: [PeerID: Peer] = [:]
    private var timers = LinkTimers()
    /// Who is to be at an address that was dialed.
    private var dialed: [Endpoint: PeerID?] = [:]
    /// What happened, in order, until it is taken.
    var news: [HostNews] = []

    /// A peer that speaks `options.protocols` on streams. `secrets`: where the layers tell theirs.
    public init(_ options: Libp2pOptions, _ settings: Settings, _ random: Random, secrets: Secrets? = nil) {
        var random = random
        var options = options
        let own = random.bytes(32)
        identity = options.identity ?? Identity(seed: own)
        options.identity = identity
        let known = Set(options.protocols)
        place = (options.addresses, options.recordSequence)
        stack = .libp2p(options) { known.contains($0) ? $0 : nil }
        (self.settings, self.random, self.secrets, fault) = (settings, random, secrets, options.fault)
    }
    /// The same over another stack, which speaks the protocols of streams under their ids: for tests and faults.
    init(_ stack: LayerStack, _ identity: Identity, _ settings: Settings, _ random: Random, secrets: Secrets? = nil) {
        (self.stack, self.identity, self.settings, self.random) = (stack, identity, settings, random)
        self.secrets = secrets
        (fault, place) = (nil, ([], 1))
    }
    /// Takes what happened since it was last taken.
    public mutating func takeNews() -> [HostNews] {
        guard !news.isEmpty else { return [] }
        defer { news = [] }
        return news
    }
    /// When `wake` is wanted.
    public var deadline: Instant? { timers.deadline }

    // What the driver tells, as of `Node`.

    /// A connection stands.
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
        turn(link, now, &out) { $0.begin(now, &$2) }
    }
    /// The next bytes of a connection.
    public mutating func received(_ bytes: RawSpan, on link: LinkID, _ now: Instant, _ out: inout [Action]) {
        turn(link, now, &out) { $0.receive(bytes, now, &$1, &$2) }
    }
    /// A connection ended.
    public mutating func closed(_ link: LinkID, _ now: Instant, _ out: inout [Action]) {
        turn(link, now, &out) { $0.closed(now, &$2) }
        lose(link, now)
    }
    /// What was dialed cannot be reached.
    public mutating func unreachable(_ peer: Endpoint, _ now: Instant) {
        dialed[peer] = nil
        news.append(.unreachable(peer))
    }
    /// `deadline` has come.
    public mutating func wake(_ now: Instant, _ out: inout [Action]) {
        for link in timers.due(now) {
            connections[link]?.timer = nil
            turn(link, now, &out) { $0.wake(now, &$2) }
            guard let limit = connections[link]?.limit, limit <= now else { continue }
            out.append(.report(Event("layers_timeout", link)))
            end(link, now, &out)
        }
    }

    // What its own side wants.

    /// Opens a connection; with somebody else than `peer` it ends before anything is said on a stream.
    public mutating func dial(_ endpoint: Endpoint, expecting peer: PeerID? = nil, _ out: inout [Action]) {
        dialed[endpoint] = .some(peer)
        out.append(.connect(endpoint))
    }
    /// Opens a stream that is to carry one of these, the most wanted first. Nil: there is no connection that stands, or
    /// the other side takes no more streams now.
    public mutating func open(
        _ ids: [String], to peer: PeerID, _ now: Instant, _ out: inout [Action]
    ) -> HostStream? {
        for link in peers[peer]?.links ?? [] {
            guard let i = connections.index(forKey: link) else { continue }
            var turn = LayerTurn()
            let path = connections.values[i].ends.open(ids.joined(separator: "\n"), in: [], now, &turn)
            if let path { connections.values[i].opening.insert(path) }
            follow(turn, link, now, &out)
            if let path { return HostStream(link, path) }
        }
        return nil
    }
    /// Sends on a stream.
    public mutating func send(_ bytes: [UInt8], on stream: HostStream, _ now: Instant, _ out: inout [Action]) {
        guard let i = connections.index(forKey: stream.link),
            let name = connections.values[i].streams[stream.path]
        else { return }
        var turn = LayerTurn()
        _ = connections.values[i].ends.send(bytes, kind: 0, into: name, in: stream.path[...], now, &turn)
        follow(turn, stream.link, now, &out)
    }
    /// Ends a stream: for this side, or for both at once.
    public mutating func close(_ stream: HostStream, isReset: Bool, _ now: Instant, _ out: inout [Action]) {
        guard let i = connections.index(forKey: stream.link) else { return }
        var turn = LayerTurn()
        _ = connections.values[i].ends.close(stream.path[...], isReset: isReset, now, &turn)
        let isOver = isReset || !connections.values[i].ends.isUp(in: stream.path[...])
        if isOver { connections.values[i].streams[stream.path] = nil }
        if isReset { connections.values[i].opening.remove(stream.path) }
        follow(turn, stream.link, now, &out)
    }
    /// Ends all connections with a peer.
    public mutating func disconnect(_ peer: PeerID, _ now: Instant, _ out: inout [Action]) {
        for link in peers[peer]?.links ?? [] { hangUp(link, now, &out) }
    }

    /// Has the layers of a connection do something, and tells what comes of it.
    private mutating func turn(
        _ link: LinkID, _ now: Instant, _ out: inout [Action],
        _ body: (inout LayerEnds, inout [LayerContent], inout LayerTurn) -> Void
    ) {
        guard let i = connections.index(forKey: link) else { return }
        var content: [LayerContent] = []
        var turn = LayerTurn()
        body(&connections.values[i].ends, &content, &turn)
        if let bytes = turn.identity, let peer = PeerID(bytes) { connections.values[i].peer = peer }
        if !connections.values[i].stands, connections.values[i].ends.opensChannels { stand(link, now, &turn, &out) }
        for item in content { take(item, link) }
        follow(turn, link, now, &out)
    }
    /// Does what the layers want done.
    private mutating func follow(_ turn: LayerTurn, _ link: LinkID, _ now: Instant, _ out: inout [Action]) {
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
    /// Streams can be opened: the first one asks who the other side is.
    private mutating func stand(_ link: LinkID, _ now: Instant, _ turn: inout LayerTurn, _ out: inout [Action]) {
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
        // Who says that it is somebody else is not heard.
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
    /// A stream is over before, or after, anything was agreed on.
    private mutating func lose(_ stream: HostStream) {
        guard let i = connections.index(forKey: stream.link) else { return }
        if connections.values[i].opening.remove(stream.path) != nil { return news.append(.refused(stream)) }
        guard connections.values[i].streams.removeValue(forKey: stream.path) != nil else { return }
        news.append(.ended(stream, isOver: true))
    }
    /// Says goodbye.
    private mutating func hangUp(_ link: LinkID, _ now: Instant, _ out: inout [Action]) {
        guard let i = connections.index(forKey: link) else { return }
        var turn = LayerTurn()
        connections.values[i].ends.close(now, &turn)
        turn.isOver = true
        follow(turn, link, now, &out)
    }
    /// The layers close the connection.
    private mutating func end(_ link: LinkID, _ now: Instant, _ out: inout [Action]) {
        guard connections[link] != nil else { return }
        out.append(.close(link))
        lose(link, now)
    }
    /// A connection is no more.
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
