internal import Node
internal import Scenario

/// The addresses of the actors in a capture: real ones if the network knew them, otherwise made-up ones.
///
/// A made-up address is in 198.18.0.0/15 (RFC 2544: no machine has it). It is the same for all connections of an actor.
/// Addresses are assigned in the order in which actors appear. The side that was connected to has the default port of
/// the protocol, so that tools recognise it. The other side has a different port for each connection, from 49152 up.
struct WireAddresses {
    private var actors: [String: UInt32] = [:]
    /// The actors by their addresses.
    private var owners: [Endpoint: Set<String>] = [:]
    private let port: UInt16

    init(port: UInt16) { self.port = port }

    /// Returns both ends of a connection: the harness's end and the other one.
    mutating func ends(
        of number: Int, _ known: CaseConnection?, ours: String, theirs: String, isDialed: Bool
    ) -> (ours: Endpoint, theirs: Endpoint) {
        let ends: (ours: Endpoint, theirs: Endpoint)
        if let local = known?.local, let peer = known?.peer, !local.isUnspecified, !peer.isUnspecified {
            ends = (local, peer)
        } else {
            let other = 49_152 &+ UInt16(number % 16_384)
            let here = Endpoint(v4: address(ours), port: isDialed ? other : port)
            ends = (here, Endpoint(v4: address(theirs), port: isDialed ? port : other))
        }
        own(ends.ours, ours)
        own(ends.theirs, theirs)
        return ends
    }
    private mutating func address(_ actor: String) -> UInt32 {
        if let known = actors[actor] { return known }
        // There are 131,070 addresses; a case has fewer actors.
        let made = 0xc612_0001 &+ UInt32(truncatingIfNeeded: actors.count % 131_070)
        actors[actor] = made
        return made
    }
    private mutating func own(_ at: Endpoint, _ actor: String) {
        var address = at
        address.port = 0
        owners[address, default: []].insert(actor)
    }
    /// The addresses that belong to a single actor, with its name converted to a host name.
    var names: [(address: Endpoint, name: String)] {
        owners.sorted { $0.key < $1.key }.compactMap { address, actors in
            guard actors.count == 1, let name = actors.first else { return nil }
            return (address, SafeName.host(name))
        }
    }
}
