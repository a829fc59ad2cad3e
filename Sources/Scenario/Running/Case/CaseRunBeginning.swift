internal import Network
internal import Node
internal import Wire

/// Before the first step: listening, and the node under test.
extension CaseRun {
    /// Listens for the node. Gives why the case cannot be run here, where an actor wants an address that is not ours.
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
    /// Where nodes under test listen that were not started by this case.
    private var nodePorts: [UInt16] {
        guard case .remote(let r) = options.subject else { return [] }
        return r.endpoints.map(\.port)
    }
    /// Listens. A port that the system chooses is none of `others`: a node takes its own port at any address of loopback
    /// for itself, and does not dial it.
    private func listen(
        _ at: Endpoint, besides others: [UInt16]
    ) throws(NetworkError) -> (id: ListenerID, bound: Endpoint) {
        let made = try driver.listen(at, definition.transport)
        guard at.port == 0, others.contains(made.bound.port) else { return made }
        // It is held until there is another one.
        defer { driver.stopListening(made.id) }
        return try listen(at, besides: others)
    }
    /// An actor that refused connections takes them again, at its address.
    func takeConnections(_ step: Step, _ actor: String) {
        guard let l = listeners[actor] else { return held(step) }
        driver.stopListening(l.id)
        do throws(NetworkError) {
            let (id, at) = try driver.listen(l.at, definition.transport)
            listeners[actor] = (id, at)
            held(step)
        } catch {
            broken("\(error)", step.span, step.source)
        }
    }
    /// Any port at an address of this machine that the node can reach when it runs here as well.
    private var anyPort: Endpoint {
        guard let there = nodeAddress, there.v4 == nil else { return .loopback(0) }
        return Endpoint(high: 0, low: 1, port: 0)
    }
    /// Adds to what expressions know of an actor.
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
            // All listen before the first one starts, which may be told of the others.
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
        // One node keeps the label that it always had, so that its keys do not depend on how many there are.
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
    /// Those that a node is told of, by name: actors that listen, and other nodes under test where the case says so.
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

    /// Starts nodes elsewhere, where each case has its own, or lets an address that others had become quiet.
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

    /// What is over before the first step; until when it waits, nil when the steps may begin.
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
            // What came while nobody looked was not quiet.
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
        // What went before is none of the case's time.
        firstStep = driver.now
        nodeLostBefore = lostAtNode
        lag = Lag(since: driver.now)
        if budget != .never { budget = budget + (driver.now - scope.start) }
        return nil
    }
    /// A datagram of an earlier case came to an address that this one has now.
    func dropEarlier(_ h: NetworkEvent) -> Bool {
        guard case .settling(_, let until) = beginning, case .opened(let link, _, _?) = h else { return false }
        driver.close(link, reset: true)
        beginning = .settling(since: driver.now, until: until)
        return true
    }
}

extension Term {
    /// An identity that is written as `0x` and digits is bytes.
    var identity: Term {
        guard case .text(let s) = self, s.hasPrefix("0x"), let bytes = [UInt8](hex: s.dropFirst(2)) else { return self }
        return .bytes(bytes)
    }
}
