import Glibc
import Network
import Node
import TestThreads
import Testing

@testable import Scenario

/// Questions to a node under test, and controls of it.
@Suite(.waits) struct ControlTests {
    @Test(arguments: Way.allCases) func answers(_ way: Way) throws {
        let steps =
            words("a") + done(1) + "  - dut: {do: heard, as: h}\n  - assert: $(h.messages == 1 && h.kind == 'hub')\n"
        #expect(try playParcel(way, steps).told == "pass")
        #expect(try playParcel(way, steps.replacing("== 1", with: "== 2")).told.contains("not true"))
    }
    @Test(arguments: Way.allCases) func acts(_ way: Way) throws {
        let steps =
            "  - dut: {do: tell, text: good day}\n  - accept: {at: sp1, from: node, as: one, within: 2s}\n"
            + "  - expect: {via: one, msg: parcel.words, within: 2s, fields: {body: \"$(utf8('good day'))\"}}\n"
        #expect(try playParcel(way, steps, actors: OwnAddressTests.actors).told == "pass")
        #expect(
            try playParcel(way, "  - dut: {do: tell}").told
                == "error TOY-1 2: control `tell` failed: the reference node lacks this control or these arguments")
        #expect(try playParcel(way, "  - dut: {do: find}").told == "skip: needs control.find")
        let stopped = "  - dut: {do: stop}\n  - dut: {do: heard}\n"
        #expect(try playParcel(way, stopped).told.contains("no node is called node, or it is not running"))
    }
    /// A control of a remote node returns the output of the command.
    @Test func ofOthers() throws {
        let node = try RemoteDatagramTests.parcel()
        var printed = "{\"n\": 5, \"list\": [1, 2]}\n"
        var asked: [String] = []
        let carryOut: (String, [(String, String)]) -> String? = { name, arguments in
            asked.append(name + arguments.map { " \($0.0)=\($0.1)" }.joined())
            return nil
        }
        var remote = Remote(address: node.address, listen: nil, controls: ["routes"], control: carryOut)
        remote.output = { printed }
        let json = "  - dut: {do: routes, as: r, of: $(1 + 1)}\n  - assert: $(r.n == 5 && count(r.list) == 2)\n"
        #expect(try playParcel(.sockets, json, remote: remote).told == "pass")
        #expect(asked == ["routes of=2"])
        printed = "two words\n\n"
        let text = "  - dut: {do: routes, as: r}\n  - assert: $(r == 'two words')\n"
        #expect(try playParcel(.sockets, text, remote: remote).told == "pass")
    }
    /// A case that needs a fresh node restarts the node once. If that fails, the case is skipped.
    @Test func freshNode() throws {
        func told(_ controls: Set<String>, _ problem: String? = nil) throws -> (told: [String], calls: [String]) {
            var calls: [String] = []
            let restart: (String, [(String, String)]) -> String? = { name, _ in
                calls.append(name)
                return problem
            }
            let remote = Remote(address: .loopback(9), listen: nil, controls: controls, control: restart)
            let options = RunOptions(subject: .remote(remote), settings: try Definition.toy().settings(), seed: 1)
            let plain = try toy("  - wait: 1s", opens: false)
            var fresh = try toy("  - wait: 1s", more: "fresh: true", opens: false)
            fresh.id = "toy.fresh"
            var out: [CaseResult] = []
            Runner(.toy(), toyRequirements, options).simulate(Schedule([fresh, plain].flatMap(\.cases))) {
                out.append($0)
            }
            return (out.map { "\($0.id) \($0.told)" }, calls)
        }
        let good = try told(["start", "stop", "restart"])
        #expect(Set(good.told) == ["toy.fresh pass", "toy.case pass"] && good.calls == ["restart"])
        let none = try told([])
        #expect(none.calls == [] && none.told.contains("toy.case pass"))
        #expect(none.told.contains { $0.hasPrefix("toy.fresh skip: needs a node without history") })
        let bad = try told(["restart"], "exit status 3")
        #expect(bad.told.contains("toy.fresh error TOY-1 1: cannot restart node: exit status 3"))
        // Each case has its own reference node anyway.
        #expect(try play("  - wait: 1s", [], more: "fresh: true").told == "pass")
    }
    /// The runner does not read the network while a control runs. That delay is over when the next steps begin.
    @Test func slowOnesHoldUpNobodyLater() throws {
        let node = try RemoteDatagramTests.parcel()
        let slow: (String, [(String, String)]) -> String? = { _, _ in
            usleep(300_000)
            return nil
        }
        var remote = Remote(address: node.address, listen: nil, controls: ["routes"], control: slow)
        remote.output = { "" }
        let never = "  - never: {via: c, msg: parcel.done, for: 300ms}\n"
        let behind = "  - dut: {do: routes}\n" + words("a") + never
        #expect(try playParcel(.sockets, behind, remote: remote).verdict == .fail)
    }
    /// The time of a control does not excuse a wrong answer.
    @Test func slowAnswerIsAFact() throws {
        let node = try RemoteDatagramTests.parcel()
        let slow: (String, [(String, String)]) -> String? = { _, _ in
            usleep(300_000)
            return nil
        }
        var remote = Remote(address: node.address, listen: nil, controls: ["peers"], control: slow)
        remote.output = { "[{\"agent\": \"a\", \"protocols\": []}]" }
        let asked = "  - repeat: {times: 2, do: [{dut: {do: peers, as: p}}, {wait: 50ms}]}\n"
        let steps = asked + "  - assert: $(any(p, x => size(x.protocols) > 0))\n"
        #expect(try playParcel(.sockets, steps, remote: remote).told.hasPrefix("fail TOY-1 3: not true"))
    }
}
