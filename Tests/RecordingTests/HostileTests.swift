import Nano
import Node
import Scenario
import Testing
import Wire

@testable import Recording

/// Text from the wire and names of files always remain text.
struct HostileTests {
    static let texts = [
        "", " ", "null", "true", "1e3", "- a", "a: b", "# no comment", "!tag", "&anchor", "*alias", "'", "\"", "\\",
        "a\nid: other", "\u{0}\u{1b}[31m", "\u{202e}desrever\u{2069}", "\u{200b}", "$(random(3))", "a$($(b)", "$", "{}",
        "$('", "%YAML 1.2", "\u{feff}", "\u{85}\u{2028}", "\t", "...", "---", "é", "5s", "0x52", "~", "@", "`", "a #b",
        "$$(x)",
    ]
    @Test(arguments: texts)
    func text(_ text: String) throws {
        let file = """
            meshspec: 1
            id: x.y.z
            title: x
            protocol: nano
            actors:
              node: {role: dut}
            steps:
              - let: {x: \(YAMLText.foreign(text).inFlow)}
              - assert: $(utf8(x) == hex('\(Array(text.utf8).hex)'))
            """
        let formatted = try #require(Formatter.format(SourceFile(name: "x", bytes: Array(file.utf8))).text)
        for one in [file, formatted] {
            #expect(one.unicodeScalars.allSatisfy { !(0x202a...0x202e).contains($0.value) && $0.value != 0x1b })
            #expect(!one.contains("\u{200b}") && !one.contains("\u{2069}"))
            let result = try Captured.run(one, try #require(try? Definition.nano.settings()))
            #expect(result.verdict == .pass, "\(one)")
        }
    }
    /// A file may have any name.
    @Test(arguments: ["a\nid: other\n#.pcap", "\u{202e}x.pcap", "\"'.pcap", "$(genesis).pcap", "", "é ü.pcap"])
    func name(_ name: String) throws {
        let made = try Captured.recording(Captured.bug, ["127.0.0.1:39168"], name: name)
        #expect(made.text.unicodeScalars.allSatisfy { $0.value != 0x202e })
        let (scenario, problems) = Scenario.load(
            SourceFile(name: "x", bytes: Array(made.text.utf8)), Library(definitions: [.nano]))
        #expect(problems.isEmpty && scenario?.id == made.id, "\(problems.map(\.message))")
        #expect(made.id.hasPrefix("nano.recorded.") && made.id.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f })
        #expect(try Captured.run(made.text, made.settings).verdict == .pass)
    }
    /// Keys in received data are not operators.
    @Test func operators() {
        #expect(Value.map([.init("a", .list([.map([.init("$any", true)])]))]).hasOperators)
        #expect(!Value.map([.init("a", .text("$any"))]).hasOperators)
    }
    @Test func variables() {
        var first = Variables(taken: ["cookie"])
        let (a, b, c) = (first.make("cookie"), first.make("salt"), first.make("salt"))
        _ = (first.use(a), first.use(c))
        let second = Variables(after: first)
        #expect(second.kept(a) == "cookie_2" && second.kept(b) == nil && second.kept(c) == "salt")
    }
    @Test func raw() {
        var bindings = Bindings(Variables(taken: []))
        let known = [UInt8](1...16)
        bindings.bind(.bytes(known), .fixed("genesis"))
        #expect(bindings.expression(raw: [0, 1] + known + [9]).inFlow == "\"$(hex('0001') + genesis + hex('09'))\"")
        #expect(bindings.expression(raw: known).inFlow == "\"$(genesis)\"")
        #expect(bindings.expression(raw: [1, 2]).inFlow == "0x0102")
    }
    @Test func durations() {
        #expect(ScenarioWriter.window(.zero) == .seconds(5) && ScenarioWriter.window(.seconds(4)) == .seconds(15))
        #expect(ScenarioWriter.window(.seconds(100_000)) == .seconds(7200))
        #expect(ScenarioWriter.rounded(.milliseconds(263)) == .milliseconds(250))
        #expect(ScenarioWriter.rounded(.milliseconds(1980)) == .seconds(2))
    }
}
