internal import Node

/// Where the actors of the harness are.
extension CaseRun {
    /// Gives each actor that has no address of its own one of 127.0.0.0/8 that is new in this run and not that of
    /// another run, where the node is on IPv4 loopback: what a node remembers of an address is then never that of
    /// another case.
    func takeAddresses() {
        guard let there = nodeAddress, there.isLoopback, there.v4 != nil else { return }
        for actor in scenario.actors where !actor.isSubject {
            guard let given = givenAddress(of: actor) else {
                let random = Random(seed: options.valueSeed, self.case.id, "address of \(actor.name)")
                let at = used.draw(random, besides: there)
                homes[actor.name] = at
                know(actor.name, "address", .bytes(at.address))
                continue
            }
            // Where it listens is where it speaks from; one at all addresses speaks from any.
            if given.v4 != nil, !given.isUnspecified {
                homes[actor.name] = given
                homes[actor.name]?.port = 0
            }
        }
    }
    /// Where the scenario, or whoever started the run, wants an actor to listen.
    func givenAddress(of actor: Scenario.Actor) -> Endpoint? {
        if let own = actor.listen { return own }
        guard case .remote(let r) = options.subject, var at = r.listen,
            scenario.listeningActors.contains(actor.name)
        else { return nil }
        // The port that the node knows is for the first one that it is told of.
        if actor.name != scenario.listeningActors.first(where: scenario.isTold) { at.port = 0 }
        return at
    }
    /// The address that an actor dials a node from; nil is the system's choice.
    func home(of actor: String, facing node: Endpoint) -> Endpoint? {
        node.isLoopback && node.v4 != nil ? homes[actor] : nil
    }
    /// Where the node under test listens, or the first one of several; nil when nobody knows.
    var nodeAddress: Endpoint? {
        let first = scenario.actors.first(where: \.isSubject)
        guard case .remote(let r) = options.subject else { return first?.listen ?? .loopback(0) }
        return first.flatMap { r.addresses[$0.name] } ?? r.address
    }
}
