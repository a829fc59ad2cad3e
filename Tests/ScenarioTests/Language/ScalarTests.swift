import Testing

@testable import Scenario

/// The type of a field decides how a scalar is read, not the form of the scalar.
@Suite struct ScalarTests {
    /// These words have another type in YAML 1.1.
    static let traps = [
        "no", "on", "yes", "off", "y", "1:30", "1e3", "1_000", "0o17", "0b1", "2024-01-01", "+5", "-5", ".5", "5.0",
        "~", "0x",
    ]

    @Test(arguments: traps)
    func refusedAsANumber(_ word: String) {
        let d = nano("  - send: {via: c, msg: nano.node_id_handshake, fields: {version: \(word)}}")
        #expect(
            d.map(\.line) == [
                "MS0103 12:67 `\(word)` cannot be nano.node_id_handshake.version: wants a number, decimal or 0x"
            ])
        #expect(nano("  - send: {via: c, raw: 0x00, chop: \(word)}").map(\.code) == [.badValue])
    }
    @Test(arguments: traps)
    func refusedAsADuration(_ word: String) {
        #expect(nano("  - wait: \(word)").map(\.code) == [.badValue])
    }
    @Test(arguments: ["no", "on", "yes", "off", "y", "True", "TRUE", "1", "~"])
    func refusedAsATruthValue(_ word: String) {
        let d = nano(
            "  - expect: {via: c, event: closed, within: 1s}\n  - alt: [{expect: {via: c, msg: nano.keepalive, within: 1s, fields: {peers: {$any: \(word)}}}}]"
        )
        #expect(d.map(\.line) == ["MS0103 13:85 $any is true or false, this is `\(word)`"])
    }
    @Test func textStaysText() throws {
        for word in Self.traps + ["017", "null", "true", "1", "12e03", "0xff"] {
            let file = nanoFile("  - wait: 1s\n    req: NANO-16\n    label: \(word)\n    because: \(word)")
                .replacing("title: T", with: "title: \(word)").replacing("tags: [t]", with: "tags: [\(word)]")
            let s = try #require(Scenario.load(source(file), Specification.library).scenario, "\(word)")
            #expect(s.title == word)
            #expect(s.tags == [word])
            #expect(s.steps[0].label == word)
            #expect(s.steps[0].because == word)
        }
    }
    @Test func aLeadingZeroIsDecimal() throws {
        // The value is not octal and not an error: numbers are decimal or begin with 0x.
        let file = nanoFile(
            "  - open: {from: peer, to: node, as: c}\n  - send: {via: c, raw: 0x00, chop: 017}\n    req: NANO-16")
        let s = try #require(Scenario.load(source(file), Specification.library).scenario)
        guard let send = s.steps[1].verb as? SendVerb else { throw SpecificationError() }
        #expect(send.chop == 17)
    }
    @Test func emptyIsRefusedUnlessQuoted() {
        let file = nanoFile("  - wait: 1s\n    req: NANO-16\n    label:\n    because: ''")
        #expect(
            Scenario.load(source(file), Specification.library).diagnostics.map(\.line) == [
                "MS0103 13:11 label is empty"
            ])
    }
    @Test(arguments: [
        ("250us", 250_000), ("20ms", 20_000_000), ("5s", 5_000_000_000), ("2m", 120_000_000_000),
        ("1.5s", 1_500_000_000),
        ("0s", 0), ("0.000001us", 0), ("999999999999us", 999_999_999_999_000),
    ])
    func durations(_ text: String, _ nanoseconds: Int64) {
        #expect(Duration(text: text) == .nanoseconds(nanoseconds))
    }
    @Test(arguments: [
        "", "5", "s", "-5s", "+5s", "5 s", "5h", "5S", "1.s", ".5s", "1.2.3s", "1e3s", "0x5s", "9999999999999s",
        "999999999999m", "٥s",
    ])
    func noDurations(_ text: String) {
        #expect(Duration(text: text) == nil)
    }
    @Test(arguments: [
        (0, "0s"), (1_500_000_000, "1500ms"), (120_000_000_000, "2m"), (250_000, "250us"), (1_234_567, "1.2ms"),
        (-5_000_000_000, "-5s"), (-500_500, "-0.5ms"), (-1_234_567, "-1.2ms"), (Int64.min, "-9223372036854.7ms"),
    ])
    func durationsAsText(_ nanoseconds: Int64, _ text: String) {
        #expect(Duration.nanoseconds(nanoseconds).text == text)
    }
    @Test(arguments: [
        (0, "0s"), (1_500_600, "1501ms"), (59_999_000, "59999ms"), (60_000_000, "1m"), (90_999_999, "1m 30s"),
        (3_600_000_000, "1h"), (3_601_000_000, "1h"), (946_802_000_076, "10d 23h"), (475_200_000_000, "5d 12h"),
    ])
    func spokenDurationIsRounded(_ microseconds: Int, _ text: String) {
        #expect(Duration.microseconds(microseconds).spoken == text)
    }
}
