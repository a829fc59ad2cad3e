import Crypto
import Testing
import Wire

@testable import Nano
@testable import Node

/// NANO-74, NANO-75: since V25, a node sends telemetry on its own. Before that, it sends telemetry only on request.
@Test func telemetryGoesOut() throws {
    for (profile, size) in [("v28", 210), ("v29dev", 224)] {
        var (table, link) = try Table.joined(profile: profile)
        table.say(Early.header(0x0c), on: link)
        table.pass(.milliseconds(499))
        #expect(table.count(0x0d, on: link) == 0)
        table.pass(.milliseconds(1))
        let bytes = try #require(table.heard(on: link).last)
        let data = try #require(try TelemetryAck(copying: bytes).data)
        #expect(bytes.count == size && data.isSigned(in: bytes.span.bytes))
        #expect(data.nodeID == table.nodes["node"]?.core.key.publicKey.key)
        #expect(data.genesis == NanoNetwork.dev.genesis && data.peerCount == 1)
        #expect(data.protocolVersion == bytes[3] && (data.v2 != nil) == (profile == "v29dev"))
        #expect(data.blockCount == 15 && data.cementedCount == 15 && data.accountCount == 4)
        table.pass(.seconds(60))
        #expect(table.count(0x0d, on: link) == 121)
    }
    var (table, link) = try Table.joined(profile: "legacy", version: 1)
    table.pass(.seconds(3))
    #expect(table.count(0x0d, on: link) == 0)
    var question = Early.header(0x0c)
    question[2...4] = [0x12, 0x12, 0x12]
    for _ in 0..<5 { table.say(question, on: link) }
    #expect(table.count(0x0d, on: link) == 1)
    table.pass(.milliseconds(2900))
    table.say(question, on: link)
    #expect(table.count(0x0d, on: link) == 1)
    table.pass(.milliseconds(100))
    table.say(question, on: link)
    #expect(table.count(0x0d, on: link) == 2)
}

/// NANO-76 to NANO-78, and each size: only valid signed telemetry with another genesis ends the connection.
@Test func telemetryComesIn() throws {
    func fate(_ bytes: [UInt8], profile: String = "v28") throws -> Bool {
        var (table, link) = try Table.joined(profile: profile)
        table.say(bytes, on: link)
        return table.isAlive(link)
    }
    let peer = Peer()
    #expect(try fate(peer.telemetry()))
    #expect(try fate(peer.telemetry(key: Peer.stranger.key)))
    #expect(try fate(peer.telemetry(key: Peer.stranger.key) { $0.genesis = Key32(repeating: 1) }), "not signed")
    #expect(
        try fate(
            peer.telemetry(key: Peer.stranger.key) {
                $0.genesis = Key32(repeating: 1)
                $0.nodeID = Peer.stranger.id
            }), "of another node")
    #expect(try !fate(peer.telemetry { $0.genesis = Key32(repeating: 1) }))
    #expect(
        try !fate(
            peer.telemetry {
                $0.unknown = Bytes([1, 2, 3]); $0.genesis = Key32(repeating: 1)
            }))
    for size in [0, 1, 201, 202, 215, 216, 1023] {
        let body = [UInt8](repeating: 7, count: size)
        for bits in [0, 0x0400, 0xfc00] {
            let bytes = Early.header(0x0d, UInt16(size | bits)) + body
            #expect(try fate(bytes), "\(size) \(bits)")
            let isGood = bits == 0 && (size == 0 || size >= 202)
            #expect(try fate(bytes, profile: "v29dev") == isGood, "\(size) \(bits)")
        }
    }
}

/// NANO-62, NANO-63, NANO-68: the forwarded blocks, their receivers and their bits.
@Test func blocksArePassedOn() throws {
    let peer = Peer()
    for profile in Profile.allCases {
        var sender = peer
        sender.rules.profile = profile
        var (table, link) = try Table.joined(profile: profile.rawValue, version: profile.isEarly ? 1 : 2, by: sender)
        let other = table.join(.stranger, version: profile.isEarly ? 1 : 2)
        let block = sender.change(of: table.ledger)
        table.say(sender.publish(.state(block), originator: true), on: link)
        let passed = try table.heard(on: other).filter { $0[5] == 3 }.map { try Publish(copying: $0) }
        #expect(passed.count == 1 && passed.first?.block == .state(block) && passed.first?.originator == false)
        #expect(table.count(3, on: link) == 0, "not back to where it came from")
        #expect(table.ledger.blockCount == 16)
        // The block arrives again from the other peer, and later from the first one. It is then a duplicate.
        table.say(sender.publish(.state(block)), on: other)
        table.pass(.seconds(61))
    }
    var (table, link) = try Table.joined()
    let other = table.join(.stranger)
    let weak = peer.publish(.state(peer.change(of: table.ledger, works: false)))
    table.say(weak, on: link)
    var unsigned = peer.change(of: table.ledger)
    unsigned.signature.bytes[0] ^= 1
    table.say(peer.publish(.state(unsigned)), on: link)
    #expect(table.count(3, on: other) == 0 && table.isAlive(link))
    #expect(table.reports("node", "dropped").compactMap { $0.detail("reason") } == ["insufficient work"])
    #expect(table.reports("node", "block").compactMap { $0.detail("outcome") } == ["bad_signature"])
    (table, link) = try Table.joined(profile: "v29dev")
    table.say(weak, on: link)
    #expect(!table.isOpen(link))
}

