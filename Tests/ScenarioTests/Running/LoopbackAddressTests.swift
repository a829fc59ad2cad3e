import Network
import Node
import Testing

@testable import Scenario

/// The addresses of actors if the node under test is on IPv4 loopback. No other case and no other run has the same
/// addresses.
@Suite struct LoopbackAddressTests {
    static let actors = "far: {role: ref}\n  near: {role: ref, told: false, listen: 127.0.0.9}"

    /// Returns the addresses of the actors of a case with this node.
    func homes(
        _ subject: Subject = .builtIn(bug: nil), seed: UInt64 = 1, used: UsedAddresses = UsedAddresses(),
        actors: String = actors, chop: Chop? = nil
    ) throws -> [String: String] {
        var options = RunOptions(subject: subject, settings: try Definition.toy().settings(), seed: seed)
        options.chop = chop
        let one = try #require(try toy("  - accept: {at: far, from: node, as: d}", actors: actors).cases.first)
        let driver = Driver(SimulatedNetwork(seed: 1))
        let run = CaseRun(
            one, of: .toy(), requirements: toyRequirements, options: options, on: driver, used: used)
        #expect(run.begin())
        // A listener has the same address, and expressions can read it.
        for (name, listener) in run.node.listeners where run.node.homes[name] != nil {
            #expect(run.node.homes[name]?.host == listener.at.host)
        }
        for name in run.node.homes.keys {
            guard case .map(let members)? = run.scope.names[name] else { continue }
            let known = members.first { $0.name == "address" }?.value
            #expect(known == run.node.homes[name].map { .bytes($0.address) })
        }
        return run.node.homes.mapValues(\.host)
    }
    @Test func newForEachActorCaseAndRun() throws {
        let used = UsedAddresses()
        var seen: Set<String> = []
        for seed in 1...50 as ClosedRange<UInt64> {
            let h = try homes(seed: seed, used: used)
            #expect(h.count == 3 && h["near"] == "127.0.0.9")
            for name in ["peer", "far"] {
                let host = try #require(h[name])
                #expect(host.hasPrefix("127.") && !host.hasPrefix("127.0.") && seen.insert(host).inserted)
            }
        }
        // The seed decides the address. If the same case runs again in the same run, it has another address.
        #expect(try homes(seed: 7) == homes(seed: 7))
        #expect(try homes(seed: 7)["far"] != homes(seed: 8)["far"])
        #expect(try homes(seed: 7)["far"] != homes(seed: 7, chop: .bytes)["far"])
        let again = UsedAddresses()
        #expect(try homes(seed: 7, used: again)["far"] != homes(seed: 7, used: again)["far"])
    }
    @Test func whatWasGivenStays() throws {
        let node = Endpoint.loopback(9)
        let listening = Endpoint(v4: 0x7f00_0005, port: 17_000)
        let h = try homes(.remote(Remote(address: node, listen: listening)))
        #expect(h["far"] == "127.0.0.5" && h["near"] == "127.0.0.9")
        // An actor that does not listen is not affected.
        #expect(h["peer"].map { !$0.hasPrefix("127.0.") } == true)
        // With a listener at all addresses, the system chooses the source address.
        let any = try homes(.remote(Remote(address: node, listen: Endpoint(v4: 0, port: 17_000))))
        #expect(any["far"] == nil && any["peer"] != nil)
    }
    /// A node may judge its peers by their addresses. So only a port that the node knows fixes the address of an actor.
    @Test func fixesOneListenerAtMost() throws {
        let actors = "far: {role: ref, told: true}\n  near: {role: ref, told: true}"
        func homes(_ listen: Endpoint) throws -> [String: String] {
            try self.homes(.remote(Remote(address: .loopback(9), listen: listen)), actors: actors)
        }
        let known = try homes(Endpoint(v4: 0x7f00_0005, port: 17_000))
        #expect(known["far"] == "127.0.0.5" && known["near"].map { !$0.hasPrefix("127.0.") } == true)
        let free = try homes(.loopback(0))
        #expect(Set(free.values).count == 3 && free.values.allSatisfy { !$0.hasPrefix("127.0.") }, "\(free)")
        // Outside of loopback, there may be no other address.
        let elsewhere = try homes(Endpoint(v4: 0x0a00_0001, port: 17_000))
        #expect(elsewhere["far"] == "10.0.0.1" && elsewhere["near"] == "10.0.0.1")
    }
    /// A node takes its own port at each loopback address for itself. So no actor listens on that port.
    @Test func notAtThePortOfTheNode() throws {
        for port in [32768, 32769] as [UInt16] {
            let options = RunOptions(
                subject: .remote(Remote(address: .loopback(port), listen: nil)),
                settings: try Definition.toy().settings(), seed: 1)
            let steps = "  - accept: {at: far, from: node, as: d}"
            let one = try #require(try toy(steps, actors: Self.actors).cases.first)
            let run = CaseRun(
                one, of: .toy(), requirements: toyRequirements, options: options,
                on: Driver(SimulatedNetwork(seed: 1)))
            #expect(run.begin())
            let ports = Set(run.node.listeners.values.map(\.at.port))
            // The first or the second listener would otherwise have had one of the ports.
            #expect(ports.count == 2 && !ports.contains(port) && ports.contains(port ^ 1))
        }
    }
    /// The operating system chooses the address for other nodes.
    @Test(arguments: ["[::1]:9", "10.0.0.1:9"]) func otherNodes(_ at: String) throws {
        let remote = Remote(address: Endpoint(at), listen: nil)
        #expect(try homes(.remote(remote), actors: "far: {role: ref}").isEmpty)
    }
    @Test func neverThatOfTheNode() {
        var random = Random(seed: 3)
        let first = UsedAddresses().draw(random, besides: .loopback(1))
        #expect(UsedAddresses().draw(random, besides: first) != first)
        for _ in 0..<2000 {
            let at = UsedAddresses().draw(Random(seed: random.next()), besides: .loopback(1))
            #expect(at.isLoopback && at.address[13] != 0 && at.address[15] != 0 && at.address[15] != 255)
        }
    }
    /// Over sockets, the node sees the addresses. Over UDP it answers there, and an actor has one address for all its
    /// links.
    @Test func seen() throws {
        let actors = "sp1: {role: ref, kind: hub, told: true, id: \"0x0101\"}"
        let steps =
            "  - open: {from: peer, to: node, as: d}\n" + words("a", id: 2, via: "d") + done(2, via: "d")
            + "  - open: {from: sp1, to: node, as: e}\n" + words("a", id: 3, via: "e") + done(3, via: "e")
        let (made, problems) = loadParcel(steps, actors: actors)
        let scenario = try #require(made, "\(problems.map(\.line))")
        var options = RunOptions(
            subject: .builtIn(bug: nil), settings: try Definition.parcel.settings(), seed: 1)
        options.keepsEvidence = true
        var results: [CaseResult] = []
        try Runner(.parcel, toyRequirements, options).run(Schedule(scenario.cases), jobs: 1) { results.append($0) }
        let r = try #require(results.first)
        #expect(r.told == "pass")
        let places = r.connections.compactMap(\.local?.host)
        try #require(places.count == 3)
        #expect(places[0] == places[1] && places[0] != places[2])
        #expect(places.allSatisfy { $0.hasPrefix("127.") && !$0.hasPrefix("127.0.") })
    }
}
