import Node
import TestThreads
import Testing

@testable import Network
@testable import Scenario

/// Cases against a remote node over UDP.
@Suite(.waits) struct RemoteDatagramTests {
    static let told = "sp1: {role: ref, told: true, kind: leaf, id: \"0x0102\"}"

    func run(
        _ all: [Scenario], _ remote: Remote, jobs: Int = 1, slack: Duration? = nil
    ) throws -> [CaseResult] {
        var options = RunOptions(subject: .remote(remote), settings: try Definition.parcel.settings(), seed: 1)
        options.slack = slack ?? options.slack
        var out: [CaseResult] = []
        try Runner(.parcel, toyRequirements, options).run(Schedule(all.flatMap(\.cases)), jobs: jobs) { out.append($0) }
        return out
    }
    func scenario(_ steps: String) throws -> Scenario {
        let (made, problems) = loadParcel(steps, actors: Self.told, opens: false)
        return try #require(made, "\(problems.map(\.line))")
    }
    static func parcel() throws -> NodeThread {
        let settings = try Definition.parcel.settings()
        return try NodeThread { _ in ParcelNode(options: NodeOptions(settings, random: Random(seed: 1))) }
    }
    static func bytes(_ body: String) -> [UInt8] { Parcel.whole(1, 1, Array(body.utf8)) }