/// NANO-67, NANO-68: the node forwards only valid votes of representatives with weight, marked and once.
@Test func votesArePassedOn() throws {
    func passed(_ messages: [[UInt8]]) throws -> [ConfirmAck] {
        var (table, link) = try Table.joined()
        let other = table.join(.stranger)
        for bytes in messages { table.say(bytes, on: link) }
        #expect(table.isAlive(link))
        return try table.heard(on: other).filter { $0[5] == 5 }.map { try ConfirmAck(copying: $0) }
    }
    let peer = Peer()
    let good = try passed([peer.vote(), peer.vote()])
    #expect(good.count == 1 && good.first?.rebroadcasted == true && good.first?.vote.isSigned == true)
    #expect(try passed([peer.vote(rebroadcasted: true)]).isEmpty)
    #expect(try passed([peer.vote { $0.signature.bytes[9] ^= 1 }]).isEmpty)
    #expect(try passed([peer.vote { $0.account = Key32() }]).isEmpty)
    #expect(
        try passed([
            peer.vote {
                $0.account = peer.id
                $0.sign(with: peer.key)
            }
        ]).isEmpty, "nobody's representative")
}

/// Payloads are remembered for a minute. Their number is limited.
@Test func duplicatesAreForgotten() {
    var seen = Duplicates(lifetime: .seconds(60), capacity: 3)
    func isNew(_ n: UInt8, header: UInt8 = 0, _ time: Duration) -> Bool {
        let message = [UInt8](repeating: header, count: 8) + [n]
        return seen.isNew(message.span.bytes, now: .zero + time)
    }
    #expect(isNew(1, .zero))
    #expect(!isNew(1, .zero))
    #expect(!isNew(1, header: 9, .zero), "the header does not count")
    #expect(!isNew(1, .milliseconds(59_999)))
    #expect(isNew(1, .seconds(60)))
    for n in 0..<200 as Range<UInt8> { _ = isNew(n, .seconds(61)) }
    #expect(seen.count == 3)
    #expect(!isNew(199, .seconds(62)))
    #expect(isNew(1, .seconds(62)))
}

/// NANO-91: requests that arrive together wait in a queue of sixteen, so that no peer can request more than it reads.
@Test func pullQueue() throws {
    var (table, link) = try Table.joined()
    let peer = Peer()
    table.say((1...20 as ClosedRange<UInt64>).flatMap { peer.probe($0) }, on: link)
    #expect(table.acks(on: link).map(\.frame.id) == Array(1...16))
    table.say(peer.probe(21), on: link)
    #expect(table.acks(on: link).last?.frame.id == 21)
}

/// Published blocks do not make a ledger grow without limit.
@Test func publishedBlocksAreBounded() throws {
    var core = NodeCore(NodeOptions(try Definition.nano.settings(), random: Random(seed: 1)))
    let limit = core.ledger.blockCount + core.limits.publishedBlocks
    for i in 0..<(core.limits.publishedBlocks + 5) {
        let block = Peer().change(of: core.ledger, representative: Key32(repeating: UInt8(i & 255)))
        let outcome = core.insert(.state(block), now: .zero)
        #expect((outcome == .progress) == (core.ledger.blockCount <= limit && outcome != nil))
        if core.ledger.blockCount == limit { break }
    }
    let late = Peer().change(of: core.ledger)
    #expect(core.ledger.blockCount == limit && core.insert(.state(late), now: .zero) == nil)
}

/// The node closes a peer that sends one byte each hour like a silent peer. Ten thousand handshakes leave no state.
@Test func slowAndManyPeers() throws {
    var table = Table()
    try table.add("node")
    let slow = table.attach("node")
    for byte in Peer().query().prefix(3) {
        table.say([byte], on: slow)
        table.pass(.seconds(3600))
    }
    #expect(!table.isOpen(slow))
    let settings = try Definition.nano.settings()
    var node = ReferenceNode(NodeOptions(settings, random: Random(seed: 1), listening: .loopback(7001)))
    let query = Peer().query()
    var now = Instant.zero
    for i in 0..<10_000 as Range<UInt64> {
        var out: [Action] = []
        let link = LinkID(i + 1)
        let from = Endpoint(v4: 0x0a00_0000 | UInt32(i / 100), port: UInt16(1000 + i % 100))
        node.opened(link, peer: from, by: .them, now: now, &out)
        node.received(query.span.bytes, on: link, now: now, &out)
        #expect(out.contains { if case .send = $0 { true } else { false } } || i >= 2048)
        now = now + .milliseconds(1)
        if let at = node.deadline, at <= now { node.wake(now: now, &out) }
        if i >= 1000 { node.closed(LinkID(i - 999), now: now, &out) }
    }
    #expect(node.sessions.count <= 1000 && node.core.cookies.count <= 1000)
}
