import Network
import Node
import PeerPigeon
import Testing
import WebRTC
import Wire

@testable import Scenario

/// Data channels in cases, with the cases and the hub of PeerPigeon in virtual time.
@Suite struct DataChannelTests {
    static let definition = Definition.peerPigeon.withDataChannels()
    static let requirements = RequirementList.load(
        SourceFile(
            name: "Spec/peerpigeon/requirements.yaml",
            bytes: Specification.read("Spec/peerpigeon/requirements.yaml"))
    ).list
    static let library = Library(definitions: [definition], requirements: ["peerpigeon": requirements]) { name, _ in
        let file = name.hasPrefix("../") ? String(name.dropFirst(3)) : "fragments/" + name
        let bytes = Specification.read("Spec/peerpigeon/" + file)
        return bytes.isEmpty ? nil : SourceFile(name: name, bytes: bytes)
    }
    static let scenarios = Specification.names(in: "Spec/peerpigeon/scenarios").sorted().filter {
        $0.hasPrefix("peerpigeon.mesh.")
    }.compactMap {
        Scenario.load(SourceFile(name: $0, bytes: Specification.read("Spec/peerpigeon/scenarios/" + $0)), library)
            .scenario
    }
    static func run(
        _ scenarios: [Scenario], seed: UInt64 = 7, bug: String? = nil, _ set: (inout RunOptions) -> Void = { _ in }
    ) throws -> [CaseResult] {
        let settings = try definition.settings(profile: "seed", ["channels": "on", "migration_delay": "1s"])
        var options = RunOptions(subject: .builtIn(bug: bug), settings: settings, seed: seed)
        set(&options)
        var out: [CaseResult] = []
        Runner(definition, requirements, options).simulate(Schedule(scenarios.flatMap(\.cases))) { out.append($0) }
        return out
    }

