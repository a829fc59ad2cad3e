import Network
import Node
import Testing
import WebRTC
import Wire

@testable import PeerPigeon

/// Hubs whose data channels other nodes open, with clients, on a simulated network.
struct DataChannelMesh {
    let driver: Driver
    private(set) var hubs: [String: NodeID] = [:]
    private var clients: [String: NodeID] = [:]
    private var names: [NodeID: String] = [:]
    /// The events of all hubs and clients, each with the name of its node.
    private(set) var events: [(name: String, event: Event)] = []
    private let network: SimulatedNetwork
    private var random = Random(seed: 1)

    init(seed: UInt64 = 1, loss: Double = 0) {
        var conditions = DatagramConditions()
        conditions.loss = loss
        network = SimulatedNetwork(seed: seed)
        network.conditions = conditions
        driver = Driver(network)
        driver.tellsReports = true
    }
    static func id(_ name: String) -> [UInt8] { [UInt8](repeating: UInt8(name, radix: 16) ?? 0, count: 20) }
    static func at(_ name: String) -> Endpoint { Endpoint(v4: 0x0a00_0000 | UInt32(id(name)[0]), port: 3000) }
    /// Starts a hub that connects to these hubs. Its name is a byte in hexadecimal digits.
    mutating func hub(_ name: String, to others: [String] = [], bug: String? = nil, _ values: [String: String] = [:])
        throws
    {
        let all = ["channels": "on", "migration_delay": "1s", "redials": "100"].merging(values) { $1 }
        var options = NodeOptions(
            try Definition.peerPigeon.settings(profile: "seed", all), random: Random(seed: random.next()),
            listening: Self.at(name), peers: others.map { Self.at($0) }, bug: bug)
        (options.identity, options.hasChannels) = (Self.id(name), true)
        let listener = try driver.listen(Self.at(name)).id, socket = try driver.listen(Self.at(name), .udp).id
        let hub = driver.add(Definition.peerPigeon.reference.node(options), listeners: [listener])
        let channels = PeerConnection.Options(identity: PlainIdentity(&random), hosts: [Self.at(name)])
        let carrier = driver.add(
            ChannelNode(channels, Random(seed: random.next())), listeners: [socket], transport: .udp)
        driver.join(hub, channelsBy: carrier)
        (hubs[name], names[hub]) = (hub, name)
    }
    mutating func client(_ name: String, at hub: String) throws {
        var options = NodeOptions(
            try Definition.peerPigeon.settings(profile: "seed", ["offers": "off"]), random: Random(seed: random.next()),
            peers: [Self.at(hub)])
        (options.identity, options.kind) = (Self.id(name), "client")
        let client = driver.add(Definition.peerPigeon.reference.node(options))
        (clients[name], names[client]) = (client, name)
    }
    mutating func kill(_ name: String) { if let hub = hubs.removeValue(forKey: name) { driver.remove(hub) } }
    mutating func run(for time: Duration) {
        let end = driver.now + time
        while let what = driver.next(until: end) {
            if case .reported(let node, let event) = what, let name = names[node] { events.append((name, event)) }
        }
    }
    /// Lets a client offer a connection to another client.
    func offer(from: String, to: String, session: UInt64) {
        guard let client = clients[from] else { return }
        let target = Value.Entry("to", .text(Self.id(to).hex))
        _ = driver.control(client, "offer", [target, .init("session", .uint(session))])
    }
    func count(_ name: String, of hub: String? = nil) -> Int {
        events.count { $0.event.name == name && (hub == nil || $0.name == hub) }
    }
    /// The connections that a client has set up by an offer and its answer.
    func answers(of client: String) -> Int { count("answer", of: client) }
}

@Suite struct DataChannelMeshTests {
    private func mesh(seed: UInt64 = 1, loss: Double = 0, bug: String? = nil) throws -> DataChannelMesh {
        var mesh = DataChannelMesh(seed: seed, loss: loss)
        try mesh.hub("b0", bug: bug)
        try mesh.hub("a0", to: ["b0"], bug: bug)
        try mesh.hub("c0", to: ["b0"], bug: bug)
        try mesh.client("01", at: "a0")
        try mesh.client("02", at: "c0")
        return mesh
    }
    /// Each hub has a channel to each other, also hubs that only know each other through a third one.
    @Test(arguments: [0, 0.1]) func opensChannelsBetweenAllHubs(_ loss: Double) throws {
        var mesh = try mesh(loss: loss)
        mesh.run(for: .seconds(loss > 0 ? 200 : 10))
        for hub in ["a0", "b0", "c0"] {
            #expect(mesh.count("hub_p2p_connected", of: hub) >= 2, "\(hub)")
            #expect(mesh.count("hub_mesh_ready", of: hub) == 1)
        }
        #expect(mesh.count("hub_p2p_disconnected") == 0)
        #expect(mesh.count("hub_mesh_migrated") > 0)
        #expect(mesh.count("bootstrap_disconnected") == 2)
    }
    @Test func relaysSignalsOverChannels() throws {
        var mesh = try mesh()
        mesh.run(for: .seconds(10))
        let before = mesh.count("offer", of: "02")
        mesh.offer(from: "01", to: "02", session: 7)
        mesh.run(for: .seconds(2))
        #expect(mesh.count("offer", of: "02") == before + 1, "\(mesh.events.filter { $0.name == "02" })")
        #expect(mesh.answers(of: "01") == 1, "\(mesh.events.filter { $0.name == "01" })")
    }
    /// The hub to which both others connected ends. They still have a channel to each other.
    @Test func survivesEndOfMiddleHub() throws {
        var mesh = try mesh()
        mesh.run(for: .seconds(10))
        mesh.kill("b0")
        mesh.run(for: .seconds(40))
        #expect(mesh.count("hub_p2p_disconnected") == 2)
        mesh.offer(from: "01", to: "02", session: 8)
        mesh.run(for: .seconds(2))
        #expect(mesh.answers(of: "01") == 1)
        // The hub returns: the others connect to it again, and open channels again.
        try mesh.hub("b0")
        mesh.run(for: .seconds(30))
        #expect(mesh.count("hub_p2p_connected", of: "b0") == 4)
    }
    /// A hub that does not fall back to WebSocket does not come back.
    @Test func seesHubThatNeverFallsBack() throws {
        var mesh = try mesh(bug: "mesh-never-falls-back")
        mesh.run(for: .seconds(10))
        mesh.kill("b0")
        mesh.run(for: .seconds(40))
        try mesh.hub("b0")
        mesh.run(for: .seconds(30))
        #expect(mesh.count("hub_p2p_connected", of: "b0") == 2)
    }
    @Test func limitsChannels() throws {
        var mesh = DataChannelMesh()
        try mesh.hub("f0")
        for name in ["10", "20", "30", "40", "50"] { try mesh.hub(name, to: ["f0"], ["max_channels": "2"]) }
        mesh.run(for: .seconds(100))
        for name in ["10", "20", "30", "40", "50"] { #expect(mesh.count("hub_p2p_connected", of: name) <= 2) }
        #expect(mesh.count("hub_p2p_connected", of: "f0") <= 3)
    }
}
