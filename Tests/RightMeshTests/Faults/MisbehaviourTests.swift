import Testing
import Wire

@testable import Node
@testable import RightMesh

/// Each seeded fault is visible, and a node without the fault does not show it.
@Suite struct MisbehaviourTests {
    @Test func requirementsAreKnown() {
        for bug in Misbehaviour.bugs { #expect(bug.requirement.hasPrefix("RM-") && !bug.summary.isEmpty) }
        #expect(Misbehaviour.bugs.map(\.name) == Misbehaviour.allCases.map(\.name))
        #expect(Misbehaviour.named.count == Misbehaviour.allCases.count, "each has one name")
    }
    /// `--bug` has words with hyphens, which are derived from the name of the case.
    @Test func names() {
        let faults: [Misbehaviour] = [.oversize, .noSplit, .ackIDZero, .wrongCRC, .refuses8000, .accepts16385Fragments]
        #expect(
            faults.map(\.name) == [
                "oversize", "no-split", "ack-id-zero", "wrong-crc", "refuses-8000", "accepts-16385-fragments",
            ])
        #expect(Misbehaviour.named["65-of-endpoint"] == .sixtyFiveOfEndpoint && Misbehaviour.named["oversized"] == nil)
        #expect(Misbehaviour.allCases.allSatisfy { Misbehaviour.named[$0.name] == $0 })
    }

    /// Starts RSP1 with or without a fault. S1, B1 and RSP2 have no fault.
    private func town(_ bug: Misbehaviour?) throws -> Town {
        var t = Town("target")
        try t.start("RSP1", bug: bug?.name)
        try t.start("S1", told: ["RSP1"])
        t.settle()
        try t.start("B1", told: ["S1"])
        t.settle()
        t.act("S1") { $0.report($1, &$2) }
        t.settle()
        return t
    }
    private func isSeen(_ bug: Misbehaviour, _ look: (inout Town) throws -> Bool) throws {
        var good = try town(nil)
        #expect(try !look(&good), "\(bug.name): seen without it")
        var bad = try town(bug)
        #expect(try look(&bad), "\(bug.name): not seen")
    }
    /// Returns a message of a node that does not exist here.
    private func message(
        _ body: Body, _ type: MessageType = .hello, from src: Int = 1, to name: String = "RSP1", msgID: UInt32 = 1,
        boot: UInt16 = 7, role: Role = .client, maxDatagram: Int = 8000
    ) throws -> [[UInt8]] {
        var header = Header(type)
        (header.src, header.dst, header.msgID, header.boot) = (Maker.id(src), meshID(of: name), msgID, boot)
        header.role = role
        func datagrams<M: RightMeshMessage>(_: M.Type) throws -> [[UInt8]] {
            var m = M()
            (m.header, m.body) = (header, body)
            return try m.datagrams(maxDatagram: maxDatagram)
        }
        return try type.message.map { try datagrams($0) } ?? []
    }
    private func hello(_ records: [Peer], isSnapshot: Bool = true) -> Body {
        Hello(peers: Peers(records, isSnapshot: isSnapshot)).body
    }
    /// Returns the datagrams that RSP1 sends after it receives these on a link.
    @discardableResult private func hear(_ t: inout Town, _ datagrams: [[UInt8]], on link: UInt64 = 9) -> [[UInt8]] {
        var sent: [[UInt8]] = []
        t.act("RSP1") { node, now, out in
            node.opened(LinkID(link), peer: .loopback(UInt16(link)), by: .them, now: now, &out)
            out = []
            for d in datagrams { node.received(d.span.bytes, on: LinkID(link), now: now, &out) }
            for case .send(let to, let bytes) in out where to == LinkID(link) { sent.append(bytes) }
            out = []
        }
        return sent
    }
    private func knows(_ t: Town, _ id: MeshID) -> Bool { t.nodes["RSP1"]?.routing[id] != nil }
    private func records(_ datagrams: [[UInt8]]) -> [Peer]? {
        var reassembler = Reassembler()
        for d in datagrams {
            if case .message(let m) = reassembler.receive(d.span.bytes, from: .loopback(1), now: .zero) {
                return try? Body(copying: m.bytes.span.bytes.extracting(72...)).peers?.records
            }
        }
        return nil
    }

