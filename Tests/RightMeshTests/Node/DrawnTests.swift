import Node
import Testing
import Wire

@testable import RightMesh

struct DrawnTests {
    private func id(_ name: String, salt: [UInt8] = []) throws -> Value {
        let function = try #require(Definition.rightmesh.playing.functions.first { $0.name == "rightmesh.id" })
        return try function.apply([.text(name)], in: .init(salt: salt))
    }

    @Test func namesStandForOtherIDsInOtherCases() throws {
        #expect(try id("S1") == .bytes(meshID(of: "S1").array))
        #expect(try id("S1", salt: [1]) == id("S1", salt: [1]))
        #expect(try id("S1", salt: [1]) != id("S1", salt: [2]))
        #expect(try id("S1", salt: [1]) != id("S2", salt: [1]))
    }
    /// The table of a node with history also has other records.
    @Test func recordsOfACaseAreToldFromOthers() throws {
        let own = try #require(Definition.rightmesh.playing.functions.first { $0.name == "rightmesh.own" })
        let setting = ProtocolFunction.Setting(salt: [1], isNodeFresh: false)
        let mine: Value = ["id": try id("S1", salt: [1]), "hop": 1]
        let records: Value = .list([mine, ["id": try id("S1", salt: [2]), "hop": 1]])
        #expect(try own.apply([records], in: setting) == .list([mine]))
        #expect(try own.apply([records], in: .init(salt: [1])) == records)
        let printed: Value = ["peer": .text("0x\(meshID(of: "S1", in: setting).array.hex)")]
        #expect(try own.apply([.list([printed, ["peer": "0x00"]]), "peer"], in: setting) == .list([printed]))
    }
    /// The numbers are valid in a message and leave room above them. Each byte is random.
    @Test func bootAndNumberOfTheFirstMessageAreDrawn() throws {
        var seen: Set<UInt64> = []
        for seed in 0..<200 as Range<UInt64> {
            var random = Random(seed: seed)
            let drawn = Definition.rightmesh.playing.drawn(&random)
            #expect(drawn.map(\.key) == Definition.rightmesh.drawnNames)
            let boot = try #require(drawn.first { $0.key == "boot" }?.value.integer)
            let number = try #require(drawn.first { $0.key == "msg_id" }?.value.integer)
            #expect((0x0101...0xf000).contains(boot))
            #expect((0x0101_0101...0xf000_0000).contains(number))
            seen.insert(boot << 32 | number)
        }
        #expect(seen.count == 200)
    }
}
