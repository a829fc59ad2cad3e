internal import Network
internal import Node
internal import Wire

/// The node under test of a case, or several, with the addresses at which they and the actors listen.
struct CaseNode {
    /// The addresses on which dut actors listen.
    private(set) var addresses: [String: Endpoint] = [:]
    /// Actors that listen for the node.
    private(set) var listeners: [String: (id: ListenerID, at: Endpoint)] = [:]
    /// Source addresses of actors, with port 0, towards a node on IPv4 loopback.
    private(set) var homes: [String: Endpoint] = [:]
    /// The actors that the harness made a remote node dial.
    private var dialRequests: Set<String> = []
    private var nodes: [String: NodeID] = [:]
    /// The nodes that open data channels for actors.
    var carriers: [NodeID] = []
    /// The number of starts of each node.
    private var starts: [String: Int] = [:]
    /// The states that stopped nodes keep for their next start.
    private var stored: [String: Value] = [:]
    /// The preparation that the first step waits for.
    private var beginning = Beginning.none
    private let one: Case
    private let definition: Definition
    private let options: RunOptions
    private let driver: Driver
    /// Addresses that earlier cases of the run used.
    private let used: UsedAddresses

    /// The preparation that a case may have to wait for before its first step.
    private enum Beginning {
        case none
        /// The node starts.
        case starting
        /// The address of an earlier case becomes quiet. The values are the time since which it is quiet and the end of
        /// waiting.
        case settling(since: Instant, until: Instant)
    }

    init(_ one: Case, _ definition: Definition, _ options: RunOptions, _ driver: Driver, _ used: UsedAddresses) {
        self.one = one
        self.definition = definition
        self.options = options
        self.driver = driver
        self.used = used
    }
    private var scenario: Scenario { one.scenario }
    private var subjects: [String] { scenario.actors.filter(\.isSubject).map(\.name) }

    // Listening

    /// Listens for the node. Returns the reason why the case cannot be run here if an actor needs an address that this
    /// machine does not have.
    mutating func listen(_ scope: inout Scope) throws(NetworkError) -> String? {
        takeHomes(&scope)
        for name in scenario.listeningActors {
            guard let actor = scenario.actors.first(where: { $0.name == name }) else { continue }
            let own = actor.listen
            let at = givenAddress(of: actor) ?? homes[name] ?? anyPort
            let id: ListenerID
            let bound: Endpoint
            do throws(NetworkError) { (id, bound) = try listen(at, besides: nodePorts) } catch {
                guard let own else { throw error }
                return "needs the address \(own.host) on this machine: \(error.reason)"
            }
            if actor.refuses { driver.stopListening(id) }
            listeners[name] = (id, bound)
            scope.know(name, "port", .number(Int128(bound.port)))
            scope.know(name, "address", .bytes(bound.address))
        }
        return nil
    }
    /// The ports of nodes under test that this case did not start.
    private var nodePorts: [UInt16] {
        guard case .remote(let r) = options.subject else { return [] }
        return r.endpoints.map(\.port)
    }
    /// Listens on an endpoint. A port that the system chooses is never one of `others`: a node takes its own port on
    /// any loopback address for itself and does not dial it.
    private func listen(
        _ at: Endpoint, besides others: [UInt16]
    ) throws(NetworkError) -> (id: ListenerID, bound: Endpoint) {
        let made = try driver.listen(at, definition.transport)
        guard at.port == 0, others.contains(made.bound.port) else { return made }
        // The port stays taken until another one is found.
        defer { driver.stopListening(made.id) }
        return try listen(at, besides: others)
    }
    /// Any port on an address of this machine that a node on the same machine can reach.
    private var anyPort: Endpoint {
        guard let there = nodeAddress, there.v4 == nil else { return .loopback(0) }
        return Endpoint(high: 0, low: 1, port: 0)
    }
    /// Makes an actor accept connections, on the same address as before.
    mutating func listenAgain(_ actor: String) throws(NetworkError) {
        guard let l = listeners[actor] else { return }
        driver.stopListening(l.id)
        let (id, at) = try driver.listen(l.at, definition.transport)
        listeners[actor] = (id, at)
    }
    /// Makes an actor refuse connections.
    func refuse(_ actor: String) { if let l = listeners[actor] { driver.stopListening(l.id) } }
    /// Returns the actor of a listener.
    func actor(of listener: ListenerID) -> String? { listeners.first { $0.value.id == listener }?.key }