    /// A late datagram of the node about one case does not reach the next case at the same address, even if the harness
    /// did not read meanwhile. A case that is alone at its address receives it.
    @Test(arguments: [true, false]) func fencedFromEachOther(_ isUsed: Bool) throws {
        // The test is also the node. It sends after the case has begun, even on a busy machine.
        let node = try SocketNetwork()
        let (listener, address) = try node.listen(.loopback(0), .udp)
        let listen = try SocketNetwork().listen(.loopback(0), .udp).bound
        let used = UsedAddresses()
        if isUsed { #expect(used.insert(listen)) }
        let quiet = try scenario("  - never: {at: sp1, event: opened, for: 200ms}\n")
        let options = RunOptions(
            subject: .remote(Remote(address: address, listen: listen)), settings: try Definition.parcel.settings(),
            seed: 1)
        let driver = Driver(try SocketNetwork())
        let run = CaseRun(
            try #require(quiet.cases.first), of: .parcel, requirements: toyRequirements, options: options, on: driver,
            used: used)
        #expect(run.begin())
        node.send(Self.bytes("late"), on: node.dial(listen, .udp, from: [listener]))
        let begun = driver.now
        while driver.now < begun + .milliseconds(150) {}
        while !run.isFinished { if let h = driver.next(until: run.advance()) { run.handle(h) } }
        #expect(run.result.told.hasPrefix(isUsed ? "pass" : "fail TOY-1 1: the node dialed sp1 "), "\(run.result.told)")
    }
    /// If the node does not stop sending, the runner cannot distinguish its datagrams from those about the case.
    @Test func neverQuiet() throws {
        let rules = (1...1500).map { Rule.on(.bytes, after: .milliseconds(40 * $0), .raw(Self.bytes("late"))) }
        let node = try NodeThread { _ in ToyNode(rules: rules, peers: [], dialsAfter: .zero) }
        let listen = try SocketNetwork().listen(.loopback(0), .udp).bound
        let talk = try scenario("  - open: {from: sp1, to: node, as: one}\n" + words("a", via: "one"))
        // On a busy machine, the node may send nothing for longer than the usual slack.
        let r = try run([talk, talk], Remote(address: node.address, listen: listen), slack: .seconds(1))
        #expect(r.map(\.verdict) == [.pass, .inconc])
        #expect(
            r.last?.problem?.reason.hasPrefix("the node did not stop speaking to \(listen) about earlier cases") == true
        )
    }
    /// A datagram that the harness lost is not the node's fault, and is no proof that nothing arrived.
    @Test(arguments: [
        "  - expect: {via: c, msg: parcel.words, within: 100ms}\n",
        "  - never: {via: c, msg: parcel.words, for: 100ms}\n",
    ])
    func lostByTheHarness(_ step: String) throws {
        let node = try Self.parcel()
        let options = RunOptions(
            subject: .remote(Remote(address: node.address, listen: nil)), settings: try Definition.parcel.settings(),
            seed: 1)
        let wanted: [(Int, String?)] = [
            (0, nil), (3, "inconc TOY-1 2: the harness lost 3 datagrams that it did not take in time"),
        ]
        for (lost, told) in wanted {
            let network = try SocketNetwork()
            let driver = Driver(network)
            let one = try #require(loadParcel(step).scenario?.cases.first)
            let run = CaseRun(one, of: .parcel, requirements: toyRequirements, options: options, on: driver)
            #expect(run.begin())
            network.lostBefore += lost
            while !run.isFinished { if let h = driver.next(until: run.advance()) { run.handle(h) } }
            if let told {
                #expect(run.result.told.hasPrefix(told))
            } else {
                #expect(run.result.verdict == (step.contains("never") ? .pass : .fail))
            }
        }
    }
    /// The node's socket drops datagrams if the node is too busy to read them. The node owes no answer to a dropped
    /// datagram.
    @Test(arguments: [0, 1000]) func lostByTheNode(_ times: Int) throws {
        // This test never reads the socket.
        let idle = try SocketNetwork()
        let node = try idle.listen(.loopback(0), .udp)
        let flood = "  - repeat: {times: \(times), do: [{send: {via: c, raw: \"$(bytes(60000, 1))\"}}]}\n"
        let steps = (times == 0 ? "" : flood) + words("a") + "  - expect: {via: c, msg: parcel.words, within: 100ms}\n"
        let (made, problems) = loadParcel(steps)
        let one = try #require(made, "\(problems.map(\.line))")
        // The slack is so large that the harness, which sends the flood, is never late itself.
        let remote = Remote(address: node.bound, listen: nil)
        let r = try #require(try run([one], remote, slack: .seconds(3600)).last)
        if times == 0 {
            #expect(r.verdict == .fail, "\(r.told)")
        } else {
            #expect(r.verdict == .inconc && r.told.contains(": the socket of the node lost "), "\(r.told)")
        }
    }
    /// A node that starts for each case receives its own settings and its peers. Each case waits until the node is
    /// ready. No two cases run at the same time.
    @Test func startedForEachCase() throws {
        let listen = Endpoint.loopback(0)
        var setups: [NodeSetup] = []
        var asked = 0
        // The node has the same address all the time: the started node answers there.
        let relay = try Self.parcel()
        var remote = Remote(address: relay.address, listen: listen)
        remote.start = { all in
            setups += all
            asked = 0
            return nil
        }
        remote.readiness = {
            asked += 1
            return asked < 3 ? .notYet : .ready
        }
        let talk = try scenario(
            "  - open: {from: sp1, to: node, as: one}\n" + words("a", via: "one") + done(1, via: "one"))
        let r = try run([talk, talk], remote, jobs: 8)
        #expect(r.map(\.told) == ["pass", "pass"])
        #expect(setups.count == 2 && asked == 3)
        let known = try #require(setups.first?.acquaintances.first)
        #expect(known.name == "sp1" && known.kind == "leaf" && known.identity == [1, 2] && known.endpoint.port != 0)
        #expect(setups.first?.name == "node" && setups.first?.kind == "hub" && setups.first?.identity == nil)
        // If the node does not start, the environment is at fault, and the node is not.
        remote.readiness = { .failed("no such program") }
        #expect(
            try run([talk], remote).map(\.told) == ["error TOY-1 1: the node under test did not start: no such program"]
        )
        remote.start = { _ in "there is no such word" }
        #expect(try run([talk], remote).map(\.verdict) == [.error])
    }
    /// The runner skips cases for another kind of node. It knows the identity from the target file.
    @Test func kindAndIdentity() throws {
        let node = try Self.parcel()
        var remote = Remote(address: node.address, listen: nil)
        remote.kind = "leaf"
        remote.identity = [5, 6]
        let known = "  - assert: $(node.id == hex('0506'))\n"
        #expect(try playParcel(.sockets, known, remote: remote).told == "pass")
        let hub = "node: {role: dut, kind: hub}"
        #expect(
            try playParcel(.sockets, known, actors: hub, remote: remote).told
                == "skip: needs a node that is a hub: this one is a leaf")
        remote.kind = "hub"
        #expect(try playParcel(.sockets, known, actors: hub, remote: remote).told == "pass")
    }
}
