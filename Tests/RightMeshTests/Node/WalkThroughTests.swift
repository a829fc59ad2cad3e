import Testing
import Wire

@testable import Node
@testable import RightMesh

/// The walk-through of the original posts, table by table, in both profiles: `peer>nexthop/hops`.
@Suite struct WalkThroughTests {
    @Test(arguments: ["narrated", "target"]) func rows(profile: String) throws {
        let isNarrated = profile == "narrated"
        var t = Town(profile)
        func expect(_ name: String, _ routes: String..., narrated: [String] = [], row: String) {
            #expect(t.table(name) == Set(routes + (isNarrated ? narrated : [])), "\(row): \(name)")
        }
        // RMS-00: RSP1 is alone and silent.
        try t.start("RSP1")
        #expect(t.letters.isEmpty && t.table("RSP1") == [])
        // 01, 02
        try t.start("S1", told: ["RSP1"])
        #expect(t.deliver("S1", "RSP1").map(\.bytes.count) == [80])
        expect("RSP1", "S1>S1/1", row: "01")
        expect("S1", row: "01")
        #expect(t.deliver("RSP1", "S1").map(\.bytes.count) == [isNarrated ? 80 : 132])
        expect("S1", "RSP1>RSP1/1", row: "02")
        #expect(t.candidates("S1") == ["RSP1"] && t.events("S1").contains("considerChannel"))
        // 03, 04
        try t.start("B1")
        t.greet("B1", "S1")
        t.deliver("B1", "S1")
        expect("S1", "RSP1>RSP1/1", "B1>B1/1", row: "03")
        expect("RSP1", "S1>S1/1", row: "03")
        t.deliver("S1", "B1")
        expect("B1", "S1>S1/1", "RSP1>S1/2", row: "04")
        #expect(t.events("B1").contains("considerChannel"))
        // 05, 06
        try t.start("B2")
        t.greet("B2", "S1")
        t.deliver("B2", "S1")
        expect("S1", "RSP1>RSP1/1", "B1>B1/1", "B2>B2/1", row: "05")
        expect("B1", "S1>S1/1", "RSP1>S1/2", row: "05")
        expect("RSP1", "S1>S1/1", row: "05")
        let copies = t.letters.filter { $0.from == "S1" }
        #expect(Set(copies.map(\.to)) == ["B1", "B2"] && copies[0].bytes == copies[1].bytes)
        t.deliver("S1", "B1")
        t.deliver("S1", "B2")
        expect("B1", "S1>S1/1", "RSP1>S1/2", "B2>S1/2", row: "06")
        expect("B2", "S1>S1/1", "RSP1>S1/2", "B1>S1/2", row: "06")
        expect("RSP1", "S1>S1/1", row: "06")
        // 07: the HELLO arrives before the INFO, and its answer has only the earlier knowledge.
        try t.start("RSP2", told: ["RSP1"])
        t.act("S1") { $0.report($1, &$2) }
        t.deliver("RSP2", "RSP1")
        t.deliver("S1", "RSP1")
        expect("RSP1", "S1>S1/1", "RSP2>RSP2/1", "B1>S1/2", "B2>S1/2", row: "07")
        // 08
        t.deliver("RSP1", "RSP2")
        t.deliver("RSP1", "S1")
        expect("RSP2", "RSP1>RSP1/1", "S1>RSP1/2", row: "08")
        expect("S1", "RSP1>RSP1/1", "B1>B1/1", "B2>B2/1", narrated: ["RSP2>RSP1/2"], row: "08")
        #expect(t.candidates("S1") == ["RSP1", "RSP2"] && t.events("S1").contains("chooseSuperpeer"))
        // 09: there are no new facts.
        t.greet("B2", "S1")
        t.greet("RSP2", "RSP1")
        t.deliver("B2", "S1")
        let split = t.deliver("RSP2", "RSP1")
        #expect(split.first.flatMap { try? Hello(copying: $0.bytes) }?.body.peers?.records == [])
        expect("RSP1", "S1>S1/1", "RSP2>RSP2/1", "B1>S1/2", "B2>S1/2", row: "09")
        // 10
        t.deliver("S1", "B1")
        t.deliver("S1", "B2")
        t.deliver("RSP1", "RSP2")
        expect("RSP2", "RSP1>RSP1/1", "S1>RSP1/2", "B1>RSP1/3", "B2>RSP1/3", row: "10")
        expect("B1", "S1>S1/1", "RSP1>S1/2", "B2>S1/2", narrated: ["RSP2>S1/3"], row: "10")
        expect("B2", "S1>S1/1", "RSP1>S1/2", "B1>S1/2", narrated: ["RSP2>S1/3"], row: "10")
        // 11
        try t.start("B3")
        t.greet("B3", "B2")
        t.deliver("B3", "B2")
        try t.start("S2", told: ["RSP2"])
        t.deliver("S2", "RSP2")
        expect("B2", "S1>S1/1", "RSP1>S1/2", "B1>S1/2", "B3>B3/1", narrated: ["RSP2>S1/3"], row: "11")
        expect("RSP2", "RSP1>RSP1/1", "S1>RSP1/2", "B1>RSP1/3", "B2>RSP1/3", "S2>S2/1", row: "11")
        // 12
        t.deliver("B2", "B3")
        t.deliver("B2", "S1")
        t.deliver("RSP2", "S2")
        expect("B3", "B2>B2/1", "S1>B2/2", "B1>B2/3", "RSP1>B2/3", narrated: ["RSP2>B2/4"], row: "12")
        expect("S1", "RSP1>RSP1/1", "B1>B1/1", "B2>B2/1", "B3>B2/2", narrated: ["RSP2>RSP1/2"], row: "12")
        expect(
            "S2", "RSP2>RSP2/1",
            narrated: ["RSP1>RSP2/2", "S1>RSP2/3", "B1>RSP2/4", "B2>RSP2/4"], row: "12")
        #expect(t.candidates("S2") == ["RSP1", "RSP2"])
        // 13
        t.greet("RSP2", "RSP1")
        t.deliver("RSP2", "RSP1")
        t.act("S1") { $0.report($1, &$2) }
        t.deliver("S1", "RSP1")
        expect("RSP1", "S1>S1/1", "RSP2>RSP2/1", "B1>S1/2", "B2>S1/2", "S2>RSP2/2", "B3>S1/3", row: "13")
        // 14
        t.deliver("RSP1", "RSP2")
        t.deliver("RSP1", "S1")
        expect("RSP2", "RSP1>RSP1/1", "S1>RSP1/2", "B1>RSP1/3", "B2>RSP1/3", "S2>S2/1", row: "14, without B3 yet")
        expect(
            "S1", "RSP1>RSP1/1", "B1>B1/1", "B2>B2/1", "B3>B2/2", narrated: ["RSP2>RSP1/2", "S2>RSP1/3"], row: "14")
        t.greet("B1", "S1")
        t.deliver("B1", "S1")
        t.deliver("S1", "B1")
        t.deliver("S1", "B2")
        expect(
            "B1", "S1>S1/1", "RSP1>S1/2", "B2>S1/2", "B3>S1/3", narrated: ["RSP2>S1/3", "S2>S1/4"], row: "14")
        expect(
            "B2", "S1>S1/1", "RSP1>S1/2", "B1>S1/2", "B3>B3/1", narrated: ["RSP2>S1/3", "S2>S1/4"], row: "14")
        t.greet("RSP1", "RSP2")
        t.deliver("RSP1", "RSP2")
        expect(
            "RSP2", "RSP1>RSP1/1", "S1>RSP1/2", "B1>RSP1/3", "B2>RSP1/3", "B3>RSP1/4", "S2>S2/1", row: "14")
    }

