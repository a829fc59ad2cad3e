import Crypto
import Testing
import Wire

@testable import Nano
@testable import Node

/// The weight of representatives, and the answers to the operator of a node.
@Suite struct OperatorTests {
    private static let configured = Endpoint(v4: 0x0a00_0300, port: 4323)
    private static let genesisKey = SigningKey(NanoNetwork.devGenesisSeed.bytes)

    /// Returns the contacts with a configured peer in 30 s, which it refuses, after these messages of a peer.
    private func contacts(
        _ messages: [[UInt8]], profile: String = "v28", bug: String? = nil, leaving: Bool = false
    ) throws -> Int {
        var table = Table()
        try table.add("node", profile: profile, bug: bug, peers: [Self.configured])
        let version = Profile(rawValue: profile)?.handshake ?? 2
        let link = table.join(Peer(), version: version)
        for message in messages { table.say(message, on: link) }
        if leaving { table.say(Early.header(0), on: link) }
        for _ in 0..<30 {
            table.miss(Self.configured, "node")
            table.pass(.seconds(1))
        }
        return table.connects(of: "node").count
    }
    /// NANO-151 and NANO-152: only a good vote of enough weight, in answer to the request, keeps the node from its
    /// configured peers, and only while its connection is open.
    @Test func enoughWeightEndsTheCrawl() throws {
        let peer = Peer()
        let genesis = NanoNetwork.dev.genesis
        let good = peer.vote(by: Self.genesisKey, for: [genesis])
        var bad = good
        bad[50] ^= 1
        #expect(try contacts([]) == 7)
        #expect(try contacts([good]) == 1)
        #expect(try contacts([good], leaving: true) == 7)
        #expect(try contacts([bad]) == 7)
        #expect(try contacts([peer.vote(by: peer.key, for: [genesis])]) == 7)
        #expect(try contacts([peer.vote(by: Self.genesisKey, for: [Key32(repeating: 1)])]) == 7)
        #expect(try contacts([peer.vote(by: Self.genesisKey, for: [genesis], rebroadcasted: true)]) == 7)
        #expect(try contacts([good], bug: "crawls-for-ever") == 7)
        #expect(try contacts([good], bug: "weight-for-ever", leaving: true) == 1)
        #expect(try contacts([peer.vote(by: peer.key, for: [genesis])], bug: "weighs-any-voter") == 1)
    }
    /// The development branch of 2026 contacts configured peers however much weight it has.
    @Test func developmentBranchGoesOn() throws {
        var peer = Peer()
        peer.rules = Ruleset(network: .dev, profile: .v29dev)
        let vote = peer.vote(by: Self.genesisKey, for: [NanoNetwork.dev.genesis])
        #expect(try contacts([vote], profile: "v29dev") > 1)
    }
    /// The weight that suffices is 67 % of what is online, and at least of 60 million nano.
    @Test func neededWeight() {
        var known = Representatives()
        let ledger = Ledger(.dev)
        let unit: UInt128 = 1_000_000_000_000_000_000_000_000_000_000
        #expect(known.needed(ledger, .zero) == 40_200_000 * unit)
        known.note(NanoNetwork.dev.genesisAccount, on: LinkID(1), ledger, .zero)
        known.note(Key32(repeating: 1), on: LinkID(2), ledger, .zero)
        #expect(known.links.count == 1 && known.suffice(ledger, .zero))
        #expect(known.needed(ledger, .zero) == UInt128.max / 100 * 67)
        #expect(known.needed(ledger, .zero + .seconds(300)) == 40_200_000 * unit)
        known.remove(LinkID(1))
        #expect(known.connected(ledger) == 0 && known.online(ledger, .zero) == UInt128.max)
    }

