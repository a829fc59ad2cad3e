import Node
import Wire

/// A hub: clients find each other through it, and it passes on the messages with which they open a data channel. It is
/// above the layers: it receives and sends whole messages.
struct Hub: Node {
    let parameters: NodeParameters
    var voice: Voice
    /// The seeded fault.
    let bug: Misbehaviour?
    /// The id of the hub's own client in the mesh of hubs. The messages of this client are internal.
    let me: PeerID
    /// The address on which the hub listens.
    let listening: Endpoint?
    /// The accepted connections, each with the id that it requested.
    private(set) var clients: [LinkID: PeerID] = [:]
    /// The connection of each id. An id that has sent goodbye has none.
    private(set) var links: [PeerID: LinkID] = [:]
    private(set) var peers: [PeerID: Peer] = [:]
    var members = Members()
    /// The hubs that announced themselves here, in order of arrival.
    var hubs: [PeerID] = []
    /// The connections to hubs that this hub opened.
    private(set) var bootstraps: [LinkID: Endpoint] = [:]
    var dials: Dials
    var remote = RemotePeers()
    var relayed: RecentRelays
    /// The number of bytes of its own peers' announced data.
    private(set) var announcedBytes = 0
    /// The hubs that it dials.
    let told: [Endpoint]
    private var joinsAt: Instant?
    /// True if another node opens data channels for this hub.
    let hasChannels: Bool
    /// The state of the mesh; nil if the hub is not part of one.
    var mesh: MeshState?
    /// Departures to report later, because too many happened at once.
    var delayed = DelayedNotices()
    /// The number of places that are never freed, for a seeded fault.
    private var lostPlaces = 0
    /// The departures that a faulty hub reports late, and the connections that it ignores.
    private var late: [(at: Instant, link: LinkID, status: CloseStatus?)] = []
    var deaf: Set<LinkID> = []

    /// The data of a connected id.
    struct Peer {
        /// The network; nil until the peer announces itself.
        var network: NetworkName?
        var announced: Announced
        var connectedAt: Instant
        var announcedAt: Instant?
    }

    init(_ options: NodeOptions) {
        parameters = NodeParameters(options.settings)
        bug = options.bug.flatMap { Misbehaviour.named[$0] }
        voice = Voice(beginning: options.date, tellsWhetherHub: !parameters.isFirst, bug: bug)
        var random = options.random
        let drawn = random.bytes(20)
        let others = Random(seed: random.next())
        me = PeerID((options.identity ?? drawn).hex) ?? PeerID(drawn.hex) ?? .zero
        (listening, hasChannels) = (options.listening, options.hasChannels)
        relayed = RecentRelays(window: bug == .relaysOnceForEver ? .seconds(1_000_000) : parameters.window)
        dials = Dials(
            interval: bug == .redialsAtOnce ? .milliseconds(50) : parameters.reconnect,
            most: bug == .redialsForEver ? .max : bug == .neverRedials ? 0 : parameters.redials,
            resets: parameters.isRobust && bug != .countNotReset)
        var hubs = options.peers
        if parameters.dialsDefault, hubs.isEmpty, listening?.port != Self.port { hubs = [.loopback(Self.port)] }
        if parameters.isMesh {
            mesh = MeshState(
                me, parameters: parameters, random: others, fault: options.bug.flatMap { MeshFault.named[$0] })
        }
        let own = listening
        let (isRobust, bug) = (parameters.isRobust, bug)
        if !parameters.dialsHubs { hubs = [] }
        told = hubs.filter { !Self.isItself($0, own, isRobust: isRobust) || bug == .dialsItself }
    }
    /// The default port of hubs.
    static let port: UInt16 = 3000
    /// Returns true if the hub itself listens at this address. A robust hub compares all names of this machine.
    private static func isItself(_ hub: Endpoint, _ own: Endpoint?, isRobust: Bool) -> Bool {
        guard let own, hub.port == own.port else { return false }
        let isHere = hub.isLoopback || hub.isUnspecified
        return hub == own || isRobust && isHere && (own.isLoopback || own.isUnspecified)
    }