    // Addresses of actors

    /// Gives each actor without an own address one of 127.0.0.0/8, if the node is on IPv4 loopback. The address is new
    /// in this run and not used by another run. So nothing that a node remembers about an address comes from another
    /// case.
    private mutating func takeHomes(_ scope: inout Scope) {
        guard let there = nodeAddress, hasOwnAddresses(at: there) else { return }
        for actor in scenario.actors where !actor.isSubject {
            guard let given = givenAddress(of: actor) else {
                let random = Random(seed: options.valueSeed, one.id, "address of \(actor.name)")
                let at = used.draw(random, besides: there)
                homes[actor.name] = at
                scope.know(actor.name, "address", .bytes(at.address))
                continue
            }
            // The actor sends from the address that it listens on. An actor that listens on all addresses sends from
            // any.
            if given.v4 != nil, !given.isUnspecified {
                homes[actor.name] = given
                homes[actor.name]?.port = 0
            }
        }
    }
    /// True if each actor can have an address of its own that a node at this address reaches.
    private func hasOwnAddresses(at address: Endpoint) -> Bool { address.isLoopback && address.v4 != nil }
    /// Returns the address that the scenario or the user gives an actor to listen on; nil for an actor that can have
    /// its own.
    private func givenAddress(of actor: Scenario.Actor) -> Endpoint? {
        if let own = actor.listen { return own }
        guard case .remote(let r) = options.subject, var at = r.listen,
            scenario.listeningActors.contains(actor.name)
        else { return nil }
        // The first actor that is announced to the node has the port that the node knows.
        if at.port != 0, actor.name == scenario.listeningActors.first(where: scenario.isTold) { return at }
        at.port = 0
        // A node may judge peers by their address, as gossipsub does (P6 of its scores).
        return hasOwnAddresses(at: at) && nodeAddress.map(hasOwnAddresses) == true ? nil : at
    }
    /// Returns the address that an actor dials a node from; nil if the system chooses it.
    func home(of actor: String, facing node: Endpoint) -> Endpoint? {
        hasOwnAddresses(at: node) ? homes[actor] : nil
    }
    /// The address on which the node under test listens, or the first of several nodes; nil if it is unknown.
    private var nodeAddress: Endpoint? {
        let first = scenario.actors.first(where: \.isSubject)
        guard case .remote(let r) = options.subject else { return first?.listen ?? .loopback(0) }
        return first.flatMap { r.addresses[$0.name] } ?? r.address
    }

    // Preparation

