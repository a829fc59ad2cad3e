internal import Node
internal import Scenario

/// Who sends from where in a capture: real addresses where the network knew them, made-up ones otherwise.
///
/// A made-up address is one of 198.18.0.0/15 (RFC 2544: no machine has it), the same for all connections of an actor,
/// in the order in which they come up. The side that was connected to has the default port of the protocol, so that
/// tools recognise it, the other one a port of its own for each connection, from 49152 up.
struct WireAddresses {
    private var actors: [String: UInt32] = [:]
    /// Actors by the addresses they have.
    private var owners: [Endpoint: Set<String>] = [:]
    private let port: UInt16

    init(port: UInt16) { self.port = port }

    /// Both ends of a connection: that of the harness, and the other one.
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
        // 131,070 of them; a case has fewer actors.
        let made = 0xc612_0001 &+ UInt32(truncatingIfNeeded: actors.count % 131_070)
        actors[actor] = made
        return made
    }
    private mutating func own(_ at: Endpoint, _ actor: String) {
        var address = at
        address.port = 0
        owners[address, default: []].insert(actor)
    }
    /// Addresses that one actor alone has, with its name in letters that names of hosts have.
    var names: [(address: Endpoint, name: String)] {
        owners.sorted { $0.key < $1.key }.compactMap { address, actors in
            guard actors.count == 1, let name = actors.first else { return nil }
            return (address, SafeName.host(name))
        }
    }
}
