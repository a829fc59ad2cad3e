import Testing
import Wire

@testable import Node
@testable import RightMesh

@Test func settingsOfTheDefinition() throws {
    let d = Definition.rightmesh
    let preset = try d.settings()
    #expect(preset.profile == "target" && preset["advertise"] == "transit" && preset["max_datagram"] == "8000")
    #expect(
        preset["hello_ack"] == "broadcast"
            && d.reference.kinds.map(\.name) == ["superpeer", "community", "seller", "buyer"])
    #expect(try d.settings(profile: "narrated").profile == "narrated")
    #expect(throws: SettingsError.self) { try d.settings(profile: "historic") }
    // A setting that is not built in is refused with the reason and sets nothing.
    let signed = #expect(throws: SettingsError.self) { try d.settings(["signed_list": "yes"]) }
    #expect(signed?.description.contains("signed_list: not built in: ") == true && preset["signed_list"] == "")
    #expect(d.configuration.lacks(preset) == ["signed_list", "metrics", "full_mesh", "guard"])
    let rich = try d.settings(["advertise": "full-mesh", "metrics": "yes", "guard": "on"])
    #expect(d.configuration.lacks(rich) == ["signed_list"])
    #expect(d.transport == .udp && d.configuration.ports.map(\.number) == [40_000])
    #expect(
        d.messages.map { $0.name.description } == [
            "rightmesh.hello", "rightmesh.hello_ack", "rightmesh.info", "rightmesh.info_ack", "rightmesh.find",
            "rightmesh.find_ack", "rightmesh.fragment",
        ])
    #expect(d.playing.durations(preset).first { $0.name == "interval" }?.duration == .seconds(6))
}

/// If a scenario does not set the header, a receiver accepts the message.
@Test func defaultsAreTaken() throws {
    let d = Definition.rightmesh
    let section: Value = ["records": [["id": "0x0102030405060708090a0b0c0d0e0f1011121314"]]]
    for m in catalogue {
        guard case .map(var fields) = d.playing.defaults(try d.settings()) else { return }
        fields.append(.init(m.type == .find ? "targets" : "peers", section))
        let (bytes, errors) = m.encode(.map(fields))
        #expect(errors == [] && m.check(bytes) == nil)
        var reassembler = Reassembler()
        #expect(reassembler.hear(bytes) == "message")
    }
}

@Test func probing() {
    func probe(_ bytes: [UInt8]) -> Likelihood? { Definition.rightmesh.reading.probe?(bytes.span.bytes) }
    #expect(probe(Maker.message(peers: 0)) == .certain)
    #expect(probe([0x52, 0x4d, 1, 7, 0, 0, 0, 0]) == .no && probe([0x52, 0x4d, 2, 1, 0, 0, 0, 0]) == .no)
    // The header of a Nano message.
    #expect(probe([0x52, 0x43, 0x15, 0x15, 0x14, 2, 0, 0]) == .no)
}

/// Fragments are framed as fragments, and the last one completes the message.
@Test func fragmentsAreRejoined() throws {
    var framing = Definition.rightmesh.reading.framing(nil)
    var ear = DatagramEar()
    let datagrams = Maker.datagrams(peers: 20)
    for (i, d) in datagrams.enumerated() {
        guard case .message(let type, let length) = framing.next(d.span.bytes) else { continue }
        #expect(type == Fragment.self && length == d.count)
        let content = ear.hear(d)
        #expect(content.part == Fragment.self && Header.message(of: d.span.bytes) == Hello.self && content.error == nil)
        #expect(content.whole.count == (i == 2 ? 1 : 0))
        if let whole = content.whole.first {
            #expect(Header.message(of: whole.span.bytes) == Hello.self)
            #expect(whole[72...] == Maker.message(peers: 20)[72...])
        } else {
            #expect(ear.unfinished == ["hello 1: \(i + 1) of 3 fragments"])
        }
    }
    #expect(ear.unfinished == [])
    // A repeated fragment completes nothing for a receiver. A repeated message in one datagram is still the message.
    #expect(ear.hear(datagrams[0]).whole.isEmpty)
    let short = Maker.message(msgID: 2, peers: 1)
    for _ in 0..<2 { #expect(ear.hear(short).whole == [short]) }
    var bad = Maker.message(msgID: 3, peers: 2)
    bad[100] ^= 1
    let refused = ear.hear(bad)
    #expect(refused.error?.path == "body_crc" && refused.part == Fragment.self && refused.whole.isEmpty)
    bad[2] = 2
    #expect(ear.hear(bad).error?.path == "version")
}

/// Messages of scenarios are split at the limit of the step or of the settings.
@Test func datagramRules() throws {
    let d = Definition.rightmesh
    let rules = try #require(d.reading.datagrams)
    let message = Maker.message(peers: 400)
    func sizes(_ limit: Int?, _ values: [String: String] = [:]) throws -> [Int] {
        try rules.split(Hello.self, message, limit, d.settings(values)).map(\.count)
    }
    #expect(try sizes(nil) == [8000, 72 + 70 * 24])
    #expect(try sizes(nil, ["max_datagram": "1400"]).max() == 72 + 8 + 55 * 24)
    #expect(try sizes(256, ["max_datagram": "1400"]).max() == 248)
    #expect(throws: ProtocolFunction.Refusal.self) { try sizes(255) }
    #expect(d.isPart("rightmesh.fragment") && !d.isPart("rightmesh.hello"))
}

/// The observer reports values that no message may have.
@Test func passiveObserver() {
    var observer = Definition.rightmesh.judging.observer(nil, .state)
    func observed(_ type: any Message.Type, _ bytes: [UInt8]) -> [Finding] {
        var findings: [Finding] = []
        observer.observe(type, bytes.span.bytes, isGood: true, from: .us, at: .zero, into: &findings)
        return findings
    }
    func told(_ m: Hello) -> [String?] {
        observed(Hello.self, m.encoded()).map(\.requirement)
    }
    var m = Hello()
    m.body.peers = Peers(Maker.peers(3), isSnapshot: true)
    #expect(told(m) == [])
    m.body.peers?.records[1].hop = 0
    #expect(told(m) == ["RM-37"])
    m.body.peers?.records[1] = Peer(Maker.id(1), hop: 15, role: .client, isWithdrawn: true)
    #expect(told(m) == ["RM-49"])
    m.body.peers?.flags = .none
    #expect(told(m) == [])
    let fragment = Maker.datagrams(peers: 20)[1]
    #expect(observed(Fragment.self, fragment) == [])
    func mayBeNewer(_ bytes: [UInt8]) -> Bool { observer.mayBeNewer(bytes.span.bytes) }
    #expect(mayBeNewer([0x52, 0x4d, 2, 1]) && !mayBeNewer([0x52, 0x4d, 1, 9]))
}
