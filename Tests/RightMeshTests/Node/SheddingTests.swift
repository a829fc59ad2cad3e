import Node
import Testing
import Wire

@testable import RightMesh

/// The cost of floods and forged addresses for a superpeer without a guard, and for its neighbours.
struct SheddingTests {
    /// A superpeer with many routes, which a seller reports.
    private struct PrefixCounts {
        var node: MeshNode
        var now = Instant.zero
        /// The datagrams to each port since the last check.
        var sent: [UInt16: [[UInt8]]] = [:]
        private var number: UInt32 = 0
        private var opened: Set<LinkID> = []

        init(peers: Int, _ settings: [String: String] = [:]) throws {
            let values = try Definition.rightmesh.settings(profile: "target", settings)
            var options = NodeOptions(values, random: Random(seed: 1, "crowd"), listening: .loopback(1))
            options.identity = Maker.id(1).array
            options.kind = "superpeer"
            node = MeshNode(options)
            act { $0.start(now: $1, &$2) }
            var rest = peers
            while rest > 0 {
                let some = min(rest, 300)
                let records = (0..<some).map { Peer(Maker.id(1000 + rest - $0), hop: 1, role: .client) }
                say(.info, from: 2, Peers(records, isSnapshot: false))
                rest -= some
                now = now + .milliseconds(1)
            }
            sent = [:]
        }
        mutating func act(_ body: (inout MeshNode, Instant, inout [Action]) -> Void) {
            var out: [Action] = []
            body(&node, now, &out)
            var i = 0
            while i < out.count {
                switch out[i] {
                case .send(let link, let bytes): sent[UInt16(link.number), default: []].append(bytes)
                case .connect(let peer):
                    opened.insert(LinkID(UInt64(peer.port)))
                    node.opened(LinkID(UInt64(peer.port)), peer: peer, by: .us, now: now, &out)
                case .close, .report: break
                }
                i += 1
            }
        }
        /// Sends a request of a phone from a port, with the id of this number.
        mutating func say(
            _ type: MessageType, from id: Int, at port: UInt16? = nil, _ peers: Peers = Peers([], isSnapshot: true),
            _ superpeers: Superpeers? = nil
        ) {
            number += 1
            var h = Header(type)
            (h.src, h.dst, h.msgID, h.boot) = (Maker.id(id), Maker.id(1), number, 7)
            h.role = superpeers == nil ? .client : .superpeer
            var body = Body()
            (body.peers, body.superpeers) = (peers, superpeers)
            var hello = Hello()
            var info = Info()
            (hello.header, hello.body, info.header, info.body) = (h, body, h, body)
            let whole = type == .hello ? hello.encoded() : info.encoded()
            let link = LinkID(UInt64(port ?? UInt16(id)))
            let isNew = opened.insert(link).inserted
            for d in (try? Fragmenter.split(whole.span.bytes)) ?? [] {
                act { node, now, out in
                    if isNew, node.links.peer(of: link) == nil {
                        node.opened(link, peer: .loopback(UInt16(link.number)), by: .them, now: now, &out)
                    }
                    node.received(d.span.bytes, on: link, now: now, &out)
                }
            }
        }
        /// Sends messages of a node for the time HOLD.
        mutating func befriend(_ id: Int) {
            for _ in 0..<5 {
                say(.hello, from: id)
                // The neighbour that reported the routes is still present.
                say(.info, from: 2, Peers([], isSnapshot: false))
                pass(Limits.interval)
            }
            say(.hello, from: id)
            sent = [:]
        }
        mutating func pass(_ time: Duration) {
            now = now + time
            act { $0.wake(now: $1, &$2) }
        }
        /// Returns the bytes to a port, the listed peers, and true if the list was a snapshot.
        mutating func heard(_ port: UInt16) -> (bytes: Int, ids: Set<MeshID>, isSnapshot: Bool) {
            var reassembler = Reassembler()
            var out = (bytes: 0, ids: Set<MeshID>(), isSnapshot: false)
            for d in sent.removeValue(forKey: port) ?? [] {
                out.bytes += d.count
                guard case .message(let whole) = reassembler.receive(d.span.bytes, from: .loopback(1), now: now),
                    let body = try? Body(copying: whole.bytes.span.bytes.extracting(Limits.header...))
                else { continue }
                out.ids.formUnion(body.peers?.records.map(\.id) ?? [])
                out.isSnapshot = body.peers?.flags.isSnapshot ?? false
            }
            return out
        }
        var allBytes: Int { sent.values.reduce(0) { $0 + $1.reduce(0) { $0 + $1.count } } }
        func count(_ name: String) -> Int {
            Int(node.answer("counters", [], now: now)?[name]?.integer ?? 0)
        }
    }