    @Test func splitting() throws {
        let many = hello(Maker.peers(700).map { .init($0.id, hop: 1, role: .client) })
        func ask(_ t: inout Town) throws -> [[UInt8]] {
            hear(&t, try message(many))
            return hear(&t, try message(hello([]), from: 2), on: 8)
        }
        try isSeen(.oversize) { try ask(&$0).contains { $0.count > 8000 } }
        try isSeen(.noSplit) { try ask(&$0).count == 1 }
        try isSeen(.wrongCRC) { records(try ask(&$0)) == nil }
        try isSeen(.msgidZero) { t in
            var other = Town("target")
            try other.start("RSP1", bug: t.nodes["RSP1"]?.bug?.name)
            let sent = try (1...2).flatMap { hear(&other, try message(hello([]), from: $0)) }
            return sent.contains { $0[48..<52].allSatisfy { $0 == 0 } }
        }
    }
    @Test func rejoining() throws {
        let x = Maker.peers(1)[0].id
        let cut = try message(hello(Maker.peers(20)), maxDatagram: 256)
        try isSeen(.ignoreCRC) { t in
            var d = try message(hello([.init(x, hop: 1, role: .client)]))
            d[0][72 + 8 + 20] = 2
            hear(&t, d)
            return knows(t, x)
        }
        try isSeen(.appliesHalf) { t in
            hear(&t, [cut[0]])
            return knows(t, x)
        }
        try isSeen(.acceptConflict) { t in
            var other = cut[0]
            other[100] ^= 1
            return !hear(&t, [other, cut[0], cut[1], cut[2]]).isEmpty
        }
        let finds = try (1...2).map {
            try message(Find(targets: Targets([.init(x)])).body, .find, from: 1, msgID: UInt32($0), maxDatagram: 256)
        }
        try isSeen(.stalePerType) { t in hear(&t, finds[1] + finds[0]).count == 1 }
        try isSeen(.staleBeforeDone) { t in
            let first = try message(hello([]), msgID: 1)
            hear(&t, first)
            let before = t.count("RSP1", .dupDone)
            hear(&t, first)
            return t.count("RSP1", .dupDone) == before
        }
        try isSeen(.bootFromOneDatagram) { t in
            hear(&t, try message(hello([]), msgID: 1))
            hear(&t, [try message(hello(Maker.peers(20)), msgID: 1, boot: 8, maxDatagram: 256)[0]])
            return hear(&t, try message(hello([]), msgID: 2)).isEmpty
        }
        try isSeen(.findKeyEndpoint) { t in
            let ids = (0..<20).map { Target(Maker.id($0)) }
            let parts = try message(Find(targets: Targets(ids)).body, .find, maxDatagram: 256)
            hear(&t, [parts[0]], on: 8)
            return hear(&t, Array(parts[1...]), on: 9).isEmpty
        }
    }
    @Test func lists() throws {
        let x = Maker.id(50)
        func answer(_ t: inout Town, _ records: [Peer] = []) throws -> [Peer] {
            self.records(hear(&t, try message(hello(records)))) ?? []
        }
        try isSeen(.noSplitHorizon) { try answer(&$0, [.init(x, hop: 1, role: .client)]).contains { $0.id == x } }
        try isSeen(.resetsAge) { t in
            t.now = t.now + .seconds(3)
            return try answer(&t).allSatisfy { $0.age == 0 }
        }
        var t = Town("target")
        try t.start("RSP1")
        try t.start("RSP2", told: ["RSP1"])
        t.settle()
        try t.start("S1", told: ["RSP1"])
        t.settle()
        #expect(t.table("S1").count == 1, "superpeers are no routes of a phone")
    }
    @Test func requests() throws {
        /// Returns the datagrams that RSP1 sends to a silent peer that it greets.
        func sent(_ t: inout Town) -> [[UInt8]] {
            var out: [[UInt8]] = []
            for _ in 0..<4 {
                t.act("RSP1") { node, now, actions in
                    if out.isEmpty {
                        node.opened(LinkID(9), peer: .loopback(9), by: .us, now: now, &actions)
                        node.greet(.init(id: Maker.id(77), endpoint: .loopback(9)), now, &actions)
                    } else {
                        node.resend(now, &actions)
                    }
                    for case .send(LinkID(9), let bytes) in actions { out.append(bytes) }
                    actions = []
                }
                t.now = t.now + .seconds(1)
            }
            return out
        }
        var t = try town(nil)
        let all = sent(&t)
        #expect(all.count == 3 && Set(all).count == 1, "a request is repeated twice, byte by byte")
        try isSeen(.conflictingDuplicate) { sent(&$0).count == 6 }
        try isSeen(.ackStorm) { t in
            let parts = try message(hello(Maker.peers(20)), maxDatagram: 256)
            return hear(&t, parts + parts).count > 1
        }
    }
    @Test func finding() throws {
        let s1 = meshID(of: "S1")
        try isSeen(.relayKeepsHoplimit) { t in
            let find = try message(Find(targets: Targets([.init(s1)])).body, .find, to: "S1")[0]
            var passed: [UInt8] = []
            t.act("RSP1") { node, now, out in
                node.opened(LinkID(9), peer: .loopback(9), by: .them, now: now, &out)
                node.received(find.span.bytes, on: LinkID(9), now: now, &out)
                for case .send(_, let bytes) in out { passed = bytes }
                out = []
            }
            return passed.count > 6 && passed[6] == 16
        }
    }
}
