import Node
import RightMesh
import Testing

@testable import Simulation

/// The bytes that real nodes send in an interval equal the formula exactly.
@Suite struct MeshMeasurementTests {
    private func check(_ peers: Int, _ hubs: Int, profile: String = "target", _ values: [String: String]) throws {
        let definition = Definition.rightmesh
        let model = try #require(definition.meshes.mesh)
        let settings = try definition.settings(profile: profile, values)
        let size = MeshSize(hubs: hubs, peers: peers)
        let measured = try MeshMeasurement.run(definition, model: model, size: size, settings: settings, seed: 3)
        #expect(measured == model.cost(size, settings))
        #expect(measured.hubs.messages == 2 * hubs * (hubs - 1) && measured.uplinks.messages == 2 * peers)
    }
    /// The rows of the table. `meshspec cost` has the larger ones.
    @Test(arguments: ["transit", "full-mesh"]) func table(mode: String) throws {
        try check(100, 2, ["advertise": mode])
        try check(1000, 5, ["advertise": mode])
    }
    /// Phones that cannot be distributed evenly, messages in several datagrams, and the other profile.
    @Test(arguments: ["transit", "full-mesh"]) func odd(mode: String) throws {
        try check(23, 6, ["advertise": mode])
        try check(700, 3, ["advertise": mode])
        try check(50, 4, ["advertise": mode, "max_datagram": "256"])
        try check(40, 3, profile: "narrated", ["advertise": "transit"])
        try check(0, 4, ["advertise": mode])
        try check(9, 1, ["advertise": mode])
    }
    /// The data that superpeers send in an interval grows with N·S in full-mesh mode and with N·S² in transit mode. S
    /// is the number of superpeers that each of them communicates with. The test counts sent data and measures no
    /// times.
    @Test(arguments: [("full-mesh", 1.0), ("transit", 2.0)]) func growth(mode: String, power: Double) throws {
        let definition = Definition.rightmesh
        let model = try #require(definition.meshes.mesh)
        let settings = try definition.settings(["advertise": mode])
        var points: [(a: Double, b: Double, y: Double)] = []
        for hubs in [3, 5, 8] {
            for peers in [160, 320, 480] {
                let size = MeshSize(hubs: hubs, peers: peers)
                let cost = try MeshMeasurement.run(definition, model: model, size: size, settings: settings, seed: 1)
                points.append((Double(peers), Double(hubs - 1), Double(cost.hubs.ids)))
            }
        }
        let found = try #require(GrowthFit.powers(points))
        #expect(abs(found.p - 1) < 0.05 && abs(found.q - power) < 0.05, "\(found)")
    }
    /// A mesh that continues to change is not measured.
    @Test func unsettled() throws {
        let definition = Definition.rightmesh
        var model = try #require(definition.meshes.mesh)
        model.news = { _ in nil }
        let settings = try definition.settings()
        #expect(throws: MeshMeasurement.Unsettled(after: .seconds(360))) {
            try MeshMeasurement.run(
                definition, model: model, size: MeshSize(hubs: 2, peers: 2), settings: settings, seed: 1)
        }
    }
}
