import Node
import TestThreads
import Testing

@testable import Scenario
@testable import meshspec

/// The command of a node that starts for each case.
@Suite(.waits) struct NodeTemplatesTests {
    static let templates = NodeTemplates(["hub": "--hub {id}@{address}", "any": "--peer {name}:{kind}:{host}:{port}"])

    func setup(_ name: String = "a", kind: String? = "hub") -> NodeSetup {
        let one = NodeOptions.Acquaintance(name: name, endpoint: .loopback(5), kind: kind, identity: [1, 0xab])
        let six = NodeOptions.Acquaintance(name: "b", endpoint: Endpoint(high: 0, low: 1, port: 6), kind: "leaf")
        return NodeSetup(name: "node", kind: "leaf", identity: [2], acquaintances: [one, six])
    }
    @Test func fill() {
        let parts = Self.templates.parts(setup())
        let filled = ShellTemplate("run {kind} {id} {peers} {address}").filled { parts[$0] }
        #expect(filled.shown == "run leaf 0x02 --hub 0x01ab@127.0.0.1:5 --peer b:leaf:::1:6 {address}")
        // The shell parses no part of the values.
        #expect(
            filled.command.hasPrefix(
                "run \"${MESHSPEC_ARG_kind}\" \"${MESHSPEC_ARG_id}\" --hub \"${MESHSPEC_ARG_peer1_id}\"@\"${MESHSPEC_ARG_peer1_address}\" "
            ))
        #expect(filled.variables["MESHSPEC_ARG_peer2_host"] == "::1" && filled.variables.count == 8)
        // Values that a case does not set are empty.
        let none = Self.templates.parts(NodeSetup(name: "node", kind: nil, identity: nil, acquaintances: []))
        #expect(ShellTemplate("run {kind} {id} {peers}").filled { none[$0] }.command == "run   ")
        #expect(Self.templates.refusal(setup()) == nil)
        // `p.1` is an actor of a crowd.
        #expect(Self.templates.refusal(setup("p.1")) == nil)
        #expect(NodeTemplates.isForCases("x {peers}") && !NodeTemplates.isForCases("x {address}"))
    }
    /// The command refuses texts of a scenario that a shell could interpret.
    @Test(arguments: ["a;b", "$(x)", "a b", "'", "a\n", "ä", "`", "a|b", "a>b"]) func words(_ word: String) {
        #expect(Self.templates.refusal(setup(word))?.contains("cannot be used in a command") == true)
        #expect(Self.templates.refusal(setup(kind: word))?.contains("cannot be used in a command") == true)
    }
    @Test func notTold() {
        let none = NodeTemplates(["leaf": "x"])
        #expect(none.refusal(setup()) == "`told` of the target file has no text for a hub")
    }
}
