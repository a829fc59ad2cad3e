import Network
import Testing
import Wire

@testable import Node
@testable import RightMesh

/// Whole meshes in virtual time.
@Suite struct SimulatedMeshTests {
    /// A mesh of nodes by name, with the nodes that each of them knows.
    final class Mesh {
        let driver: Driver
        let profile: String
        var ids: [String: NodeID] = [:]
        var names: [String] = []
        init(_ profile: String, seed: UInt64 = 1) {
            self.profile = profile
            driver = Driver(SimulatedNetwork(seed: seed))
        }
        func endpoint(_ name: String) -> Endpoint {
            if !names.contains(name) { names.append(name) }
            return .loopback(UInt16(40_000 + (names.firstIndex(of: name) ?? 0)))
        }
        func start(_ name: String, told: [String] = [], _ values: [String: String] = [:]) throws {
            let (listener, bound) = try driver.listen(endpoint(name), .udp)
            var options = NodeOptions(
                try Definition.rightmesh.settings(profile: profile, values), random: Random(seed: 7, name),
                listening: bound)
            options.kind = Town.kind(name)
            options.identity = meshID(of: name).array
            options.acquaintances = told.map {
                .init(name: $0, endpoint: endpoint($0), kind: Town.kind($0), identity: meshID(of: $0).array)
            }
            ids[name] = driver.add(Definition.rightmesh.reference.node(options), listeners: [listener], transport: .udp)
        }
        func stop(_ name: String) { if let id = ids.removeValue(forKey: name) { driver.remove(id) } }
        func run(_ seconds: Int64) { while driver.next(until: driver.now + .seconds(seconds)) != nil {} }
        func ask(_ name: String, _ control: String, _ arguments: [Value.Entry] = []) -> Value? {
            ids[name].flatMap { driver.control($0, control, arguments) }
        }
        func list(_ name: String, _ control: String) -> [Value] {
            if case .list(let all)? = ask(name, control) { all } else { [] }
        }
        func name(_ id: Value?) -> String {
            guard let id = id.flatMap({ MeshID($0) }) else { return "?" }
            return names.first { meshID(of: $0) == id } ?? "?"
        }
        func table(_ name: String) -> Set<String> {
            Set(
                list(name, "routes").map {
                    "\(self.name($0["peer"]))>\(self.name($0["nexthop"]))/\($0["hopcount"]?.integer ?? 0)"
                })
        }
        func remote(_ name: String, _ id: String) -> Value? {
            list(name, "remote").first { self.name($0["id"]) == id }?["online"]
        }
    }
    private func discovery(_ profile: String, seed: UInt64 = 1) throws -> Mesh {
        let m = Mesh(profile, seed: seed)
        try m.start("RSP1")
        try m.start("RSP2", told: ["RSP1"])
        try m.start("S1", told: ["RSP1"])
        try m.start("S2", told: ["RSP2"])
        for b in ["B1", "B2"] { try m.start(b, told: ["S1"]) }
        try m.start("B3", told: ["B2"])
        return m
    }