    /// NANO-156: the list has each connected peer, and the endpoint that it listens on once it named it.
    @Test func peersAreListed() throws {
        var (table, link) = try Table.joined()
        let id = AccountText.text(Peer().id, prefix: "node_")
        guard case .list(let before)? = table.ask("node", "peers") else { return #expect(Bool(false)) }
        #expect(before.map { $0["node_id"] } == [.text(id)] && before[0]["peering"] == .null)
        #expect(before[0]["version"] == 0x15 && before[0]["direction"] == "in")
        table.say(Peer().keepalive(port: 4321), on: link)
        guard case .list(let after)? = table.ask("node", "peers") else { return #expect(Bool(false)) }
        #expect(after[0]["peering"] == "10.0.1.0:4321")
        table.say(Early.header(0), on: link)
        #expect(table.ask("node", "peers") == [])
        #expect(table.ask("node", "weather") == nil)
    }
    /// NANO-157: the list has the latest good telemetry, for a time.
    @Test func telemetryIsListed() throws {
        func blocks(_ table: Table) -> [Value?] {
            guard case .list(let all)? = table.ask("node", "telemetry") else { return [] }
            return all.map { $0["block_count"] }
        }
        func outcome(bug: String?) throws -> [[Value?]] {
            var (table, link) = try Table.joined(bug: bug)
            table.say(Peer().telemetry(blocks: 7, spoiled: true), on: link)
            let spoiled = blocks(table)
            table.say(Peer().telemetry(blocks: 8) + Peer().telemetry(blocks: 9), on: link)
            let good = blocks(table)
            table.pass(.seconds(2))
            return [spoiled, good, blocks(table)]
        }
        #expect(try outcome(bug: nil) == [[], [9], []])
        #expect(try outcome(bug: "telemetry-kept") == [[], [9], [9]])
    }
    /// NANO-155: each response that was checked counts once, under the result of the check.
    @Test func handshakesAreCounted() throws {
        func counts(bug: String? = nil, _ make: (Key32, Key32) -> [UInt8]) throws -> [UInt64?] {
            var (table, link) = try Table.asked(bug: bug)
            let first = table.handshakes(on: link).first
            table.say(make(first?.query ?? Key32(), first?.response?.nodeID ?? Key32()), on: link)
            let all = table.ask("node", "stats")?["handshake"]
            return Statistics.results.map { all?[$0]?.integer }
        }
        let peer = Peer()
        #expect(try counts { cookie, _ in peer.response(to: cookie) } == [1, 0, 0, 0, 0])
        #expect(try counts { cookie, id in peer.response(to: cookie) { $0.nodeID = id } } == [0, 1, 0, 0, 0])
        #expect(try counts { cookie, _ in peer.response(to: cookie) { $0.genesis.bytes[0] ^= 1 } } == [0, 0, 1, 0, 0])
        #expect(try counts { _, _ in peer.response(to: Key32(repeating: 1)) } == [0, 0, 0, 0, 1])
        let miscounted = try counts(bug: "bad-signature-miscounted") { _, _ in peer.response(to: Key32(repeating: 1)) }
        #expect(miscounted == [0, 0, 0, 1, 0])
        var table = Table()
        try table.add("node")
        let link = table.attach("node")
        table.say(peer.response(to: Key32()), on: link)
        let stats = table.ask("node", "stats")
        #expect(stats?["handshake"]?["missing_cookie"] == 1 && stats?["message"]?["node_id_handshake"] == 1)
    }
    /// NANO-158: the list has the representatives that answered, with their weights.
    @Test func representativesAreListed() throws {
        var (table, link) = try Table.joined()
        #expect(table.ask("node", "representatives")?["suffices"] == false)
        table.say(Peer().vote(by: Self.genesisKey, for: [NanoNetwork.dev.genesis]), on: link)
        let answer = table.ask("node", "representatives")
        guard case .list(let all)? = answer?["representatives"] else { return #expect(Bool(false)) }
        #expect(answer?["suffices"] == true && all.count == 1)
        #expect(all[0]["account"] == .text(AccountText.text(NanoNetwork.dev.genesisAccount)))
        table.say(Early.header(0), on: link)
        #expect(table.ask("node", "representatives")?["representatives"] == [])
    }
    /// NANO-153: over many keepalives, all peers are named equally often. Chi-square with 23 degrees of freedom exceeds
    /// 72 in one of a million runs.
    @Test(arguments: [nil, "names-first-peers"]) func namedPeersAreRandom(bug: String?) throws {
        var (table, _) = try Table.joined(bug: bug)
        for n in 1...24 {
            var peer = Peer()
            peer.key = SigningKey(Key32(repeating: UInt8(n)).bytes)
            let link = table.join(peer, from: Endpoint(v4: 0x0a00_0300 + UInt32(n), port: 1))
            table.say(peer.keepalive(port: UInt16(4000 + n)), on: link)
        }
        var core = try #require(table.nodes["node"]).core
        var counts = [Int](repeating: 0, count: 24)
        for _ in 0..<300 { for peer in core.randomPeers(except: LinkID(1)) { counts[Int(peer.port) - 4001] += 1 } }
        let total = counts.reduce(0, +)
        let chiSquare = (24 * counts.reduce(0) { $0 + $1 * $1 } - total * total) / total
        #expect(total > 2000 && (chiSquare <= 72) == (bug == nil), "\(chiSquare)")
    }
}