    /// RMS-07b: the INFO arrives before the HELLO, and its answer has the facts from the INFO.
    @Test func infoFirst() throws {
        var t = Town("narrated")
        try t.start("RSP1")
        try t.start("S1", told: ["RSP1"])
        try t.start("B1")
        t.greet("B1", "S1")
        t.settle()
        try t.start("RSP2", told: ["RSP1"])
        t.act("S1") { $0.report($1, &$2) }
        t.deliver("S1", "RSP1")
        t.deliver("RSP2", "RSP1")
        t.deliver("RSP1", "RSP2")
        #expect(t.table("RSP2") == ["RSP1>RSP1/1", "S1>RSP1/2", "B1>RSP1/3"])
    }

    /// Returns the town at the end of the walk-through, with all nodes informed.
    static func town(_ profile: String = "target") throws -> Town {
        var t = Town(profile)
        try t.start("RSP1")
        try t.start("S1", told: ["RSP1"])
        t.settle()
        for b in ["B1", "B2"] { try t.start(b, told: ["S1"]) }
        try t.start("RSP2", told: ["RSP1"])
        try t.start("S2", told: ["RSP2"])
        t.settle()
        t.act("S1") { $0.report($1, &$2) }
        t.greet("RSP2", "RSP1")
        t.settle()
        return t
    }
    /// RMS-15 and 16: the FIND is relayed with one changed byte, and its answer takes the same way back.
    @Test func finding() throws {
        var t = try Self.town()
        let before = t.table("B2")
        #expect(t.ask("B2", "find", [meshID(of: "S2")]) == .bool(true))
        let sent = t.deliver("B2", "S1")
        let relayed = t.deliver("S1", "RSP1")
        var changed = try #require(sent.first).bytes
        #expect(sent.count == 1 && relayed.count == 1 && changed[6] == 16)
        changed[6] = 15
        #expect(relayed.first?.bytes == changed)
        let answer = t.deliver("RSP1", "S1")
        #expect(answer.map(\.type) == ["find_ack"] && answer.map(\.bytes.count) == [104])
        #expect(t.deliver("S1", "B2").count == 1)
        #expect(t.online("B2") == ["S2"] && t.table("B2") == before && t.online("S1") == [])
        #expect(t.ask("B2", "find", [meshID(of: "nobody")]) == .bool(true))
        t.deliver("B2", "S1")
        t.deliver("S1", "RSP1")
        #expect(t.deliver("RSP1", "S1").map(\.bytes.count) == [80], "nobody is online")
        t.settle()
        #expect(t.online("B2") == ["S2"] && t.events("B2").filter { $0 == "found" }.count == 2)
        // An answer without a request.
        t.act("RSP1") { node, now, out in
            let (_, datagrams) = node.compose(
                .findAck, to: meshID(of: "B2"), FindAck(peers: Peers()).body, answering: 77)
            node.send(datagrams, to: .loopback(40_001), &out)
        }
        t.settle()
        #expect(t.count("B2", .unasked) == 1)
    }
    /// RMS-17: a thousand ids need four datagrams, which are relayed unchanged.
    @Test func bulk() throws {
        var t = try Self.town()
        let ids = (0..<999).map { Maker.id($0) } + [meshID(of: "S2")]
        #expect(t.ask("B2", "find", ids) == .bool(true))
        let sent = t.deliver("B2", "S1")
        #expect(sent.count == 4 && sent.reduce(0) { $0 + $1.bytes.count } == 24_296)
        #expect(t.nodes["S1"]?.reassembler.open.isEmpty == true)
        #expect(t.deliver("S1", "RSP1").count == 4 && t.deliver("RSP1", "S1").map(\.bytes.count) == [104])
        t.settle()
        #expect(t.online("B2") == ["S2"])
    }
    /// RM-44: the message is not relayed if there is no route, if the route leads back, or if no hops are left.
    @Test func relayIsRefused() throws {
        var t = try Self.town()
        func send(_ type: MessageType, to name: String, hopLimit: UInt8) {
            t.act("B1") { node, now, out in
                var (_, datagrams) = node.compose(
                    type, to: meshID(of: name), Find(targets: Targets([.init(Maker.id(1))])).body)
                datagrams[0][6] = hopLimit
                node.send(datagrams, to: .loopback(40_001), &out)
            }
            t.deliver("B1", "S1")
        }
        send(.find, to: "nobody", hopLimit: 16)
        #expect(t.count("S1", .noRoute) == 1)
        send(.find, to: "B1", hopLimit: 16)
        #expect(t.count("S1", .badSource) == 0 && t.count("S1", .noRoute) == 2, "where it came from")
        send(.find, to: "RSP1", hopLimit: 1)
        #expect(t.count("S1", .hopLimit) == 1 && t.letters.isEmpty)
    }
}
