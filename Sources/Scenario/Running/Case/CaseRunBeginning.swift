internal import Network
internal import Node
internal import Wire

/// The preparation of a case before its first step: listeners and the node under test.
extension CaseRun {
    /// Listens for the node. Returns the reason why the case cannot be run here if an actor needs an address that this
    /// machine does not have.
    func listen() throws(NetworkError) -> String? {
        takeAddresses()
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
            know(name, "port", .number(Int128(bound.port)))
            know(name, "address", .bytes(bound.address))
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
    /// Sets a member of an actor that expressions can read.
    func know(_ actor: String, _ name: String, _ value: Term) {
        guard case .map(let members) = scope.names[actor] else { return }
        scope.names[actor] = .map(members.filter { $0.name != name } + [Term.Member(name, value)])
    }
    func prepareNode() throws(NetworkError) {
        let subjects = scenario.actors.filter(\.isSubject).map(\.name)
        switch options.subject {
        case .remote(let r):
            for name in subjects { addresses[name] = r.addresses[name] ?? (subjects.count == 1 ? r.address : nil) }
            if let first = subjects.first, addresses[first] == nil { addresses[first] = r.address }
            if let identity = r.identity, let first = subjects.first { know(first, "id", .bytes(identity)) }
            try startRemote(r, subjects)
        case .builtIn:
            // All nodes listen before the first one starts, because the first one may need the addresses of the others.
            var made: [(name: String, listening: (id: ListenerID, bound: Endpoint))] = []
            for name in subjects {
                let at = scenario.actors.first { $0.name == name }?.listen ?? .loopback(0)
                let listening = try listenForNode(at)
                addresses[name] = listening.bound
                made.append((name, listening))
            }
            for (name, listening) in made { start(name, listening) }
        }
    }
    private func listenForNode(_ at: Endpoint) throws(NetworkError) -> (id: ListenerID, bound: Endpoint) {
        try listen(at, besides: listeners.values.map(\.at.port))
    }
    /// Starts a reference node for a dut actor.
    func startNode(_ name: String, at: Endpoint) throws(NetworkError) {
        let listening = try listenForNode(at)
        addresses[name] = listening.bound
        start(name, listening)
    }
    private func start(_ name: String, _ listening: (id: ListenerID, bound: Endpoint)) {
        guard case .builtIn(let bug) = options.subject else { return }
        let (listener, bound) = listening
        // The first node has a fixed label, so that its keys do not depend on the number of nodes.
        let label = name == scenario.actors.first(where: \.isSubject)?.name ? "node under test" : "node \(name)"
        let random = Random(seed: options.seed, self.case.id, label)
        let told = acquaintances(of: name)
        var o = NodeOptions(options.settings, random: random, listening: bound, peers: told.map(\.endpoint), bug: bug)
        o.date = driver.network.beginning
        o.starts = starts[name, default: 0]
        starts[name] = o.starts + 1
        o.kind = kind(of: name)
        o.identity = identity(of: name)
        o.acquaintances = told
        let node = definition.node(o)
        let wrapped = options.wrap.map { node.wrappingMessages($0) }
        nodes[name] = driver.add(wrapped ?? node, listeners: [listener], transport: definition.transport)
    }
    /// Returns the peers that are announced to a node, by name: actors that listen, and other nodes under test if the
    /// case asks for it.
    private func acquaintances(of subject: String?) -> [NodeOptions.Acquaintance] {
        var all = listeners.filter { scenario.isTold($0.key) }.mapValues(\.at)
        for actor in scenario.actors where actor.isSubject && actor.listens && actor.isTold && actor.name != subject {
            all[actor.name] = addresses[actor.name]
        }
        return all.sorted { $0.key < $1.key }.map { name, at in
            NodeOptions.Acquaintance(name: name, endpoint: at, kind: kind(of: name), identity: identity(of: name))
        }
    }
    func kind(of actor: String) -> String? {
        scenario.actors.first { $0.name == actor }?.kind ?? definition.kinds.first?.name
    }
    private func identity(of actor: String) -> [UInt8]? {
        guard case .map(let members) = scope.names[actor],
            case .bytes(let b)? = members.first(where: { $0.name == "id" })?
                .value.carried
        else { return nil }
        return b
    }

    /// Starts remote nodes if each case has its own. Otherwise waits until an address that earlier cases used is quiet.
    private func startRemote(_ r: Remote, _ subjects: [String]) throws(NetworkError) {
        let subject = subjects.first
        if let start = r.start, let subject {
            let setups = subjects.map { name in
                NodeSetup(
                    name: name, kind: kind(of: name), identity: identity(of: name),
                    acquaintances: acquaintances(of: name))
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
    static var longestSettling: Duration { .seconds(3) }

    /// Advances the preparation. Returns the time until which it waits, or nil if the steps may begin.
    func beforeFirstStep() -> Instant? {
        switch beginning {
        case .none: return nil
        case .starting:
            guard case .remote(let r) = options.subject else { return nil }
            switch r.readiness() {
            case .notYet: return driver.now + .milliseconds(10)
            case .failed(let why):
                settle(.error, Problem("the node under test did not start: \(why)", .top))
                finish()
                return .zero
            case .ready: break
            }
        case .settling(let since, let until):
            let quiet = since + max(options.slack, .milliseconds(100))
            // A time in which the harness did not look at the network does not count as quiet.
            let looked = driver.unattendedSince
            if looked < quiet, looked < until { return min(quiet, until) }
            if looked < quiet {
                let at = listeners.values.map { "\($0.at)" }.sorted().first ?? "us"
                settle(
                    .inconc,
                    Problem(
                        "the node did not stop speaking to \(at) about earlier cases in \(Self.longestSettling.text): what it "
                            + "says now cannot be told from that. A node that is started for each case (`{peers}` in "
                            + "`control.start`) is free of it", .top))
                finish()
                return .zero
            }
        }
        beginning = .none
        moves += 1
        // The preparation does not count as time of the case.
        firstStep = driver.now
        nodeLostBefore = lostAtNode
        lag = Lag(since: driver.now)
        if budget != .never { budget = budget + (driver.now - scope.start) }
        return nil
    }
    /// Drops a datagram of an earlier case that arrives at an address of this case.
    func dropEarlier(_ h: NetworkEvent) -> Bool {
        guard case .settling(_, let until) = beginning, case .opened(let link, _, _?) = h else { return false }
        driver.close(link, reset: true)
        beginning = .settling(since: driver.now, until: until)
        return true
    }
}

extension Term {
    /// The bytes of an identity that is written as `0x` and digits; any other term unchanged.
    var identity: Term {
        guard case .text(let s) = self, s.hasPrefix("0x"), let bytes = [UInt8](hex: s.dropFirst(2)) else { return self }
        return .bytes(bytes)
    }
}