    var deadline: Instant? {
        [joinsAt, dials.deadline, late.first?.at, mesh?.deadline, delayed.since].compactMap { $0 }.min()
    }
    mutating func start(now: Instant, _ out: inout [Action]) {
        if parameters.isHub { joinsAt = now + .seconds(1) } else { out.append(.report(Event("ready"))) }
    }
    mutating func wake(now: Instant, _ out: inout [Action]) {
        if let at = joinsAt, at <= now {
            joinsAt = nil
            join(now, &out)
            for hub in told { dials.begin(hub, now) }
            mesh?.begin(now)
        }
        if mesh != nil {
            tendMesh(now, &out)
            migrate(now, &out)
        }
        for hub in dials.due(now) { out.append(.connect(hub)) }
        while let first = late.first, first.at <= now {
            late.removeFirst()
            end(first.link, first.status, at: now, into: &out)
        }
        tellDelayed(now, &out)
    }
    /// Adds the hub's own client as a member of the mesh.
    private mutating func join(_ now: Instant, _ out: inout [Action]) {
        keep(me, Peer(network: nil, announced: announced(me, nil), connectedAt: now))
        var message = Announce()
        message.networkName = parameters.namespace.json
        message.data = JSONValue(.map([.init("peerId", .text(me.text))]))
        announce(me, message, RawSpan(), at: now, into: &out)
        out.append(.report(Event("ready")))
    }
    func announced(_ peer: PeerID, _ data: Value?, isHub: Bool = false) -> Announced {
        Announced(peer, isHub: isHub, data, isTrueFirst: parameters.isRobust, bug: bug)
    }
    /// Keeps a peer, or forgets it.
    mutating func keep(_ id: PeerID, _ peer: Peer?) {
        announcedBytes += (peer?.announced.memory ?? 0) - (peers[id]?.announced.memory ?? 0)
        peers[id] = peer
    }

    // Connections