    /// Formerly, 80 bytes caused 1.59 MB.
    @Test func oneForgedRequest() throws {
        var crowd = try PrefixCounts(peers: 65_536)
        crowd.say(.hello, from: 3)
        let first = crowd.heard(3)
        #expect(first.bytes <= 131_072 && first.bytes > 100_000 && !first.isSnapshot)
        #expect(crowd.count("limited") == 1)
        // For many requests within a HOLD, the node sends the same amount once more, and short answers.
        for _ in 0..<100 {
            crowd.pass(.milliseconds(300))
            crowd.say(.hello, from: 3)
        }
        #expect(crowd.allBytes <= 131_072 + 240 * 100)
    }
    /// A source that asks each INTERVAL and returns nothing learns 5,000 peers within a HOLD, a thousand each time.
    @Test(arguments: [1000, 5000]) func spread(_ peers: Int) throws {
        var crowd = try PrefixCounts(peers: peers)
        crowd.say(.hello, from: 3)
        #expect(crowd.heard(3).isSnapshot)
        var later: Set<MeshID> = []
        for _ in 0..<5 {
            crowd.pass(Limits.interval * 95 / 100)
            crowd.say(.hello, from: 3)
            let heard = crowd.heard(3)
            #expect(heard.isSnapshot == (peers == 1000))
            later.formUnion(heard.ids)
        }
        #expect(later.count > peers)
    }
    /// Made-up addresses, first all at once and then for a long time.
    @Test func manyAddresses() throws {
        var crowd = try PrefixCounts(peers: 5000)
        for i in 0..<2000 { crowd.say(.hello, from: 70_000 + i, at: UInt16(10_000 + i)) }
        let first = crowd.allBytes
        let together = Limits.unprovedTogether
        #expect(first <= together.capacity + 2000 * 240 && first > together.capacity)
        crowd.sent = [:]
        for i in 0..<2000 {
            crowd.pass(.milliseconds(1))
            crowd.say(.hello, from: 80_000 + i, at: UInt16(20_000 + i))
        }
        #expect(crowd.allBytes <= 2 * together.perSecond + 131_072 + 2000 * 240)
    }
    /// 24,000 HELLOs arrive each second. An earlier neighbour gets answers within its budget, and the work does not
    /// accumulate.
    @Test func flood() throws {
        var crowd = try PrefixCounts(peers: 500)
        crowd.befriend(3)
        var bytes = 0
        for i in 0..<48_000 {
            crowd.now = crowd.now + .microseconds(41)
            crowd.say(.hello, from: 100_000 + i, at: UInt16(1000 + i % 16_000))
            guard i % 12_000 == 11_999 else { continue }
            crowd.sent[3] = nil
            crowd.say(.hello, from: 3)
            let answer = crowd.heard(3)
            // The first answers use up the budget: the table has 12,000 peers by then.
            #expect(answer.ids.count >= (i < 12_000 ? 4900 : 6))
            bytes += crowd.allBytes
            crowd.sent = [:]
        }
        // A burst, the amount for each second, and short answers to the rest.
        #expect(bytes < Limits.unprovedTogether.capacity + 2 * Limits.unprovedTogether.perSecond + 48_000 * 240)
    }
    /// The node drops datagrams that need more work than it has time for. It still receives known sources.
    @Test func workIsShed() throws {
        var crowd = try PrefixCounts(peers: 100_000)
        crowd.befriend(3)
        // A record that a source alternately adds and withdraws makes the node search its table.
        let one = Peers([.init(Maker.id(99), hop: 1, role: .client)], isSnapshot: true)
        var admitted = 0
        for i in 0..<20_000 {
            let before = crowd.count("shed")
            crowd.say(.hello, from: 5, i % 2 == 0 ? one : Peers([], isSnapshot: true))
            admitted += crowd.count("shed") == before ? 1 : 0
        }
        #expect(admitted < 15_000 && crowd.count("shed") == 20_000 - admitted)
        crowd.sent = [:]
        crowd.say(.hello, from: 6)
        #expect(crowd.heard(6).bytes == 0)
        crowd.say(.hello, from: 3)
        #expect(crowd.heard(3).bytes > 0)
        // One second later there is time again.
        crowd.now = crowd.now + .seconds(1)
        crowd.say(.hello, from: 6)
        #expect(crowd.heard(6).bytes > 0)
    }
    /// The node sends little to superpeers that another node names, until they answer. With a guard, it sends once each
    /// time.
    @Test(arguments: ["off", "on"]) func namedByOthers(_ state: String) throws {
        var crowd = try PrefixCounts(peers: 20_000, ["guard": state])
        let named = (0..<20).map {
            Superpeer(
                Maker.id(60_000 + $0), at: .loopback(UInt16(9000 + $0)), role: .superpeer, hop: 1, age: 0)
        }
        let own = Superpeer(Maker.id(4), at: .loopback(4), role: .superpeer, hop: 0, age: 0)
        crowd.say(.hello, from: 4, Peers([], isSnapshot: true), Superpeers([own] + named))
        for _ in 0..<130 { crowd.pass(.seconds(1)) }
        let each = (0..<20).map { crowd.heard(UInt16(9000 + $0)).bytes }
        if state == "on" {
            #expect(each.allSatisfy { $0 > 0 && $0 <= 3 * 160 })
        } else {
            #expect(each.allSatisfy { $0 > 240 } && each.reduce(0, +) < 8 << 20 + 130 << 20)
            #expect(each.allSatisfy { $0 < 6 * 131_072 })
        }
    }
    /// After a flood, the tables are as small as before.
    @Test func memoryGoesBack() throws {
        var crowd = try PrefixCounts(peers: 100)
        let before = crowd.node.routing.byteCount
        for i in 0..<20_000 {
            crowd.now = crowd.now + .microseconds(41)
            crowd.say(.hello, from: 100_000 + i, at: UInt16(1000 + i % 16_000))
        }
        #expect(crowd.node.routing.byteCount > 20 * before)
        for _ in 0..<130 { crowd.pass(.seconds(1)) }
        #expect(crowd.node.routing.count == 0)
        #expect(crowd.node.routing.byteCount < 2 * before + 200_000)
        #expect(crowd.node.reassembler.remembered == 0 && crowd.node.gate.count == 0)
    }
    /// After the table is compacted, routes have the same next hops.
    @Test func compacted() throws {
        var table = RoutingTable()
        for i in 0..<4000 { _ = table.hear(Maker.id(i), at: Endpoint(i), role: i % 2 == 0 ? .master : .client, .zero) }
        let neighbour = try #require(table.slot(of: Maker.id(3999)))
        _ = table.offer(Maker.id(5000), through: neighbour, hops: 3, role: .client, heard: 0, .zero)
        for i in 0..<3990 { _ = table.remove(Maker.id(i)) }
        let before = table.sorted.map { "\($0)" }
        let size = table.byteCount
        table.compact()
        #expect(table.sorted.map { "\($0)" } == before && table.count == 11 && table.byteCount < size / 10)
        #expect(table.endpoint(towards: Maker.id(5000)) == Endpoint(3999))
        #expect(table.count(of: .master) == 5 && table.count(of: .client) == 6)
        #expect(table.hear(Maker.id(7), at: Endpoint(7), role: .router, .zero) != nil && table.count == 12)
        #expect(table.remove(Maker.id(3999)).count == 2)
    }
    @Test func tokensComeBack() {
        let size = TokenBucket.Size(capacity: 100, perSecond: 10)
        var bucket = TokenBucket(size, .zero)
        bucket.take(130)
        #expect(bucket.level == -30)
        // In steps that are shorter than the time for a token.
        for step in 1...10_000 { bucket.fill(size, .zero + .microseconds(Int64(step) * 300)) }
        #expect(bucket.level == 0)
        bucket.fill(size, .zero + .seconds(1000))
        #expect(bucket.level == 100)
        bucket.fill(size, .zero)
        bucket.fill(size, .never)
        #expect(bucket.level == 100)
    }
}
