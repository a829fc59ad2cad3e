import Crypto
import Testing
import Wire

@testable import Nano
@testable import Node

/// The peers that a node keeps over a restart, and the configuration that it reads at its start.
@Suite struct StoreTests {
    private static let place = Endpoint(v4: 0x0a00_0100, port: 4321)
    private static let other = Endpoint(v4: 0x0a00_0200, port: 4322)
    private static let configured = Endpoint(v4: 0x0a00_0300, port: 4323)

    /// Returns a table whose node has a connected peer that listens at `place`.
    private func connected(_ profile: String, bug: String? = nil) throws -> (Table, [LinkID]) {
        let version = Profile(rawValue: profile)?.handshake ?? 2
        var (table, link) = try Table.joined(profile: profile, bug: bug, version: version)
        table.say(Peer().keepalive(port: Self.place.port), on: link)
        guard version == 1 else { return (table, [link]) }
        // A node of an early generation stores the peers that it dialed.
        #expect(table.connects(of: "node") == [Self.place])
        let dialed = table.reach(.stranger, at: Self.place, version: 1)
        return (table, [link, dialed])
    }
    /// Starts the node anew with the state that it has stored. Returns the name of the new node.
    private func restart(
        _ table: inout Table, _ profile: String, peers: [Endpoint] = [], bug: String? = nil
    ) throws -> String {
        let name = "node after \(table.now.nanoseconds)"
        try table.add(name, profile: profile, bug: bug, peers: peers, stored: table.ask("node", "store"))
        return name
    }