    /// Starts the node, or finds out where it is.
    mutating func prepare(_ scope: inout Scope) throws(NetworkError) {
        switch options.subject {
        case .remote(let r):
            let subjects = subjects
            for name in subjects { addresses[name] = r.addresses[name] ?? (subjects.count == 1 ? r.address : nil) }
            if let first = subjects.first, addresses[first] == nil { addresses[first] = r.address }
            if let identity = r.identity, let first = subjects.first { scope.know(first, "id", .bytes(identity)) }
            try startRemote(r, scope)
        case .builtIn:
            // All nodes listen before the first one starts, because the first one may need the addresses of the others.
            var made: [(name: String, listening: (id: ListenerID, bound: Endpoint))] = []
            for name in subjects {
                let at = scenario.actors.first { $0.name == name }?.listen ?? .loopback(0)
                let listening = try listenForNode(at)
                addresses[name] = listening.bound
                made.append((name, listening))
            }
            for (name, listening) in made { try start(name, listening, scope) }
        }
    }
    /// Starts remote nodes if each case has its own. Otherwise waits until an address that earlier cases used is quiet.
    private mutating func startRemote(_ r: Remote, _ scope: Scope) throws(NetworkError) {
        let subject = subjects.first
        if let start = r.start, let subject {
            let setups = subjects.map { name in
                NodeSetup(
                    name: name, kind: kind(of: name), identity: scope.knownIdentity(of: name),
                    acquaintances: acquaintances(of: name, scope))
            }
            if let problem = start(setups) { throw NetworkError("start", subject, problem) }
            beginning = .starting
        } else if scenario.isFresh {
            if let problem = r.control("restart", []) { throw NetworkError("restart", subject ?? "the node", problem) }
            beginning = .starting
        } else if definition.transport == .udp, let listen = r.listen, listen.port != 0,
            listeners.values.contains(where: { $0.at == listen }), !used.insert(listen)
        {
            beginning = .settling(since: driver.now, until: driver.now + Self.longestSettling)
        }
    }
    private static var longestSettling: Duration { .seconds(3) }

    /// The state of the preparation.
    enum Preparation {
        /// The steps have begun before.
        case over
        /// The steps may begin now.
        case ready
        case waits(until: Instant)
        case failed(Verdict, String)
    }
    /// Advances the preparation.
    mutating func advance() -> Preparation {
        switch beginning {
        case .none: return .over
        case .starting:
            guard case .remote(let r) = options.subject else { return .over }
            switch r.readiness() {
            case .notYet: return .waits(until: driver.now + .milliseconds(10))
            case .failed(let why): return .failed(.error, "the node under test did not start: \(why)")
            case .ready: break
            }
        case .settling(let since, let until):
            let quiet = since + max(options.slack, .milliseconds(100))
            // A time in which the harness did not look at the network does not count as quiet.
            let looked = driver.unattendedSince
            if looked < quiet, looked < until { return .waits(until: min(quiet, until)) }
            if looked < quiet {
                let at = listeners.values.map { "\($0.at)" }.sorted().first ?? "us"
                return .failed(
                    .inconc,
                    "the node did not stop speaking to \(at) about earlier cases in \(Self.longestSettling.text): what it "
                        + "says now cannot be told from that. A node that is started for each case (`{peers}` in "
                        + "`control.start`) is free of it")
            }
        }
        beginning = .none
        return .ready
    }
    /// Drops a datagram of an earlier case that arrives at an address of this case.
    mutating func dropEarlier(_ event: NetworkEvent) -> Bool {
        guard case .settling(_, let until) = beginning, case .opened(let link, _, _?) = event else { return false }
        driver.close(link, reset: true)
        beginning = .settling(since: driver.now, until: until)
        return true
    }

    // Nodes

