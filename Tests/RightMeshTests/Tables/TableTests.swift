import Testing
import Wire

@testable import Node
@testable import RightMesh

/// The smaller tables of a node.
@Suite struct TableTests {
    private func seconds(_ s: Int64) -> Instant { .zero + .seconds(s) }

    /// After a jump back, the time continues from its earlier value. A jump ahead overflows nothing.
    @Test func clock() {
        var c = LocalClock()
        #expect(c.read(seconds(10)) == seconds(10) && c.read(seconds(4)) == seconds(10))
        #expect(c.read(seconds(5)) == seconds(11) && c.outside(seconds(12)) == seconds(6))
        let far = c.read(.never)
        #expect(far > seconds(1 << 30) && far + Limits.silence < .never)
        #expect(c.read(seconds(6)) == far)
    }
    /// A request has three sends, one second apart, and then fails. An answer of another node does not count.
    @Test func requests() {
        var r = Requests()
        let dst = Maker.id(1)
        r.keep(7, .init(.hello, to: dst, at: .loopback(1), for: .greeting, [[1]]), .zero)
        var h = Header(.helloAck)
        (h.src, h.ackID) = (Maker.id(2), 7)
        #expect(r.take(answeredBy: h) == nil && r.due(.zero + .milliseconds(999)) == nil)
        for s in 1...2 {
            if case .again(let q) = r.due(seconds(Int64(s))) { #expect(q.datagrams == [[1]]) } else { Issue.record() }
        }
        #expect(r.deadline == seconds(3))
        if case .failed(let n, _) = r.due(seconds(3)) { #expect(n == 7) } else { Issue.record("not failed") }
        #expect(r.count == 0 && r.deadline == nil)
        r.keep(8, .init(.hello, to: dst, at: .loopback(1), for: .greeting, []), .zero)
        (h.src, h.ackID) = (dst, 8)
        var other = h
        other.type = .infoAck
        #expect(r.take(answeredBy: other) == nil && r.take(answeredBy: h) != nil && r.take(answeredBy: h) == nil)
        r.keep(9, .init(.info, to: MeshID(), at: .loopback(1), for: .uplink, []), .zero)
        other.ackID = 9
        #expect(r.take(answeredBy: other) != nil, "who was not known by id may be anybody")
    }
    /// Subscriptions are stored by gateway and requester. A gateway tracks the union of its requesters.
    @Test func subscriptions() {
        var s = Subscriptions()
        let (g, h) = (Endpoint.loopback(1), Endpoint.loopback(2))
        let (p, q, x, y) = (Maker.id(1), Maker.id(2), Maker.id(8), Maker.id(9))
        s.add(.init(gateway: g, requester: p, target: x), port: 0, .zero)
        s.add(.init(gateway: g, requester: q, target: x), port: 0, .zero)
        s.add(.init(gateway: g, requester: q, target: y), port: 0, seconds(1))
        s.add(.init(gateway: h, requester: p, target: x), port: 0, seconds(2))
        #expect(s.targets(of: g) == [x, y] && s.gateways(of: x) == [g, h] && s.count == 4)
        s.remove(.init(gateway: g, requester: p, target: x))
        #expect(s.targets(of: g) == [x, y])
        s.removeAll(of: q)
        #expect(s.targets(of: g) == [] && s.gateways(of: x) == [h] && s.gateways(of: y) == [])
        s.expire(seconds(61))
        #expect(s.count == 1)
        s.expire(seconds(62))
        #expect(s.count == 0 && s.gateways(of: x) == [])
    }
    /// A way back lasts 4 s from the last datagram. The sender of a FIND receives pushes for 60 s.
    @Test func reversePath() {
        var w = ReversePath()
        var h = Header(.find)
        (h.src, h.msgID) = (Maker.id(1), 5)
        w.note(h, from: .loopback(1), .zero)
        w.note(h, from: .loopback(1), seconds(3))
        var ack = Header(.findAck)
        (ack.dst, ack.ackID) = (Maker.id(1), 5)
        w.expire(seconds(6))
        #expect(w.endpoint(for: ack) == .loopback(1))
        w.expire(seconds(7))
        #expect(w.endpoint(for: ack) == nil && w.requesters == [.loopback(1)])
        w.expire(seconds(63))
        #expect(w.requesters == [])
    }
    /// A superpeer's own report has priority over other reports. The operator's configuration has the highest priority.
    @Test func superpeers() {
        var t = SuperpeerTable()
        let id = Maker.id(1)
        func record(_ port: UInt16) -> Superpeer {
            .init(id, at: .loopback(port), role: .superpeer, hop: 1, age: 0)
        }
        #expect(t.learn(record(1), at: .loopback(1), isItself: false, .zero) == .added)
        #expect(
            t.learn(record(2), at: .loopback(2), isItself: false, .zero) == .none && t[id]?.endpoint == .loopback(1))
        _ = t.learn(record(3), at: .loopback(3), isItself: true, .zero)
        #expect(t[id]?.endpoint == .loopback(3))
        t.configure(id, at: .loopback(4), role: .superpeer, .zero)
        _ = t.learn(record(5), at: .loopback(5), isItself: true, .zero)
        #expect(t[id]?.endpoint == .loopback(4) && t.expire(seconds(1000)).isEmpty)
    }
    /// Each greeting has its own time.
    @Test func greetings() {
        var g = Greetings()
        g.add(.init(id: Maker.id(1), endpoint: .loopback(1)), first: .zero)
        g.add(.init(id: MeshID(), endpoint: .loopback(2)), first: seconds(2))
        #expect(g.due(.zero) { .seconds(6) }.map(\.endpoint) == [.loopback(1)] && g.deadline == seconds(2))
        g.identify(.loopback(2), as: Maker.id(2))
        #expect(g.due(seconds(2)) { .seconds(5) }.map(\.id) == [Maker.id(2)] && g.deadline == seconds(6))
        g.remove(Maker.id(1))
        #expect(g.due(seconds(6)) { .seconds(5) }.isEmpty && g.deadline == seconds(7))
    }
    /// A node that uses the id of another one replaces a superpeer that others named, but not a configured one.
    @Test(arguments: [true, false]) func greetingsOfOneID(_ isConfigured: Bool) {
        var g = Greetings()
        g.add(.init(id: Maker.id(1), endpoint: .loopback(1)), first: .zero, isConfigured: isConfigured)
        g.add(.init(id: MeshID(), endpoint: .loopback(2)), first: .zero)
        g.identify(.loopback(2), as: Maker.id(1))
        #expect(g.contacts == [.init(id: Maker.id(1), endpoint: .loopback(isConfigured ? 1 : 2))])
    }
    /// One node answers at two configured addresses without ids, and then another node does. No address is lost.
    @Test func greetingsWithoutIDs() {
        var g = Greetings()
        for i in 1...2 { g.add(.init(id: MeshID(), endpoint: .loopback(UInt16(i))), first: .zero) }
        g.identify(.loopback(1), as: Maker.id(1))
        g.identify(.loopback(2), as: Maker.id(1))
        #expect(g.contacts.map(\.endpoint) == [.loopback(1), .loopback(2)])
        #expect(g.contacts.map(\.id) == [MeshID(), Maker.id(1)])
        g.identify(.loopback(1), as: Maker.id(2))
        #expect(g.contacts.map(\.id) == [Maker.id(2), Maker.id(1)])
    }
    /// The log keeps the latest events.
    @Test func events() {
        var log = EventLog()
        for i in 0..<Limits.events + 3 { log.add(Event("e", nil, [.init("n", .uint(UInt64(i)))]), .zero) }
        #expect(log.all.count == Limits.events && log.all.first?["n"] == .uint(3))
        #expect(log.all.last?["n"] == .uint(UInt64(Limits.events + 2)))
    }
}