    /// NANO-143: the state has the connected peer from the next period on. A restarted node contacts it.
    @Test(arguments: ["v28", "v29dev"]) func contactsStoredPeerAfterRestart(profile: String) throws {
        var (table, _) = try connected(profile)
        table.pass(.milliseconds(999))
        let early = try restart(&table, profile)
        table.pass(.milliseconds(1))
        #expect(table.reports("node", "peers_stored").compactMap { $0.detail("count") } == ["1"])
        let late = try restart(&table, profile)
        #expect(table.connects(of: late) == [], "the loop comes after its period")
        table.pass(.milliseconds(10))
        #expect(table.connects(of: late) == [Self.place])
        #expect(table.connects(of: early) == [])
        let faulty = try restart(&table, profile, bug: "store-ignored")
        table.pass(.seconds(1))
        #expect(table.connects(of: faulty) == [])
    }
    /// NANO-144 and NANO-150: an early node contacts stored peers at once and first. A peer that is stored and configured
    /// is contacted once.
    @Test(arguments: ["v23", "v24", "legacy"]) func earlyNodeContactsStoredPeersFirst(profile: String) throws {
        var (table, _) = try connected(profile)
        table.pass(.seconds(1))
        let name = try restart(&table, profile, peers: [Self.configured, Self.place])
        #expect(table.connects(of: name) == [Self.place, Self.configured])
        let faulty = try restart(&table, profile, peers: [Self.configured], bug: "stored-after-configured")
        #expect(table.connects(of: faulty) == [Self.configured])
        table.pass(.seconds(6))
        #expect(table.connects(of: faulty).contains(Self.place))
    }
    /// NANO-145 and NANO-146: the connected peers replace the stored ones of an early node. Without any, these stay.
    @Test func earlyNodeReplacesItsStore() throws {
        func peers(_ table: Table) -> [Value?] {
            guard case .list(let all)? = table.ask("node", "store")?["peers"] else { return [] }
            return all.map { $0["peer"] }
        }
        func outcome(bug: String?) throws -> [[Value?]] {
            var (table, links) = try connected("legacy", bug: bug)
            table.pass(.seconds(1))
            table.say(Early.header(0), on: links[1])
            table.pass(.seconds(2))
            let kept = peers(table)
            _ = table.reach(.stranger, at: Self.other, version: 1)
            table.pass(.seconds(2))
            return [kept, peers(table)]
        }
        let (one, two) = (Value.text("\(Self.place)"), Value.text("\(Self.other)"))
        #expect(try outcome(bug: nil) == [[one], [two]])
        #expect(try outcome(bug: "store-emptied") == [[], [two]])
        #expect(try outcome(bug: "store-grows") == [[one], [one, two]])
    }
    /// NANO-147: a peer that left long before a restart is tried once, before the first update of the store.
    @Test func timeCountsWhileTheNodeIsStopped() throws {
        func attempts(after pause: Duration, bug: String? = nil) throws -> Int {
            var (table, links) = try connected("v28")
            table.pass(.seconds(2))
            table.say(Early.header(0), on: links[0])
            // The node stops here. Its clock, which the table has, goes on.
            let state = table.ask("node", "store")
            table.pass(pause)
            let name = "node after \(table.now.nanoseconds)"
            try table.add(name, profile: "v28", bug: bug, stored: state)
            for _ in 0..<8 {
                table.pass(.seconds(1))
                table.miss(Self.place, name)
            }
            return table.connects(of: name).count
        }
        #expect(try attempts(after: .seconds(1)) == 2)
        #expect(try attempts(after: .seconds(11)) == 1)
        #expect(try attempts(after: .seconds(11), bug: "store-undated") == 2)
    }
    /// The date in the state is that of the calendar, so that another program can read it.
    @Test func stateHasDates() throws {
        var (table, _) = try connected("v28")
        table.pass(.seconds(2))
        let date = NodeOptions.virtualDate / 1_000_000 + 2000
        #expect(
            table.ask("node", "store") == [
                "network": "dev", "peers": [["peer": .text("\(Self.place)"), "seen": Value(date)]],
            ])
    }
    /// A state may come from a file that somebody changed. Entries that are no peers are ignored, and so is a state of
    /// another network.
    @Test(arguments: [
        Value.null, "peers", 5, [], ["network": "dev"], ["network": "dev", "peers": 7],
        ["network": "dev", "peers": [7, "x", ["peer": "127.0.0.1:1"], ["peer": "here", "seen": 1], ["seen": 1]]],
        ["network": "live", "peers": [["peer": "10.0.0.9:1", "seen": 1]]],
        ["peers": [["peer": "10.0.0.9:1", "seen": 1]]],
        ["network": "dev", "peers": [], "configured": ["10.0.0.9:1", "no endpoint"]],
    ]) func unusableStateIsIgnored(state: Value) throws {
        for profile in ["v28", "legacy"] {
            var table = Table()
            try table.add("node", profile: profile, stored: state)
            table.pass(.seconds(2))
            #expect(table.connects(of: "node") == [])
        }
    }
    /// A state with more peers than the limit is taken in part.
    @Test func greatStateIsLimited() throws {
        let peers = (1...5000).map { n -> Value in
            ["peer": .text("\(Endpoint(v4: 0x0b00_0000 + UInt32(n) << 8, port: 1))"), "seen": 1_767_225_600_000]
        }
        var table = Table()
        try table.add("node", stored: ["network": "dev", "peers": .list(peers)])
        guard case .list(let kept)? = table.ask("node", "store")?["peers"] else { return #expect(Bool(false)) }
        #expect(kept.count == 2048)
    }

    /// NANO-148: peers that are configured while the node runs are contacted after a restart only.
    @Test func configurationIsReadAtTheStart() throws {
        func contacts(bug: String?) throws -> [[Endpoint]] {
            var (table, _) = try Table.joined(bug: bug)
            let texts = [Self.configured, Self.other, Self.other].map { Value.text("\($0)") }
            #expect(table.tell("node", "configure", [.init("peers", .list(texts))]) == 2)
            table.pass(.seconds(10))
            let name = try restart(&table, "v28")
            return [table.connects(of: "node"), table.connects(of: name)]
        }
        #expect(try contacts(bug: nil) == [[], [Self.configured, Self.other]])
        #expect(try contacts(bug: "configuration-reread")[0] == [Self.configured, Self.other])
        var (table, _) = try Table.joined()
        #expect(table.tell("node", "configure", [.init("peers", ["127.0.0.1:1", "x"])]) == nil)
        #expect(table.tell("node", "configure", []) == nil)
        #expect(table.ask("node", "store") == ["network": "dev", "peers": []])
    }
    /// NANO-149: configured peers are contacted whether or not there are stored ones.
    @Test func configuredPeersBesideStoredOnes() throws {
        var (table, _) = try connected("v28")
        table.pass(.seconds(1))
        let name = try restart(&table, "v28", peers: [Self.configured])
        table.pass(.seconds(1))
        #expect(table.connects(of: name) == [Self.configured, Self.place])
        let faulty = try restart(&table, "v28", peers: [Self.configured], bug: "configured-unless-stored")
        table.pass(.seconds(1))
        #expect(table.connects(of: faulty) == [Self.place])
    }
    /// A restarted node keeps its key and draws new cookies.
    @Test func restartDrawsNewCookies() throws {
        func first(starts: Int) throws -> NodeIDHandshake? {
            var options = NodeOptions(try Definition.nano.settings(), random: Random(seed: 1))
            options.starts = starts
            var node = ReferenceNode(options)
            var out: [Action] = []
            node.start(now: .zero, &out)
            node.opened(LinkID(1), peer: Self.place, by: .them, now: .zero, &out)
            node.received(Peer().query().span.bytes, on: LinkID(1), now: .zero, &out)
            return out.compactMap { action -> NodeIDHandshake? in
                guard case .send(_, let bytes) = action else { return nil }
                return try? NodeIDHandshake(copying: bytes)
            }.first
        }
        let (one, two) = (try first(starts: 0), try first(starts: 1))
        #expect(one?.query != nil && one?.query != two?.query)
        #expect(one?.response?.nodeID == two?.response?.nodeID)
    }
    @Test func defaultPeersOfNetworks() throws {
        func names(_ network: String) throws -> [String] {
            Definition.nano.reference.preconfigured(try Definition.nano.settings(["network": network]))
        }
        #expect(try names("live") == ["peering.nano.org:7075"])
        #expect(try names("beta") == ["peering-beta.nano.org:54000"])
        #expect(try names("test") == ["peering-test.nano.org:17075"])
        #expect(try names("dev") == [])
    }
}