    private func listenForNode(_ at: Endpoint) throws(NetworkError) -> (id: ListenerID, bound: Endpoint) {
        try listen(at, besides: listeners.values.map(\.at.port))
    }
    /// Starts a reference node for a dut actor.
    mutating func start(_ name: String, at: Endpoint, _ scope: Scope) throws(NetworkError) {
        let listening = try listenForNode(at)
        addresses[name] = listening.bound
        try start(name, listening, scope)
    }
    private mutating func start(
        _ name: String, _ listening: (id: ListenerID, bound: Endpoint), _ scope: Scope
    ) throws(NetworkError) {
        guard case .builtIn(let bug) = options.subject else { return }
        let (listener, bound) = listening
        // The first node has a fixed label, so that its keys do not depend on the number of nodes.
        let label = name == subjects.first ? "node under test" : "node \(name)"
        let random = Random(seed: options.seed, one.id, label)
        let told = acquaintances(of: name, scope)
        var o = NodeOptions(options.settings, random: random, listening: bound, peers: told.map(\.endpoint), bug: bug)
        o.date = driver.network.beginning
        o.starts = starts[name, default: 0]
        starts[name] = o.starts + 1
        o.stored = stored[name]
        o.kind = kind(of: name)
        o.identity = scope.knownIdentity(of: name)
        o.acquaintances = told
        let carrier = definition.reference.carrier(for: options.settings)
        o.hasChannels = carrier != nil
        let node = definition.reference.node(o)
        let wrapped = options.wrap.map { node.wrappingMessages($0) }
        let id = driver.add(wrapped ?? node, listeners: [listener], transport: definition.transport)
        nodes[name] = id
        let channels = Random(seed: options.seed, one.id, "data channels of \(label)")
        if let carrier { try driver.addCarrier(carrier, for: id, at: bound, channels) }
    }
    /// Stops a reference node, if it runs. Its state is kept for the next start.
    mutating func stop(_ name: String) {
        guard let id = nodes.removeValue(forKey: name) else { return }
        if let store = definition.reference.store { stored[name] = driver.answer(id, store, []) }
        driver.remove(id)
    }
    /// Returns the running reference node of a dut actor.
    func id(of name: String) -> NodeID? { nodes[name] }
    /// Returns the peers that are announced to a node, by name: actors that listen, and other nodes under test if the
    /// case asks for it.
    private func acquaintances(of subject: String?, _ scope: Scope) -> [NodeOptions.Acquaintance] {
        var all = listeners.filter { scenario.isTold($0.key) }.mapValues(\.at)
        for actor in scenario.actors where actor.isSubject && actor.listens && actor.isTold && actor.name != subject {
            all[actor.name] = addresses[actor.name]
        }
        return all.sorted { $0.key < $1.key }.map { name, at in
            NodeOptions.Acquaintance(
                name: name, endpoint: at, kind: kind(of: name), identity: scope.knownIdentity(of: name))
        }
    }
    /// Returns the kind of an actor, or the protocol's first kind.
    func kind(of actor: String) -> String? {
        scenario.actors.first { $0.name == actor }?.kind ?? definition.reference.kinds.first?.name
    }
    /// Makes a remote node dial an actor, once. Returns the problem if it cannot be done.
    mutating func requestDial(to actor: String) -> String? {
        guard case .remote(let r) = options.subject, let dial = r.dial, let l = listeners[actor],
            scenario.isTold(actor), dialRequests.insert(actor).inserted
        else { return nil }
        return dial(l.at)
    }
    /// Returns the remote node, and the address that it was made to dial; nil if it was not made to dial the actor.
    func requestedDial(to actor: String) -> (remote: Remote, at: Endpoint)? {
        guard case .remote(let r) = options.subject, dialRequests.contains(actor), let l = listeners[actor] else {
            return nil
        }
        return (r, l.at)
    }
    /// Stops listening, and removes the nodes.
    func close() {
        for l in listeners.values { driver.stopListening(l.id) }
        for n in carriers + nodes.values.sorted() { driver.remove(n) }
    }
}

extension Scope {
    /// Sets a member of an actor that expressions can read.
    mutating func know(_ actor: String, _ name: String, _ value: Term) {
        guard case .map(let members) = names[actor] else { return }
        names[actor] = .map(members.filter { $0.name != name } + [Term.Member(name, value)])
    }
    /// Returns the identity of an actor in the protocol.
    fileprivate func knownIdentity(of actor: String) -> [UInt8]? {
        guard case .map(let members) = names[actor],
            case .bytes(let b)? = members.first(where: { $0.name == "id" })?.value.carried
        else { return nil }
        return b
    }
}

extension Term {
    /// The bytes of an identity that is written as `0x` and digits; any other term unchanged.
    var identity: Term {
        guard case .text(let s) = self, s.hasPrefix("0x"), let bytes = [UInt8](hex: s.dropFirst(2)) else { return self }
        return .bytes(bytes)
    }
}