    @Test(arguments: 1...5 as ClosedRange<UInt64>) func hubPasses(seed: UInt64) throws {
        let results = try Self.run(Self.scenarios, seed: seed)
        for r in results where r.verdict != .pass { Issue.record("\(r.id): \(r.told)") }
        #expect(results.count { $0.id.hasPrefix("peerpigeon.mesh.channel.") } > 25)
    }
    @Test(arguments: [
        ("mesh-takes-again", "repeated", "HUB-80"), ("mesh-sends-back", "nearest", "HUB-79"),
        ("mesh-sends-to-all", "nearest", "HUB-79"), ("mesh-one-hop", "gossip", "HUB-90"),
        ("mesh-no-hop-limit", "gossip", "HUB-90"), ("mesh-never-migrates", "answer", "HUB-83"),
        ("mesh-never-falls-back", "offer", "HUB-72"), ("mesh-never-falls-back", "redials", "HUB-116"),
        ("mesh-events-swapped", "events", "HUB-84"), ("mesh-far-neighbours", "neighbours", "HUB-112"),
        ("mesh-no-neighbours", "next", "HUB-113"), ("mesh-keeps-channels", "failover", "HUB-114"),
        ("mesh-no-statistics", "statistics", "HUB-118"), ("mesh-ignores-lists", "discovered", "HUB-119"),
    ]) func faultIsFound(_ bug: String, _ name: String, _ requirement: String) throws {
        let cases = Self.scenarios.filter { $0.id == "peerpigeon.mesh.channel." + name }
        let results = try Self.run(cases, bug: bug)
        #expect(
            results.contains { [.fail, .warn].contains($0.verdict) && $0.requirement == requirement },
            "\(results.map { "\($0.verdict) \($0.requirement): \($0.told)" })")
    }

    /// A case of these steps, after a hub with the id `ph`, larger than the node's, joined the mesh on link h.
    private func play(_ steps: String) throws -> CaseResult {
        let text = """
            meshspec: 1
            id: peerpigeon.own
            title: A case
            protocol: peerpigeon
            suite: ../suite.yaml
            covers: [HUB-76]
            steps:
              - let: {ph: "$('ffffffff' + hex(random(16, 'ph')))"}
              - {use: ../fragments/mesh-hub.fragment.yaml, with: {h: h, id: $(ph), own: me}}

            """
        // Each case must judge what it covers.
        let end = "  - {assert: $(1 == 1), req: HUB-76, because: the steps before hold}\n"
        let source = SourceFile(name: "peerpigeon.own.yaml", bytes: Array((text + steps + "\n" + end).utf8))
        let (scenario, problems) = Scenario.load(source, Self.library)
        let errors = problems.filter { $0.severity == .error }.map(\.message)
        #expect(errors.isEmpty)
        let loaded = try #require(scenario)
        let results = try Self.run([loaded])
        return try #require(results.first)
    }
    @Test func properties() throws {
        let r = try play(
            """
              - channel: {from: client, to: node, label: messages, as: ch}
              - assert: $(!channel(ch).open && channel(ch).label == null && candidates(ch) == [])
              - assert: $(before(sdp(ch), '0') == 'v=')
              - {use: ../fragments/offers-channel.fragment.yaml, with: {h: h, id: $(ph), me: $(me), ch: open}}
              - assert: $(channel(open).open && channel(open).label == 'messages' && channel(open).opener == 'us')
              - assert: $(channel(open).ordered && channel(open).reliable && channel(open).protocol == '')
            """)
        #expect(r.verdict == .pass, "\(r.told)")
        // A message that cannot be sent proves nothing.
        let unsent = try play(
            """
              - channel: {from: client, to: node, label: messages, as: ch}
              - send: {via: ch, raw: "$(utf8('{}'))"}
            """)
        #expect(unsent.verdict == .inconc && unsent.told.contains("`ch` is not open"), "\(unsent.told)")
    }
    /// The hub of the program answers a second offer over WebSocket, because the first channel may be lost. Version 1.1.3
    /// ignores the offer, so no case requires this.
    @Test func secondOffer() throws {
        let r = try play(
            """
              - use: ../fragments/pair.fragment.yaml
              - let: {u: "$(hex(random(20, 'u')))"}
              - {use: ../fragments/offers-channel.fragment.yaml, with: {h: h, id: $(ph), me: $(me), ch: old}}
              - {use: ../fragments/offers-channel.fragment.yaml, with: {h: h, id: $(ph), me: $(me), ch: new}}
              - {use: ../fragments/signals.fragment.yaml, with: {c: a, to: $(u), network: $(n)}}
              - expect: {via: new, msg: peerpigeon.client_signal_relay, order: any, fields: {targetPeerId: $(u)}}
              - assert: $(!channel(old).open && count(records(old, 'peerpigeon.client_signal_relay')) == 0)
            """)
        #expect(r.verdict == .pass, "\(r.told)")
    }
    @Test(arguments: [false, true]) func layersOfADataChannel(hasLayer: Bool) throws {
        let above = hasLayer ? ", above: websocket" : ""
        let r = try play(
            """
              - {use: ../fragments/offers-channel.fragment.yaml, with: {h: h, id: $(ph), me: $(me), ch: ch}}
              - send: {via: ch, raw: "$(utf8('{}'))"\(above)}
            """)
        #expect(
            r.verdict == (hasLayer ? .error : .pass) && (!hasLayer || r.told.contains("has no layers")), "\(r.told)")
    }
    @Test func refusedOfferFails() throws {
        let r = try play("  - {channel: {from: client, to: node, offer: v=0, as: ch}, req: HUB-76}\n")
        #expect(r.verdict == .fail && r.told.contains("the offer is refused"), "\(r.verdict) \(r.told)")
    }
    @Test(arguments: [
        ("signal: {via: h, answer: v=0}", "link `h` is no data channel"),
        ("assert: $(channel(h).open)", "link `h` is no data channel"),
        ("assert: $(sdp(h) == '')", "link `h` is no data channel"),
    ]) func wrongLinkIsAnError(_ step: String, _ reason: String) throws {
        let r = try play("  - \(step)\n")
        #expect(r.verdict == .error && r.told.contains(reason), "\(r.verdict) \(r.told)")
    }
    /// The diagnostics of a case with this step alone.
    private func problems(_ step: String, _ definition: Definition) -> [String] {
        let text = """
            meshspec: 1
            id: peerpigeon.own
            title: A case
            protocol: peerpigeon
            covers: []
            actors: {client: {role: ref}, node: {role: dut}}
            steps:
              - \(step)
            """
        let source = SourceFile(name: "peerpigeon.own.yaml", bytes: Array(text.utf8))
        return Scenario.load(source, Library(definitions: [definition])).1.map(\.message)
    }
    @Test(arguments: [
        "channel: {from: client, to: node, label: messages, as: ch}",
        "fault: {link: client -> node, as: low, below: true, drop: {}}",
    ]) func protocolWithoutDataChannels(_ step: String) {
        let found = problems(step, .peerPigeon)
        #expect(found.contains("peerpigeon has no data channels"), "\(found)")
        #expect(!problems(step, Self.definition).contains("peerpigeon has no data channels"))
    }
    /// Faults act on the messages of a data channel, as on others.
    @Test(arguments: [("", 2), ("  - fault: {link: client -> node, as: lost, drop: {}}\n", 1)])
    func fault(_ step: String, count: Int) throws {
        let relay = """
              - use: ../fragments/relays-to-hub.fragment.yaml
                with: {h: ch, channel: true, from: $(u), to: $(pa), data: '{"k":KK}', network: $(n)}

            """
        let r = try play(
            """
              - use: ../fragments/pair.fragment.yaml
              - let: {u: "$(hex(random(20, 'u')))"}
              - {use: ../fragments/offers-channel.fragment.yaml, with: {h: h, id: $(ph), me: $(me), ch: ch}}

            """ + relay.replacing("KK", with: "1") + "  - wait: 1s\n" + step + relay.replacing("KK", with: "2")
                + "  - wait: 1s\n  - assert: $(count(records(a, 'peerpigeon.offer')) == \(count))\n")
        #expect(r.verdict == .pass, "\(r.told)")
    }
    /// Lost datagrams below a channel are sent again. Without any datagram, no message arrives until the fault is healed.
    @Test(arguments: [
        ("fault: {link: client <-> node, as: low, below: true, drop: {prob: 0.3}}", "5s", 1),
        ("fault: {link: client -> node, as: low, below: true, partition: both}", "2s", 0),
        ("fault: {link: client -> node, as: low, below: true, delay: {by: 3s}}", "2s", 0),
        ("fault: {link: node -> client, as: low, below: true, partition: out}", "2s", 1),
    ]) func faultBelow(_ step: String, _ time: String, count: Int) throws {
        let r = try play(
            """
              - use: ../fragments/pair.fragment.yaml
              - let: {u: "$(hex(random(20, 'u')))"}
              - {use: ../fragments/offers-channel.fragment.yaml, with: {h: h, id: $(ph), me: $(me), ch: ch}}
              - \(step)
              - use: ../fragments/relays-to-hub.fragment.yaml
                with: {h: ch, channel: true, from: $(u), to: $(pa), data: '{"k":1}', network: $(n)}
              - wait: \(time)
              - assert: $(count(records(a, 'peerpigeon.offer')) == \(count))
              - heal: low
              - wait: 2s
              - assert: $(count(records(a, 'peerpigeon.offer')) == 1)
            """)
        #expect(r.verdict == .pass, "\(r.told)")
        // Virtual time has no datagrams that another tool can read.
        #expect(r.datagrams.isEmpty)
    }
    @Test(arguments: [
        ("drop: {msg: peerpigeon.ping}", "a datagram below a data channel is no message: leave out `msg`"),
        ("chop: {sizes: 3}", "a datagram has no pieces"),
    ]) func unitsBelow(_ effect: String, _ reason: String) {
        let found = problems("fault: {link: client -> node, as: low, below: true, \(effect)}", Self.definition)
        #expect(found.contains { $0.contains(reason) }, "\(found)")
    }
    /// Over sockets, the evidence has the datagrams below the channel and the keys of DTLS.
    @Test func evidence() throws {
        let cases = Self.scenarios.filter { $0.id == "peerpigeon.mesh.channel.answer" }
        let settings = try Self.definition.settings(profile: "seed", ["channels": "on", "migration_delay": "1s"])
        for keeps in [true, false] {
            var options = RunOptions(subject: .builtIn(bug: nil), settings: settings, seed: 7)
            options.keepsEvidence = keeps
            var results: [CaseResult] = []
            try Runner(Self.definition, Self.requirements, options).run(
                Schedule(cases.flatMap(\.cases)), jobs: 4
            ) { results.append($0) }
            let one = try #require(results.first)
            let channels = Set(one.datagrams.map(\.connection))
            #expect(channels.isEmpty != keeps)
            for index in channels {
                let mine = one.datagrams.filter { $0.connection == index }
                #expect(Set(mine.map(\.direction)) == [.sent, .received])
                #expect(mine.contains { $0.bytes.first == 0 } && mine.contains { $0.bytes.first == 22 })
                #expect(one.connections[index].secrets?.all().isEmpty == false)
            }
            var short = one
            short.limitTrace(TraceLimit(entries: 3, bytes: 1000))
            #expect(short.datagrams.count <= 3 && short.datagrams.count == (keeps ? 3 : 0))
        }
    }
}
