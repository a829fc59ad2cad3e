import Node
import Testing
import Wire

@testable import RightMesh

/// The traffic that a forged address can cause.
struct GuardTests {
    /// Returns a town with a superpeer with a guard, and 500 peers of a seller.
    private func guarded(_ guardState: String = "on", _ values: [String: String] = [:]) throws -> Town {
        var town = Town("target")
        try town.start("RSP1", values.merging(["guard": guardState]) { $1 })
        let records = (0..<500).map { Peer(meshID(of: "x\($0)"), hop: 1, role: .client) }
        try say(&town, "S1", .info, 1, Peers(records, isSnapshot: true))
        return town
    }
    /// Sends a request from a node to RSP1.
    private func say(
        _ town: inout Town, _ name: String, _ type: MessageType, _ msgID: UInt32, ack: UInt32 = 0, _ peers: Peers
    ) throws {
        func message<M: RightMeshMessage>(_: M.Type) throws -> [[UInt8]] {
            var m = M()
            (m.header.src, m.header.dst) = (meshID(of: name), meshID(of: "RSP1"))
            (m.header.msgID, m.header.ackID, m.header.boot) = (msgID, ack, 7)
            m.header.role = name.hasPrefix("R") ? .superpeer : name.hasPrefix("S") ? .master : .client
            m.body.peers = peers
            return try m.datagrams()
        }
        send(&town, name, try type == .hello ? message(Hello.self) : message(Info.self))
    }
    private func send(_ town: inout Town, _ name: String, _ datagrams: [[UInt8]]) {
        let peer = town.endpoint(name)
        town.act("RSP1") { node, now, out in
            let link = LinkID(UInt64(peer.port))
            if node.links.peer(of: link) == nil { node.opened(link, peer: peer, by: .them, now: now, &out) }
            for d in datagrams { node.received(d.span.bytes, on: link, now: now, &out) }
        }
    }
    /// Returns the complete datagrams that a node received since the last call.
    private func heard(_ town: inout Town, _ name: String) -> [[UInt8]] {
        let mine = town.letters.filter { $0.to == name }.map(\.bytes)
        town.drop(to: name)
        return mine
    }
    private func msgID(_ datagram: [UInt8]) -> UInt32 { UInt32.load(datagram.span.bytes, 48, .big) }
    private func count(_ town: Town, _ name: String) -> Value? {
        town.nodes["RSP1"]?.answer("counters", [], now: town.now)?[name]
    }

