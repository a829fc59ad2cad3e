import Node
import Testing
import Wire

@testable import RightMesh

/// Questions to a node, which have no effect on it.
struct ControlTests {
    /// Returns a town with activity: routes, superpeers, a subscription, and an incomplete message.
    private func town(asking: Bool) throws -> (town: Town, said: [[UInt8]]) {
        var town = Town("target")
        try town.start("RSP1")
        try town.start("RSP2", told: ["RSP1"])
        try town.start("S1", told: ["RSP1"])
        try town.start("B1", told: ["S1"])
        var said: [[UInt8]] = []
        for second in 0..<80 {
            town.now = .zero + .milliseconds(second * 500)
            for name in ["RSP1", "RSP2", "S1", "B1"] {
                if asking { ask(&town, name) }
                town.act(name) { node, now, out in if let at = node.deadline, at <= now { node.wake(now: now, &out) } }
            }
            if second == 20 { _ = town.ask("B1", "subscribe", [meshID(of: "RSP2"), meshID(of: "B9")]) }
            said += town.letters.map(\.bytes)
            town.settle()
        }
        return (town, said)
    }
    private func ask(_ town: inout Town, _ name: String) {
        for control in Control.allCases where control.rule.isQuestion {
            let before = town.nodes[name]?.deadline
            _ = town.nodes[name]?.answer(
                control.rawValue, [.init("id", .bytes(meshID(of: "RSP1").array))], now: town.now)
            #expect(town.nodes[name]?.deadline == before)
        }
    }
    /// A town whose nodes answer questions all the time sends the same bytes at the same times.
    @Test func askingChangesNothing() throws {
        let asked = try town(asking: true)
        let left = try town(asking: false)
        #expect(asked.said == left.said)
        #expect(asked.said.count > 20)
        #expect(asked.town.table("RSP1") == left.town.table("RSP1"))
    }
    /// Each table has the columns of its rule, in their order. Empty tables have no columns to check.
    @Test func columns() throws {
        let (town, _) = try town(asking: false)
        var seen: Set<String> = []
        for name in ["RSP1", "S1", "B1"] {
            for control in Control.allCases where control.rule.isQuestion && control.rule.operand == nil {
                let answer = try #require(town.nodes[name]?.answer(control.rawValue, [], now: town.now))
                let rows: [Value] = if case .list(let all) = answer { all } else { [answer] }
                for case .map(let row) in rows where !control.rule.columns.isEmpty {
                    seen.insert(control.rawValue)
                    #expect(row.map(\.key).starts(with: control.rule.columns), "\(control): \(row)")
                }
            }
        }
        #expect(
            seen == [
                "routes", "superpeers", "candidates", "subscriptions", "remote", "remembered", "events", "uplink",
                "status",
            ])
    }
    /// An id may be bytes, text with or without 0x, or the name from which it is made. An invalid id gives no answer,
    /// and an unknown id gives null.
    @Test func ids() throws {
        let (town, _) = try town(asking: false)
        let node = try #require(town.nodes["RSP1"])
        let id = meshID(of: "S1").array
        let wanted = node.answer("route", [.init("id", .bytes(id))], now: town.now)
        #expect(wanted?["nexthop"] == .bytes(id))
        for text in ["0x" + id.hex, id.hex, "S1"] {
            #expect(node.answer("route", [.init("id", .text(text))], now: town.now) == wanted)
        }
        #expect(node.answer("route", [.init("id", "0x12")], now: town.now) == nil)
        #expect(node.answer("route", [], now: town.now) == nil)
        #expect(node.answer("route", [.init("id", "nobody")], now: town.now) == .null)
        #expect(node.answer("find", [.init("ids", "S1")], now: town.now) == nil)
        #expect(node.answer("rotes", [], now: town.now) == nil)
    }
    /// The event with the result of a FIND repeats its ticket: found, no superpeer, or no answer.
    @Test func tickets() throws {
        var (town, _) = try town(asking: false)
        func tell(_ name: String, _ ticket: UInt64) {
            town.act(name) {
                _ = $0.control("find", [.init("ids", "RSP2"), .init("ticket", .uint(ticket))], now: $1, &$2)
            }
        }
        func outcome(_ name: String, _ ticket: UInt64) -> String? {
            town.nodes[name]?.log.all.first { $0["ticket"] == .uint(ticket) }?["event"].map { "\($0)" }
        }
        tell("B1", 1)
        #expect(outcome("B1", 1) == nil)
        town.settle()
        #expect(outcome("B1", 1) == "found")
        tell("RSP1", 2)
        #expect(outcome("RSP1", 2) == "found")
        try town.start("B7")
        tell("B7", 3)
        #expect(outcome("B7", 3) == "find_failed")
        // The request is lost three times.
        tell("B1", 4)
        for _ in 0..<3 {
            town.now = town.now + .seconds(1)
            town.act("B1") { $0.wake(now: $1, &$2) }
        }
        #expect(outcome("B1", 4) == "find_failed")
    }
}
