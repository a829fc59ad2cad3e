internal import Node

/// The addresses of the harness's actors.
extension CaseRun {
    /// Gives each actor without an own address one of 127.0.0.0/8, if the node is on IPv4 loopback. The address is new
    /// in this run and not used by another run. So nothing that a node remembers about an address comes from another
    /// case.
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
    func givenAddress(of actor: Scenario.Actor) -> Endpoint? {
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
    var nodeAddress: Endpoint? {
        let first = scenario.actors.first(where: \.isSubject)
        guard case .remote(let r) = options.subject else { return first?.listen ?? .loopback(0) }
        return first.flatMap { r.addresses[$0.name] } ?? r.address
    }
}
