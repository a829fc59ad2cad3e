import Libp2p
import MDNS
import Network
import Node
import Report
import Wire

/// The ways in which a node finds its peers: `--discover`, and `--dht` for the nodes of a bus.
struct PeerDiscovery {
    /// `bootstrap` names the peers that are dialed anyway; `px` is peer exchange.
    enum Way: String, CaseIterable {
        case bootstrap, dht, mdns, px, rendezvous

        /// The parameter of the protocol that turns it on; nil if it needs none.
        var parameter: String? {
            switch self {
            case .bootstrap, .mdns: nil
            case .dht, .px, .rendezvous: rawValue
            }
        }
    }
    static let options = [
        Option(
            .discover, value: "WAY,...", "how it finds peers: \(Way.allCases.map(\.rawValue).joined(separator: ", "))"),
        Option(
            .bootstrap, value: "HOST:PORT or MULTIADDR", repeatable: true,
            "peer to begin with, such as a member of the DHT; the same as --connect"),
        Option(.dht, "the bus is gossipsub, and its nodes find each other in a DHT"),
        Option(
            .network, value: "KEY",
            "with --dht: the network of the node; nodes of other networks in that DHT stay apart"),
    ]
    /// The ways that the user gives.
    let ways: Set<Way>
    /// The key of `--network`.
    let network: String?
    /// The bus that the user gives, as a value of the parameter `bus`; nil if none is given.
    private let bus: String?

    init(_ invocation: Invocation) throws(CommandError) {
        var ways: Set<Way> = []
        for word in (invocation[.discover] ?? "").split(separator: ",").map(String.init) {
            let name = try Invocation.word(.discover, word, Way.allCases.map(\.rawValue))
            if let way = Way(rawValue: name) { ways.insert(way) }
        }
        self.ways = ways
        bus = invocation.has(.dht) ? Definition.dhtBus : invocation[.bus]
        network = invocation[.network]
        guard let network else { return }
        guard bus != nil else { throw .dependent(.network, on: .dht) }
        guard !network.isEmpty else { throw CommandError(.badValue, at: .network, expected: "a key", found: network) }
    }
    /// Returns the parameters of a node that these ways turn on, besides those that the user gives.
    func parameters(
        _ given: [String: String], of definition: Definition, profile: String?
    ) throws(CommandError) -> [String: String] {
        var all = given
        for way in ways.sorted(by: { $0.rawValue < $1.rawValue }) {
            guard definition.configuration.parameters.contains(where: { $0.name == Way.dht.rawValue }) else {
                throw CommandError(
                    .notApplicable, at: .discover, "a node of \(definition.name) does not discover peers",
                    remedy: "leave out --discover")
            }
            guard let name = way.parameter, all[name] == nil else { continue }
            all[name] = way == .dht ? Self.network(profile, in: definition) : "on"
        }
        guard let bus else { return all }
        guard let parameter = definition.configuration.parameters.first(where: { $0.name == "bus" }) else {
            throw CommandError(
                .notApplicable, at: .bus, "a node of \(definition.name) has no bus that another protocol can carry")
        }
        if !parameter.choices.contains(bus) {
            let names = Registry.definitions.map(\.name)
            guard names.contains(bus) else {
                throw CommandError(.unknownProtocol, at: .bus, no: "protocol", called: bus, of: names)
            }
            throw CommandError(.notApplicable, at: .bus, "\(bus) carries no bus", remedy: "give --bus gossipsub")
        }
        if let other = all["bus"], other != bus {
            throw CommandError(
                .conflict, at: "--bus \(bus)", "the parameter says another one", remedy: "leave out -P bus=\(other)")
        }
        all["bus"] = bus
        return all
    }
    /// Returns the name of the DHT that belongs to a profile or a protocol.
    private static func network(_ name: String?, in definition: Definition) -> String {
        let parameter = definition.configuration.parameters.first { $0.name == Way.dht.rawValue }
        return parameter?.choices.first { $0 == name } ?? "meshspec"
    }
}

/// A node of multicast DNS beside another node. It announces the addresses of that node, which dials the peers that are
/// found.
struct MulticastDiscovery {
    private let node: NodeID
    private let announcer: NodeID
    /// The peers that were dialed and not lost since then.
    private var dialed: Set<String> = []
    private static let port: UInt16 = 5353
    private static let group = "224.0.0.251:5353"

    /// Starts it after `ready`, which the other node reports at its start. `listening`: the address of that node, whose
    /// interface it uses.
    init(
        _ node: NodeID, _ ready: Event, listening: Endpoint, _ network: SocketNetwork, _ driver: Driver,
        _ random: Random
    )
        throws
    {
        let definition = Definition.mdns
        let local = Endpoint(high: listening.high, low: listening.low, port: Self.port)
        let group = try Resolver.resolve(Self.group)
        let (socket, at) = try network.listen(joining: group, at: local)
        var options = NodeOptions(try definition.settings(), random: random, listening: at, peers: [group])
        let details = Value.map(ready.details)
        if case .text(let id)? = details["peer_id"] { options.identity = PeerID(id)?.bytes }
        if case .list(let addresses)? = details["addrs"] {
            options.announced = addresses.compactMap { if case .text(let text) = $0 { text } else { nil } }
        }
        self.node = node
        announcer = driver.add(definition.reference.node(options), listeners: [socket], transport: definition.transport)
    }
    /// Handles an event of a node.
    mutating func take(_ id: NodeID, _ event: Event, _ driver: Driver) {
        let details = Value.map(event.details)
        guard id == announcer, case .text(let peer)? = details["peer"] else { return }
        switch event.name {
        case "peer_found":
            guard case .list(let addresses)? = details["addresses"], let first = addresses.first,
                dialed.insert(peer).inserted
            else { return }
            _ = driver.control(node, "dial", [.init("address", first), .init("peer", .text(peer))])
        case "peer_lost": dialed.remove(peer)
        default: break
        }
    }
}