    /// The first exchange of a new address in a scenario.
    @Test func proofOfAnAddress() throws {
        var town = try guarded()
        var random = Random(seed: 1)
        let guarded = try Definition.rightmesh.settings(["guard": "on"])
        #expect(
            Definition.rightmesh.reference.introduction(try Definition.rightmesh.settings(), "superpeer", &random)
                == nil)
        #expect(Definition.rightmesh.reference.introduction(guarded, "seller", &random) == nil)
        var proof = try #require(Definition.rightmesh.reference.introduction(guarded, "superpeer", &random))
        #expect(proof.take(heard(&town, "S1")[0]) == .other)
        send(&town, "B1", [proof.first])
        let short = heard(&town, "B1")
        #expect(short.count == 1)
        guard case .send(let next) = proof.take(short[0]) else {
            Issue.record("the number of the answer is not returned")
            return
        }
        send(&town, "B1", [next])
        let whole = heard(&town, "B1")
        #expect(whole.map { proof.take($0) } == [.more, .over])
        try say(&town, "B1", .hello, 1, Peers([], isSnapshot: true))
        #expect(heard(&town, "B1").count == 2)
    }
    @Test func shortAnswer() throws {
        var town = try guarded()
        _ = heard(&town, "S1")
        try say(&town, "B1", .hello, 1, Peers([], isSnapshot: true))
        let first = heard(&town, "B1")
        #expect(first.count == 1 && first[0].count <= 3 * 80)
        let whole = try #require(first.first)
        let told = try Body(copying: whole.span.bytes.extracting(Limits.header...))
        #expect(told.peers?.records.count == 6 && told.peers?.flags.isSnapshot == false)
        #expect(count(town, "limited") == 1)
        // For a repeated request, and for new requests with wrong guesses, RSP1 sends no more.
        for round in 1...8 {
            town.now = town.now + .seconds(2)
            try say(&town, "B1", .hello, 1, Peers([], isSnapshot: true))
            try say(
                &town, "B1", .hello, UInt32(1 + round), ack: msgID(whole) &+ UInt32(round), Peers([], isSnapshot: true))
        }
        #expect(heard(&town, "B1").isEmpty)
        #expect(count(town, "withheld") == 8)
        // The number of the answer proves that the answer arrived.
        try say(&town, "B1", .hello, 20, ack: msgID(whole), Peers([], isSnapshot: true))
        #expect(heard(&town, "B1").count == 2)
        try say(&town, "B1", .hello, 21, Peers([], isSnapshot: true))
        #expect(heard(&town, "B1").count == 2)
        // The proof has expired.
        town.now = town.now + Limits.hold
        try say(&town, "B1", .hello, 22, Peers([], isSnapshot: true))
        #expect(heard(&town, "B1").count == 1)
    }
    /// The short answer has as many peers as three times the request has room for, at each size of datagrams and lists.
    @Test(arguments: ["no", "yes"], ["256", "1400", "8000"])
    func fillsTheRoom(_ metrics: String, _ limit: String) throws {
        var town = try guarded("on", ["metrics": metrics, "max_datagram": limit])
        for count in 0..<12 {
            for name in ["B\(count)", "RSP\(count + 2)"] {
                let own = (0..<count).map { Peer(meshID(of: "\(name)/\($0)"), hop: 1, role: .client) }
                try say(&town, name, .hello, 1, Peers(own, isSnapshot: true))
                let size = heard(&town, name).reduce(0) { $0 + $1.count }
                let room = 3 * (80 + 24 * count)
                // One more record, possibly with its own datagram, would be too much.
                #expect(size <= room && size + 24 + 72 > room, "\(name): \(size) of \(room)")
            }
        }
    }
    /// A million made-up addresses each get one short answer. The memory for them is limited. An address that proved
    /// that it receives still gets the full answer.
    @Test func manyAddresses() throws {
        var gate = AmplificationGuard()
        var msgID: UInt32 = 0
        var now = Instant.zero
        func ask(_ at: Endpoint, _ ackID: UInt32) -> Int? {
            let room = gate.answerBudget(for: at, asking: 80, ackID: ackID, now)
            msgID += 1
            if room != nil { gate.give(msgID, 80, to: at, now) }
            return room
        }
        let whole = 2_000_000
        let honest = (0..<10).map { Endpoint($0) }
        for peer in honest { #expect(ask(peer, 0) == 240 && ask(peer, msgID) ?? 0 > whole) }
        var had = honest.indices.map { 2 * UInt32($0 + 1) }
        for i in 0..<1_000_000 {
            // All of them send within 50 s. An address with a proof asks each 6 s.
            now = .zero + .microseconds(Int64(i) * 50)
            if i % 120_000 == 60_000 {
                for p in honest.indices {
                    #expect(ask(honest[p], had[p]) ?? 0 > whole)
                    had[p] = msgID
                }
            }
            let at = Endpoint(v4: UInt32(i), port: 1)
            let room = gate.answerBudget(for: at, asking: 80, ackID: 0, now)
            gate.give(UInt32(i + 1), 80, to: at, now)
            if i % 1000 == 0 { #expect(room == 240 && gate.answerBudget(for: at, asking: 80, ackID: 0, now) == nil) }
        }
        #expect(gate.count == Limits.remembered + honest.count)
        gate.expire(now + Limits.hold)
        #expect(gate.count == 0)
    }
    /// The table is full of addresses with a proof. Other addresses do not replace them.
    @Test func manyThatHear() {
        var gate = AmplificationGuard()
        for i in 0..<Limits.remembered + 100 {
            let at = Endpoint(i)
            gate.give(UInt32(i + 1), 80, to: at, .zero)
            let isHeard = gate.answerBudget(for: at, asking: 80, ackID: UInt32(i + 1), .zero) ?? 0 > 240
            #expect(isHeard == (i < Limits.remembered))
        }
        #expect(gate.isProved(Endpoint(0)) && !gate.isProved(Endpoint(Limits.remembered)))
    }
    /// A request with the address of an earlier receiver does not renew its proof.
    @Test func notForEver() {
        var gate = AmplificationGuard()
        let at = Endpoint(1)
        func isWhole(_ ackID: UInt32, _ second: Int) -> Bool {
            gate.answerBudget(for: at, asking: 80, ackID: ackID, .zero + .seconds(second)) ?? 0 > 240
        }
        gate.give(7, 80, to: at, .zero)
        #expect(isWhole(7, 0))
        gate.give(8, 80, to: at, .zero)
        for second in 1..<30 { #expect(isWhole(7, second)) }
        #expect(isWhole(8, 29))
        #expect(isWhole(0, 58))
        #expect(!isWhole(0, 59))
    }
    /// Without a guard, the node sends a small table to each address.
    @Test func off() throws {
        var town = try guarded("off")
        _ = heard(&town, "S1")
        try say(&town, "B1", .hello, 1, Peers([], isSnapshot: true))
        #expect(heard(&town, "B1").count == 2)
        #expect(count(town, "limited") == 0)
    }
    /// Nodes with a guard soon know the same peers as nodes without one.
    @Test func converges() throws {
        var tables: [Set<String>] = []
        var counts: [Int] = []
        for state in ["off", "on"] {
            var town = Town("target")
            try town.start("RSP1", ["guard": state])
            try town.start("RSP2", told: ["RSP1"], ["guard": state])
            try town.start("S1", told: ["RSP1"], ["guard": state])
            try town.start("B1", told: ["S1"], ["guard": state])
            try say(
                &town, "S2", .info, 1,
                Peers((0..<400).map { .init(meshID(of: "x\($0)"), hop: 1, role: .client) }, isSnapshot: true))
            for second in 0..<25 {
                town.now = .zero + .seconds(second)
                for name in ["RSP1", "RSP2", "S1", "B1"] { town.act(name) { $0.wake(now: $1, &$2) } }
                town.settle()
            }
            tables += ["RSP1", "RSP2", "S1", "B1"].map(town.table)
            counts.append(town.nodes["RSP2"]?.routing.count ?? 0)
        }
        #expect(tables[..<4] == tables[4...])
        // All others: S1, B1, RSP1, S2, and the peers that S2 reported.
        #expect(counts == [404, 404])
    }
    /// The node pushes nothing to a forged address that subscribes.
    @Test func subscribesNobody() throws {
        var town = try guarded()
        func subscribe(_ msgID: UInt32) throws {
            var find = Find()
            (find.header.src, find.header.dst, find.header.boot) = (meshID(of: "B1"), meshID(of: "RSP1"), 7)
            find.header.msgID = msgID
            find.body.targets = Targets([.init(meshID(of: "x1"), .subscribe)])
            let d = try find.datagrams()[0]
            let peer = town.endpoint("B1")
            town.act("RSP1") { node, now, out in
                let link = LinkID(UInt64(peer.port))
                if node.links.peer(of: link) == nil { node.opened(link, peer: peer, by: .them, now: now, &out) }
                node.received(d.span.bytes, on: link, now: now, &out)
            }
        }
        try subscribe(1)
        #expect(heard(&town, "B1").count == 1)
        #expect(town.nodes["RSP1"]?.subscriptions.count == 0)
        try say(&town, "B1", .hello, 2, Peers([], isSnapshot: true))
        let answer = try #require(heard(&town, "B1").first)
        try say(&town, "B1", .hello, 3, ack: msgID(answer), Peers([], isSnapshot: true))
        try subscribe(4)
        #expect(town.nodes["RSP1"]?.subscriptions.count == 1)
    }
}
