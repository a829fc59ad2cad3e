import Node
import Testing
import Wire

private struct NoFraming: Framing {
    mutating func next(_ bytes: RawSpan) -> FramingResult { .needMore(1) }
    func resync(_ bytes: RawSpan) -> Int? { nil }
}
private struct NoObserver: Observer {
    mutating func miss() {}
    mutating func observe(
        _ type: any Message.Type, _ bytes: RawSpan, isGood: Bool, from sender: Opener, at time: Instant,
        into findings: inout [Finding]
    ) {}
}
private struct NoNode: Node {
    var deadline: Instant? { nil }
    mutating func start(now: Instant, _ out: inout [Action]) {}
    mutating func opened(_ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]) {}
    mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {}
    mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) {}
    mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) {}
    mutating func wake(now: Instant, _ out: inout [Action]) {}
}
private func definition(profiles: [String] = ["v28", "legacy"]) -> Definition {
    Definition(
        name: "test", title: "Test", transport: .tcp, requirementPrefix: "TEST", messages: [],
        configuration: .init(
            ports: [],
            profiles: profiles.map { Named($0, "") },
            parameters: [
                Parameter("network", "", choices: ["live", "dev"], preset: "dev"),
                Parameter("mode", "", choices: ["", "fast"], preset: ""),
            ],
            capabilities: []),
        reading: .init(framing: { _ in NoFraming() }),
        judging: .init(observer: { _, _ in NoObserver() }),
        playing: .init(algorithms: [], defaults: { _ in [:] }, constants: { _ in [] }),
        reference: .init(bugs: [], node: { _ in NoNode() }))
}
private func refused(_ profile: String?, _ values: [String: String]) -> SettingsError? {
    do throws(SettingsError) { _ = try definition().settings(profile: profile, values) } catch let e { return e }
    return nil
}

@Test func settingsHavePresets() throws {
    let all = try definition().settings()
    #expect(all.profile == "v28" && all["network"] == "dev" && all["mode"] == "" && all["unknown"] == "")
    let some = try definition().settings(profile: "legacy", ["network": "live"])
    #expect(some.profile == "legacy" && some["network"] == "live" && some.values.count == 2)
    #expect(try definition().settings(profile: nil, ["mode": "fast"])["mode"] == "fast")
}

@Test func unknownSettingsAreRefused() {
    #expect(refused("v99", [:])?.description == "profile: expected v28 or legacy, found `v99`")
    #expect(
        refused(nil, ["netwrk": "live"])?.description
            == "no parameter is called `netwrk`, did you mean `network`?")
    #expect(refused(nil, ["network": "moon"])?.description == "network: expected live or dev, found `moon`")
    // The error is about the first name in alphabetical order, regardless of the dictionary.
    #expect(refused(nil, ["zzz": "1", "aaa": "2", "network": "moon"])?.name == "aaa")
    // An empty value is a value, not an unknown name.
    #expect(refused(nil, ["network": ""])?.isUnknownName == false)
}