    /// The number of connections, with the hub's own client.
    var connectionCount: Int {
        // In a robust hub, connections that have sent goodbye occupy a place too.
        let open = parameters.isRobust ? clients.count : max(links.count, clients.count - Limits.ghosts)
        return open + (peers[me] == nil ? 0 : 1) + lostPlaces
    }
    mutating func opened(_ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]) {
        out.append(.close(link))
    }
    mutating func opened(
        _ link: LinkID, speaks: String, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]
    ) {
        if speaks.hasPrefix(Answers.prefix) {
            out.append(.send(link, answer(speaks, now)))
            return out.append(.close(link))
        }
        if isChannel(link, speaking: speaks, with: peer, by: opener, at: now, into: &out) { return }
        guard opener == .them else {
            bootstraps[link] = peer
            tell(.bootstrapConnected(to: peer, on: link), &out)
            return introduce(link, isAgain: dials.isAgain(peer), now, &out)
        }
        let target = String(speaks.prefix { $0 != " " })
        if bug == .hostileTargetEndsAll, target.hasPrefix("//") {
            for link in clients.keys.sorted() { out.append(.close(link)) }
        }
        let id = PeerID(target: target, bug)
        guard let id, let why = refusal(of: id, target) else {
            guard let id else { return refuse(link, "Invalid peerId format", &out) }
            return accept(link, id, at: now, into: &out)
        }
        refuse(link, why, &out)
    }
    private func refusal(of id: PeerID, _ target: String) -> String? {
        if bug == .pathMatters, !target.hasPrefix("/?") { return "Invalid path" }
        let isTaken = links[id] != nil || bug == .goodbyeKeepsID && clients.values.contains(id)
        if isTaken && bug != .replacesOld && bug != .takesSecond || id == me { return "Peer already connected" }
        if connectionCount >= parameters.maximumConnections, bug != .noMaximum { return "Maximum connections reached" }
        return nil
    }
    private func refuse(_ link: LinkID, _ why: String, _ out: inout [Action]) {
        let code: UInt16 = bug == .refusesWithNormal ? 1000 : 1008
        out.append(.close(link, CloseStatus(code, bug == .refusesWithoutReason ? "" : why)))
    }
    private mutating func accept(_ link: LinkID, _ id: PeerID, at now: Instant, into out: inout [Action]) {
        if bug == .replacesOld, let old = links[id] {
            clients[old] = nil
            out.append(.close(old, CloseStatus(1000, "")))
        }
        tellDelayed(of: id, now, &out)
        clients[link] = id
        links[id] = link
        keep(id, Peer(network: nil, announced: announced(id, nil), connectedAt: now))
        out.append(.send(link, voice.connected(id, now)))
    }
    mutating func received(_ message: RawSpan, kind: UInt8, on link: LinkID, now: Instant, _ out: inout [Action]) {
        if bug == .ignoresBinary, kind == Self.binary { return }
        if mesh?.readers[.socket(link)] != nil {
            return heardChannel(message, isBinary: kind == Self.binary, on: .socket(link), now, &out)
        }
        received(message, on: link, now: now, &out)
    }
    private static let binary: UInt8 = 2
    mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {
        voice.prepare(now)
        if mesh != nil, hearMesh(bytes, on: .socket(link), now, &out) { return }
        if let peer = clients[link] {
            // A connection that has sent goodbye is ignored, so that it cannot send in the name of a newer connection
            // of its id.
            if parameters.isRobust, links[peer] != link || deaf.contains(link) { return }
            if bug == .deafAfterBadJSON, deaf.contains(link) { return }
            take(bytes, peer, on: link, at: now, into: &out)
        } else if let hub = bootstraps[link] {
            hear(bytes, from: hub, now, &out)
        }
    }
    mutating func unsent(_ bytes: Int, on link: LinkID, now: Instant, _ out: inout [Action]) {
        guard bytes > Limits.unsent, clients[link] != nil || bootstraps[link] != nil else { return }
        out.append(.report(Event("slow_reader", link, [.init("bytes", .uint(UInt64(bytes)))])))
        out.append(.close(link, CloseStatus(1008, "slow reader")))
        end(link, CloseStatus(1008, "slow reader"), at: now, into: &out)
    }
    mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) {
        closed(link, status: nil, now: now, &out)
    }
    mutating func closed(_ link: LinkID, status: CloseStatus?, now: Instant, _ out: inout [Action]) {
        if mesh?.readers[.socket(link)] != nil { return lostChannel(.socket(link), now, &out) }
        if bug == .leavesLate, clients[link] != nil { return late.append((now + .seconds(3), link, status)) }
        end(link, status, at: now, into: &out)
    }
    mutating func end(_ link: LinkID, _ status: CloseStatus?, at now: Instant, into out: inout [Action]) {
        let hasChannel = lostSocket(link, now, &out)
        deaf.remove(link)
        if let peer = clients.removeValue(forKey: link) {
            let isFailure = status?.isFailure == true
            let reason = status?.reason ?? ""
            switch (isFailure, parameters.isRobust && bug != .failuresTwice) {
            case (true, true): gone(peer, on: link, because: "WebSocket error", isFailure: true, at: now, into: &out)
            case (true, false):
                // The hub of version 1.1.3 reports a failure twice.
                gone(peer, on: link, because: "WebSocket error", isFailure: true, at: now, into: &out)
                gone(peer, on: link, because: "disconnected", isFailure: true, isAgain: true, at: now, into: &out)
            default:
                gone(
                    peer, on: link, because: reason.isEmpty ? "disconnected" : reason, isFailure: false, at: now,
                    into: &out)
            }
            if bug == .keepsSlot { lostPlaces += 1 }
        }
        if let hub = bootstraps.removeValue(forKey: link) {
            tell(.bootstrapDisconnected(from: hub, on: link, status), &out)
            forgetPeers(of: .dialed(hub), now, &out)
            if !hasChannel { dials.failed(hub, now) }
        }
    }
    mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) {
        if mesh?.channels.opened(peer) == nil { dials.failed(peer, now) }
    }

    static let controls = [
        NodeControl(tells: "shutdown", "ends all connections of a hub"),
        NodeControl(
            asks: "mesh-events",
            "the last \(MeshState.eventLimit) events of a hub in the mesh, oldest first, named as in the design document",
            columns: ["event"]),
    ]
    mutating func control(
        _ name: String, _ arguments: [Value.Entry], now: Instant, _ out: inout [Action]
    ) -> Value? {
        guard name == "shutdown" else { return answer(name, arguments, now: now) }
        for link in bootstraps.keys.sorted() { out.append(.close(link, CloseStatus(1000, "Hub shutting down"))) }
        for link in clients.keys.sorted() {
            if bug == .ghostsStay, clients[link].map({ links[$0] != link }) ?? false { continue }
            let code: UInt16 = bug == .stopsWith1001 ? 1001 : 1000
            if bug == .stopsWithoutClose { continue }
            out.append(.close(link, CloseStatus(code, code == 1000 ? "Server shutting down" : "")))
        }
        (clients, links, peers, hubs, bootstraps) = ([:], [:], [:], [], [:])
        (members, remote, announcedBytes, delayed) = (Members(), RemotePeers(), 0, DelayedNotices())
        for link in mesh?.readers.keys.sorted() ?? [] {
            switch link {
            case .socket(let link): out.append(.close(link))
            case .channel(let number): mesh?.calls.append(.end(number))
            }
        }
        mesh?.stop()
        dials.stop()
        joinsAt = nil
        return .bool(true)
    }
    func answer(_ question: String, _ arguments: [Value.Entry], now: Instant) -> Value? {
        question == "mesh-events" ? .list(mesh?.events.map(\.documented) ?? []) : nil
    }
    /// Removes an id from its connection, which stays open.
    mutating func release(_ peer: PeerID) { links[peer] = nil }

    // Sending

    func say(_ peer: PeerID, _ bytes: [UInt8], _ out: inout [Action]) {
        if let link = links[peer] { out.append(.send(link, bytes)) }
    }
    /// Sends a message to hubs that announced themselves here, and to hubs to which this hub connected.
    func tellHubs(_ bytes: [UInt8], but sender: PeerID? = nil, _ out: inout [Action]) {
        guard parameters.isHub else { return }
        for hub in hubs where hub != sender && !isInMesh(links[hub]) { say(hub, bytes, &out) }
        for link in bootstraps.keys.sorted() where !isInMesh(link) { out.append(.send(link, bytes)) }
    }
}

extension Hub {
    /// Returns true if the other side receives the news by gossip.
    func isInMesh(_ link: LinkID?) -> Bool { link.map { mesh?.neighbours.hub($0) != nil } ?? false }
}
extension PeerID {
    static let zero = PeerID(unchecked: String(repeating: "0", count: 40))
}