    /// The discovery figure of the posts results, regardless of the order of events.
    @Test(arguments: [1, 2, 3] as [UInt64]) func steadyState(seed: UInt64) throws {
        let m = try discovery("target", seed: seed)
        m.run(90)
        #expect(m.table("RSP1") == ["S1>S1/1", "RSP2>RSP2/1", "B1>S1/2", "B2>S1/2", "S2>RSP2/2", "B3>S1/3"])
        #expect(m.table("RSP2") == ["RSP1>RSP1/1", "S2>S2/1", "S1>RSP1/2", "B1>RSP1/3", "B2>RSP1/3", "B3>RSP1/4"])
        #expect(m.table("S1") == ["RSP1>RSP1/1", "B1>B1/1", "B2>B2/1", "B3>B2/2"])
        #expect(m.table("S2") == ["RSP2>RSP2/1"])
        #expect(m.table("B1") == ["S1>S1/1", "RSP1>S1/2", "B2>S1/2", "B3>S1/3"])
        #expect(m.table("B2") == ["S1>S1/1", "B3>B3/1", "RSP1>S1/2", "B1>S1/2"])
        #expect(m.table("B3") == ["B2>B2/1", "S1>B2/2", "RSP1>B2/3", "B1>B2/3"])
        for name in m.ids.keys {
            // At first, lists overtake one another.
            let removed = m.list(name, "events").filter { $0["event"] == "removed" && $0["ms"]?.integer ?? 0 > 1000 }
            #expect(removed.isEmpty, "\(name) lost what was alive")
        }
    }
    /// Each node learns of each other node.
    @Test func narrated() throws {
        let m = try discovery("narrated")
        m.run(90)
        for name in m.ids.keys { #expect(m.table(name).count == 6, "\(name): \(m.table(name))") }
        #expect(m.table("B3").contains("S2>B2/5") && m.table("S2").contains("B3>RSP2/5"))
    }
    /// RMS-18: a subscriber is notified when the peer leaves and when it returns. No route of a phone changes.
    @Test func subscription() throws {
        let m = try discovery("target")
        m.run(60)
        let before = m.table("B1")
        #expect(m.ask("B1", "subscribe", [.init("ids", .bytes(meshID(of: "S2").array))]) == .bool(true))
        m.run(2)
        #expect(m.remote("B1", "S2") == .bool(true) && m.list("RSP1", "subscriptions").count == 1)
        m.stop("S2")
        m.run(60)
        #expect(m.remote("B1", "S2") == .bool(false) && m.remote("S1", "S2") == .bool(false))
        #expect(m.list("RSP1", "subscriptions").count == 1, "it was renewed")
        try m.start("S2", told: ["RSP2"])
        m.run(20)
        #expect(m.remote("B1", "S2") == .bool(true) && m.table("B1") == before)
        let told = m.list("B1", "events").filter { $0["event"] == "remote" }.map { $0["online"] }
        #expect(told == [.bool(true), .bool(false), .bool(true)])
        #expect(m.ask("B1", "forget", [.init("ids", .bytes(meshID(of: "S2").array))]) == .bool(true))
        m.run(2)
        #expect(m.list("RSP1", "subscriptions").isEmpty)
    }
    /// RM-31: superpeers in a line know all peers, and remove one that left within the bound.
    @Test func line() throws {
        let m = Mesh("target")
        try m.start("RSP1")
        try m.start("RSP2", told: ["RSP1"])
        try m.start("RSP3", told: ["RSP2"])
        try m.start("S1", told: ["RSP1"])
        try m.start("S3", told: ["RSP3"])
        m.run(60)
        #expect(m.table("RSP3").contains { $0.hasPrefix("S1>") } && m.table("RSP1").contains { $0.hasPrefix("S3>") })
        // They have learned of each other and communicate directly.
        #expect(m.list("RSP1", "superpeers").count == 2 && m.table("RSP1").contains("RSP3>RSP3/1"))
        m.stop("S3")
        m.run(114)
        #expect(!m.table("RSP1").contains { $0.hasPrefix("S3>") } && m.table("RSP1").contains("S1>S1/1"))
    }
    /// In full-mesh mode, superpeers report only their own phones, and still know all peers.
    @Test func fullMesh() throws {
        let m = Mesh("target")
        for i in 1...4 { try m.start("RSP\(i)", told: i == 1 ? [] : ["RSP1"], ["advertise": "full-mesh"]) }
        for i in 1...4 { try m.start("S\(i)", told: ["RSP\(i)"], ["advertise": "full-mesh"]) }
        m.run(60)
        for i in 1...4 {
            let far = (1...4).filter { $0 != i }.flatMap { ["RSP\($0)>RSP\($0)/1", "S\($0)>RSP\($0)/2"] }
            #expect(m.table("RSP\(i)") == Set(far + ["S\(i)>S\(i)/1"]))
        }
    }
    /// A phone whose superpeer left selects another one.
    @Test func anotherSuperpeer() throws {
        let m = Mesh("target")
        try m.start("RSP1")
        try m.start("RSP2", told: ["RSP1"])
        try m.start("S1", told: ["RSP1", "RSP2"])
        m.run(20)
        let first = m.table("S1")
        #expect(first.count == 1 && m.list("S1", "candidates").count == 2)
        let chosen = first == ["RSP1>RSP1/1"] ? "RSP1" : "RSP2"
        m.stop(chosen)
        m.run(50)
        #expect(m.table("S1") == [chosen == "RSP1" ? "RSP2>RSP2/1" : "RSP1>RSP1/1"])
    }
    /// RM-05, RM-06: a silent superpeer delays no HELLO to another one.
    @Test func silentSuperpeer() throws {
        let m = Mesh("target")
        let heard = try m.driver.listen(m.endpoint("RSP2"), .udp)
        try m.start("RSP1", told: ["RSP3", "RSP2", "RSP4"])
        var times: [Instant] = []
        var last: UInt32 = 0
        while let what = m.driver.next(until: .zero + .seconds(60)) {
            guard case .received(_, let bytes) = what, bytes[3] == 1 else { continue }
            // Repetitions have the same number.
            let header = try Header.read(bytes.span.bytes)
            if times.isEmpty || header.msgID != last { times.append(m.driver.now) }
            last = header.msgID
        }
        _ = heard
        let gaps = zip(times, times.dropFirst()).map { $1 - $0 }
        #expect(
            gaps.count >= 8 && gaps.allSatisfy { $0 >= .milliseconds(5399) && $0 <= .milliseconds(6601) }, "\(gaps)")
    }
}
