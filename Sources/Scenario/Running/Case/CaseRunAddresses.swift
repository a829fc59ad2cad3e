internal import Node

/// Where the actors of the harness are.
extension CaseRun {
    /// Gives each actor that has no address of its own one of 127.0.0.0/8 that is new in this run and not that of
    /// another run, where the node is on IPv4 loopback: what a node remembers of an address is then never that of
    /// another case.
    func takeAddresses() {
        guard let there = nodeAddress, hasOwnAddresses(at: there) else { return }
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
    /// True if each actor can have an address of its own that a node at this address reaches.
    private func hasOwnAddresses(at address: Endpoint) -> Bool { address.isLoopback && address.v4 != nil }
    /// The address that the scenario or the user gives an actor to listen at; nil for an actor that can have its own.
    func givenAddress(of actor: Scenario.Actor) -> Endpoint? {
        if let own = actor.listen { return own }
        guard case .remote(let r) = options.subject, var at = r.listen,
            scenario.listeningActors.contains(actor.name)
        else { return nil }
        // The first actor that the node is told of has the port that the node knows.
        if at.port != 0, actor.name == scenario.listeningActors.first(where: scenario.isTold) { return at }
        at.port = 0
        // A node may judge peers by their address, as gossipsub does (P6 of its scores).
        return hasOwnAddresses(at: at) && nodeAddress.map(hasOwnAddresses) == true ? nil : at
    }
    /// The address that an actor dials a node from; nil is the system's choice.
    func home(of actor: String, facing node: Endpoint) -> Endpoint? {
        hasOwnAddresses(at: node) ? homes[actor] : nil
    }
    /// Where the node under test listens, or the first one of several; nil when nobody knows.
    var nodeAddress: Endpoint? {
        let first = scenario.actors.first(where: \.isSubject)
        guard case .remote(let r) = options.subject else { return first?.listen ?? .loopback(0) }
        return first.flatMap { r.addresses[$0.name] } ?? r.address
    }
}
