import Crypto
import Testing
import Wire

@testable import Nano
@testable import Node

@Test func settingsOfTheDefinition() throws {
    let nano = Definition.nano
    let preset = try nano.settings()
    #expect(preset.profile == "v28" && preset["network"] == "dev")
    #expect(nano.configuration.ports.map(\.number).sorted() == [7075, 17075, 44000, 54000])
    for port in nano.configuration.ports {
        #expect(try nano.settings(port.implies)["network"] == port.implies["network"])
    }
    #expect(throws: SettingsError.self) { try nano.settings(profile: "v99") }
    #expect(throws: SettingsError.self) { try nano.settings(["network": "main"]) }
    #expect(Set(nano.configuration.capabilities.map(\.name)).count == nano.configuration.capabilities.count)
}

/// If a scenario does not set the header, a node of the profile accepts the message.
@Test(arguments: Profile.allCases, NanoNetwork.all.map(\.name))
func defaultsAreTaken(profile: Profile, network: String) throws {
    let nano = Definition.nano
    let settings = try nano.settings(profile: profile.rawValue, ["network": network])
    let end: UInt8 = profile == .v29dev ? 0x12 : profile == .v23 ? 0x0e : 0x10
    for message in catalogue where message.type.rawValue < end {
        let (bytes, errors) = message.encode(nano.playing.defaults(settings))
        #expect(errors == [])
        var framing = nano.reading.framing(settings)
        if case .refused(let error) = framing.next(bytes.span.bytes) { Issue.record("\(message.name): \(error)") }
    }
    let (keepalive, _) = Keepalive.encode(nano.playing.defaults(settings))
    #expect(keepalive.count == 152 && length(of: keepalive, settings) == 152)
}

@Test func constants() throws {
    let nano = Definition.nano
    let settings = try nano.settings(profile: "legacy", ["network": "live"])
    let constants = Value.map(nano.playing.constants(settings))
    #expect(
        constants["genesis"]
            == .bytes([UInt8](hex: "991cf190094c00f0b68e2e5f75f6bee95a2e0bd93ceaa4a6734db9f19b728948") ?? []))
    #expect(constants["network"] == "live" && constants["profile"] == "legacy")
    #expect(constants["version_using"] == 0x12 && constants["handshake_version"] == 1)
    let durations = nano.playing.durations(settings)
    #expect(durations.first { $0.name == "idle_timeout" }?.duration == .seconds(120))
    #expect(durations.first { $0.name == "cookie_cutoff" }?.duration == .seconds(15))
}

/// The times between two answers to telemetry_req up to V24 (common.hpp, telemetry_cache_cutoffs).
@Test(arguments: [("live", 60), ("test", 60), ("beta", 15), ("dev", 3)]) func telemetryCooldown(
    _ network: String, _ seconds: Int
) throws {
    let settings = try Definition.nano.settings(profile: "v24", ["network": network])
    let found = Definition.nano.playing.durations(settings).first { $0.name == "telemetry_cooldown" }
    #expect(found?.duration == .seconds(seconds))
}

/// The genesis hashes are the hashes of the first blocks: BLAKE2b of source, representative and account, which are the
/// same key.
@Test func genesisHashes() {
    for network in NanoNetwork.all {
        var account: [UInt8] = []
        account.append(network.genesisAccount)
        #expect(Key32(exactly: Blake2b.hash(account, account, account, count: 32) ?? []) == network.genesis)
    }
}

@Test func algorithm() throws {
    let scheme = try #require(Definition.nano.playing.algorithms.first)
    let seed = [UInt8](repeating: 1, count: scheme.seedCount)
    let key = try #require(scheme.publicKey(seed))
    let signature = try #require(scheme.sign(seed, [1, 2, 3]))
    #expect(scheme.verify(key, [1, 2, 3], signature) && !scheme.verify(key, [1, 2, 4], signature))
    #expect(scheme.sign([1], []) == nil && scheme.publicKey([]) == nil && !scheme.verify([], [], []))
}

/// The same seed gives the same node: its id, cookies and salts.
@Test func nodesAreDeterministic() throws {
    func run(_ seed: UInt64) throws -> [Action] {
        var table = Table()
        try table.add("node", seed: seed)
        let link = table.attach("node")
        table.say(Peer().query(), on: link)
        table.pass(.seconds(3))
        return table.done["node"] ?? []
    }
    #expect(try run(1) == run(1))
    #expect(try run(1) != run(2))
}

/// The rules for recorders are true for the fields.
struct RecordingRulesTests {
    @Test func fieldsExist() {
        let definition = Definition.nano
        let rules = definition.recording
        func field(_ full: String) -> FieldInfo? {
            definition.messages.lazy.compactMap { m -> FieldInfo? in
                let prefix = m.name.description + "."
                return full.hasPrefix(prefix) ? m.field(String(full.dropFirst(prefix.count))) : nil
            }.first
        }
        for path in rules.fresh.map(\.path) + rules.changing + definition.naming.identities {
            #expect(field(path) != nil, "\(path)")
        }
        for rule in rules.signatures {
            let message = rule.path.split(separator: ".").prefix(2).joined(separator: ".") + "."
            #expect(field(rule.path)?.byteCount == 64 && field(message + rule.key)?.byteCount == 32, "\(rule.path)")
            #expect(definition.playing.algorithms.contains { $0.name == rule.algorithm })
            for part in rule.over {
                switch part {
                case .field(let p): #expect(field(message + p) != nil, "\(p)")
                case .number(let p, let bytes): #expect(field(message + p)?.byteCount == bytes, "\(p)")
                case .heard(let p): #expect(field(p) != nil, "\(p)")
                case .call(let name, let paths):
                    #expect(
                        definition.playing.functions.contains { $0.name == name && $0.arguments.contains(paths.count) })
                    for p in paths { #expect(field(message + p) != nil, "\(p)") }
                }
            }
        }
        for u in rules.unprompted {
            #expect(definition.message(u.message) != nil && u.request.map { definition.message($0) != nil } ?? true)
        }
    }
}
