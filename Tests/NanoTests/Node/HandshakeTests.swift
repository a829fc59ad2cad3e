import Testing
import Wire

@testable import Nano
@testable import Node

/// Both sides reach realtime mode in the highest version that both know.
@Test(arguments: [
    ("v28", "v28", 2, 2), ("legacy", "legacy", 1, 1), ("v29dev", "v29dev", 3, 3), ("v28", "v29dev", 2, 2),
    ("v29dev", "v28", 2, 2),
])
func handshakeOfTwoNodes(a: String, b: String, versionAtA: Int, versionAtB: Int) throws {
    for chop in [0, 1, 7, 100] {
        var table = Table()
        table.chop = chop
        try table.add("a", profile: a)
        try table.add("b", profile: b)
        let link = table.connect("a", "b")
        #expect(table.isOpen(link))
        let (atA, atB) = (table.reports("a", "handshake_done"), table.reports("b", "handshake_done"))
        #expect(atA.map { $0.detail("version") } == [String(versionAtA)])
        #expect(atB.map { $0.detail("version") } == [String(versionAtB)])
        #expect(atA.first?.detail("node_id") == table.reports("b", "identity").first?.detail("node_id"))
        #expect(atB.first?.detail("node_id") == table.reports("a", "identity").first?.detail("node_id"))
    }
}
