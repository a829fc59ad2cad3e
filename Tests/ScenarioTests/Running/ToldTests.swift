import Network
import Node
import Testing

@testable import Scenario

/// Listening actors: some are peers that the node has to dial, and others are peers that it learns of from other nodes.
@Suite struct ToldTests {
    static let far = "far: {role: ref, told: false}"

    @Test func whoIsNotToldIsNotDialed() throws {
        let never = "  - never: {at: far, event: opened, for: 1s}"
        #expect(try play(never, [], actors: Self.far).told == "pass")
        let told = try play(never, [], actors: "far: {role: ref}")
        #expect(told.told == "fail TOY-1 2: the node dialed far after 10ms")
        // A connection that another step took does not count. A connection from before the mark does not count either.
        let taken = "  - accept: {at: far, from: node, as: d}\n" + never
        #expect(try play(taken, [], actors: "far: {role: ref}").told == "pass")
        let later = "  - wait: 1s\n    mark: m\n  - never: {at: far, event: opened, for: 1s, since: m}"
        #expect(try play(later, [], actors: "far: {role: ref}").told == "pass")
        let warned = never + "\n    req: TOY-2"
        #expect(try play(warned, [], actors: "far: {role: ref}").told.hasPrefix("warn TOY-2"))
    }
    @Test func acceptSinceAMark() throws {
        let steps = "  - wait: 1s\n    mark: m\n  - accept: {at: far, from: node, as: d, within: 2s, since: m}"
        let early = try play(steps, [], actors: "far: {role: ref}")
        #expect(early.told.hasPrefix("fail TOY-1 3: the node did not dial"))
        #expect(early.duration < .milliseconds(3_001))
        let late = try play(steps, [], dialsAfter: .milliseconds(2_500), actors: "far: {role: ref}")
        #expect(late.told == "pass")
        let tooLate = try play(steps, [], dialsAfter: .milliseconds(3_500), actors: "far: {role: ref}")
        #expect(tooLate.verdict == .fail)
        let unset = "  - if: $(false)\n    wait: 1s\n    mark: m\n  - accept: {at: far, from: node, as: d, since: m}"
        #expect(try play(unset, [], actors: Self.far).told.hasSuffix("no step has set the mark `m`"))
    }
    @Test func whereAnActorListens() throws {
        let loopback =
            "  - assert: $(slice(far.address, 0, 13) == hex('00000000000000000000ffff7f') && far.port > 0)\n"
            + "  - assert: $(far.address != peer.address && slice(peer.address, 0, 13) == slice(far.address, 0, 13))"
        #expect(try play(loopback, [], actors: Self.far).told == "pass")
        let own = "  - assert: $(slice(far.address, 12, 16) == hex('c0000201'))"
        #expect(try play(own, [], actors: "far: {role: ref, told: false, listen: 192.0.2.1}").told == "pass")
        let v6 = "  - assert: $(slice(far.address, 0, 4) == hex('20010db8'))"
        #expect(try play(v6, [], actors: "far: {role: ref, told: false, listen: \"2001:db8::1\"}").told == "pass")
        for bad in ["here", "127.0.0.1:80800", "127.0.0.1:", "''"] {
            let (scenario, problems) = loadToy("", actors: "far: {role: ref, listen: \(bad)}")
            #expect(scenario == nil && problems.count == 1, "\(bad)")
        }
    }
    /// The node cannot connect to an actor that refuses. After `listen`, it can, at the actor's original address.
    @Test(arguments: [false, true]) func whoRefuses(overSockets: Bool) throws {
        func told(_ steps: String, _ dialsAfter: Duration, _ actor: String = "far: {role: ref, refuses: true}") throws
            -> String
        {
            guard overSockets else { return try play(steps, [], dialsAfter: dialsAfter, actors: actor).told }
            let definition = Definition.toy([], dialsAfter: dialsAfter)
            let options = RunOptions(subject: .builtIn(bug: nil), settings: try definition.settings(), seed: 1)
            return try playInTime(
                Runner(definition, toyRequirements, options), try toy(steps, actors: actor).cases
            ).told
        }
        let accept = "  - accept: {at: far, from: node, as: d, within: 1s}"
        #expect(try told(accept, .milliseconds(10)).hasPrefix("fail TOY-1 2: the node did not dial"))
        let later = "  - let: {port: $(far.port)}\n  - wait: 200ms\n  - listen: far\n" + accept
        #expect(try told(later + "\n  - assert: $(far.port == port)", .milliseconds(500)) == "pass")
        #expect(try told(later, .milliseconds(10)).hasPrefix("fail TOY-1 5: the node did not dial"))
        let listening = "far: {role: ref}"
        #expect(try told("  - refuse: far\n" + accept, .milliseconds(300), listening).hasPrefix("fail TOY-1 3"))
        #expect(try told("  - refuse: far\n" + later, .milliseconds(500), listening) == "pass")
        // A repeated `refuse` or `listen` has no effect.
        let twice = "  - refuse: far\n  - refuse: far\n  - listen: far\n  - listen: far\n" + accept
        #expect(try told(twice, .milliseconds(300), listening) == "pass")
    }
    @Test func whoMayRefuse() {
        for (steps, actors) in [("", "far: {role: dut, refuses: true}"), ("  - refuse: node", "far: {role: ref}")] {
            let (scenario, problems) = loadToy(steps, actors: actors)
            #expect(scenario == nil && problems.count == 1, "\(problems)")
        }
    }
    /// Over sockets, an address that the machine does not have is not the node's fault.
    @Test func addressesOfOthersAreSkipped() throws {
        let scenario = try toy("  - wait: 1ms", actors: "far: {role: ref, told: false, listen: 192.0.2.1}")
        let definition = Definition.toy([])
        let options = RunOptions(subject: .builtIn(bug: nil), settings: try definition.settings(), seed: 1)
        var told: [String] = []
        try Runner(definition, toyRequirements, options).run(Schedule(scenario.cases), jobs: 1) { told.append($0.told) }
        #expect(told.count == 1 && told[0].hasPrefix("skip: needs the address 192.0.2.1 on this machine"))
    }
    @Test func whoCanBeReached() throws {
        let definition = Definition.toy([])
        func reason(_ actors: String, _ address: String, listen: Endpoint? = nil) throws -> String? {
            let remote = Remote(address: Endpoint(address), listen: listen)
            let options = RunOptions(subject: .remote(remote), settings: try definition.settings(), seed: 1)
            return options.reasonToSkip(try toy("", actors: actors), definition)
        }
        #expect(try reason(Self.far, "127.0.0.1:1") == nil)
        #expect(try reason(Self.far, "10.0.0.1:1")?.hasPrefix("needs --listen") == true)
        #expect(try reason(Self.far, "10.0.0.1:1", listen: .loopback(5)) == nil)
        #expect(try reason("far: {role: ref, listen: 127.0.0.1}", "127.0.0.1:1")?.hasPrefix("needs --listen") == true)
    }
    /// The runner calls a control that makes the node dial once for each actor. A later dial is the node's own action.
    @Test func dialIsAskedOnce() throws {
        let steps = """
              - accept: {at: far, from: node, as: d, within: 200ms}
                else: pass
              - accept: {at: far, from: node, as: d, within: 200ms}
                else: pass
              - accept: {at: quiet, from: node, as: e, within: 200ms}
                else: pass
            """
        let scenario = try toy(
            steps, opens: false, actors: "far: {role: ref}\n  quiet: {role: ref, told: false}")
        var asked: [Endpoint] = []
        let remote = Remote(
            address: nil, listen: .loopback(0),
            dial: { at in
                asked.append(at)
                return nil
            })
        let definition = Definition.toy([])
        let options = RunOptions(subject: .remote(remote), settings: try definition.settings(), seed: 1)
        var told: [String] = []
        try Runner(definition, toyRequirements, options).run(Schedule(scenario.cases), jobs: 1) { told.append($0.told) }
        #expect(told == ["pass"] && asked.count == 1)
    }
    @Test func aNameForSeveralLinks() throws {
        var counts: [Int] = []
        let steps = "  - repeat:\n      times: 4\n      do:\n        - open: {from: peer, to: node, as: c}\n"
        let r = try play(steps + "  - wait: 1s\n  - close: {via: c}\n  - wait: 1s", []) { run in
            counts.append(run.links.renamed.count)
        }
        #expect(r.told == "pass" && counts.max() == 4 && counts.last == 0)
    }
    @Test func anyMessageCounts() throws {
        let steps = """
              - wait: 1s
              - assert: $(size(records(c, 'any')) == 2 && seen(c, 'any') && size(records(c, 'toy.say')) == 1)
            """
        #expect(try play(steps, [.on(.open, .say("a")), .on(.open, .raw([2, 1, 5]))]).told == "pass")
        #expect(try play("  - assert: $(!seen(c, 'any'))", []).told == "pass")
    }
    @Test func longCasesAreOptional() throws {
        var scenario = try toy("")
        scenario.tags = ["long"]
        let definition = Definition.toy([])
        var options = RunOptions(subject: .builtIn(bug: nil), settings: try definition.settings(), seed: 1)
        #expect(options.reasonToSkip(scenario, definition) == nil)
        options.includesLong = false
        #expect(options.reasonToSkip(scenario, definition) == "takes half a minute or more: give --long")
        #expect(options.reasonToSkip(try toy(""), definition) == nil)
    }
}
