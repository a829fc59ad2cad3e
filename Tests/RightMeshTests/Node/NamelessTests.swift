import Testing
import Wire

@testable import Node
@testable import RightMesh

/// Nodes that know the addresses of others, but not their ids.
struct NamelessTests {
    /// An unrelated superpeer sends before the known address has answered.
    @Test func routesToNoOtherWhileUnknown() throws {
        var town = Town("target")
        try town.start("S1", told: ["RSP1"], namesIDs: false)
        try town.start("RSP2")
        town.greet("RSP2", "S1")
        town.deliver("RSP2", "S1")
        #expect(town.table("S1").isEmpty)
        try town.start("RSP1")
        town.deliver("S1", "RSP1")
        town.deliver("RSP1", "S1")
        #expect(town.table("S1") == ["RSP1>RSP1/1"])
    }
    /// The node learns the id from the answer, regardless of its source address.
    @Test func answersFromElsewhere() throws {
        var town = Town("target")
        try town.start("S1", told: ["RSP1"], namesIDs: false)
        try town.start("RSP1")
        town.deliver("S1", "RSP1")
        let answer = try #require(town.letters.first { $0.type == "info_ack" })
        town.drop(to: "S1")
        town.act("S1") { node, now, out in
            node.opened(LinkID(9), peer: .loopback(9), by: .them, now: now, &out)
            node.received(answer.bytes.span.bytes, on: LinkID(9), now: now, &out)
        }
        #expect(town.table("S1") == ["RSP1>RSP1/1"])
    }
    /// The selected superpeer sends, but answers no INFO. It is removed together with its route.
    @Test func isLeft() throws {
        var town = Town("target")
        try town.start("S1", told: ["RSP1", "RSP2"], namesIDs: false)
        let first = try #require(town.letters.first?.to)
        try town.start(first)
        town.greet(first, "S1")
        town.deliver(first, "S1")
        #expect(town.table("S1") == ["\(first)>\(first)/1"])
        for second in 1...3 {
            town.drop(to: first)
            town.now = .zero + .seconds(second)
            town.act("S1") { $0.wake(now: $1, &$2) }
        }
        #expect(town.letters.map(\.to) == [first == "RSP1" ? "RSP2" : "RSP1"])
        #expect(town.table("S1").isEmpty)
    }
    /// The other node has another id after its return.
    @Test(arguments: ["S1", "RSP2", "B1"]) func comesBackAsAnother(_ name: String) throws {
        let other = name == "B1" ? "S1" : "RSP1"
        var town = Town("target")
        _ = town.endpoint("S9")
        _ = town.endpoint("RSP9")
        try town.start(other)
        try town.start(name, told: [other], namesIDs: false)
        town.settle()
        #expect(town.table(name) == ["\(other)>\(other)/1"])
        town.run(8, [name, other])
        let heir = String(other.dropLast()) + "9"
        try town.start(other, identity: heir)
        town.run(60, [name, other])
        #expect(town.table(name) == ["\(heir)>\(heir)/1"])
    }
    /// The other node is gone for longer than the node remembers superpeers that others named.
    @Test(arguments: [true, false]) func comesBackLate(_ namesIDs: Bool) throws {
        var town = Town("target")
        try town.start("RSP1")
        try town.start("RSP2", told: ["RSP1"], namesIDs: namesIDs)
        town.settle()
        for _ in 0..<200 {
            town.now = town.now + .seconds(1)
            town.act("RSP2") { $0.wake(now: $1, &$2) }
            town.drop(to: "RSP1")
        }
        #expect(town.table("RSP2").isEmpty)
        town.run(8, ["RSP2"])
        #expect(town.table("RSP2") == ["RSP1>RSP1/1"])
    }
}
