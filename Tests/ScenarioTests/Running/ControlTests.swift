import Glibc
import Network
import Node
import Testing

@testable import Scenario

/// What a node is asked and told by its own side.
@Suite struct ControlTests {
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
                == "error TOY-1 2: control `tell` failed: the reference node does not know it, or not like this")
        #expect(try playParcel(way, "  - dut: {do: find}").told == "skip: needs control.find")
        let stopped = "  - dut: {do: stop}\n  - dut: {do: heard}\n"
        #expect(try playParcel(way, stopped).told.contains("no node is called node, or it does not run"))
    }
    /// Of a node elsewhere, what the command printed.
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
    /// While a control is carried out nobody looks at the network: that is over when the steps behind it begin.
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
}
