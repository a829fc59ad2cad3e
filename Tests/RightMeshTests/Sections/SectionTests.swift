import Testing
import Wire

@testable import RightMesh

/// The descriptions of records have the numbers of the specification.
struct SectionTests {
    @Test func lengthsOfRecords() {
        let least = [SectionKind.peers, .superpeers, .targets, .signature].map(\.leastRecord)
        #expect(least == [24, 44, 24, 65])
        #expect(SectionKind(rawValue: 5).leastRecord == nil)
        var superpeer = Superpeer()
        superpeer.metrics = Superpeer.Metrics()
        #expect([superpeer, Superpeer()].recordLength == 72)
        superpeer.extension = RecordExtension()
        superpeer.extension?.bytes = Bytes([1, 2, 3])
        #expect([superpeer].recordLength == 75)
    }
    /// A record has half a byte for the role. A role that does not fit becomes no role, and never another role.
    @Test func rolesThatDoNotFit() {
        let roles = [0, 4, 15, 16, 20, 255].map { Peer(MeshID(), hop: 1, role: Role(rawValue: $0)).role }
        #expect(roles == [0, 4, 15, 0, 0, 0])
    }
    @Test func livesOfRoutes() {
        #expect([1, 2, 15].map(Limits.life) == [30_000_000_000, 36_000_000_000, 114_000_000_000])
    }
}
