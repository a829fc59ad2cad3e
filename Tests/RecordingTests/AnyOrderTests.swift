import DXOS
import Network
import Node
import Scenario
import Testing
import Wire

@testable import Recording

/// Messages that a node may send in another order than in the capture.
struct AnyOrderTests {
    private static let captures = [("two-peers", "48080", "js-2023"), ("go-behaviour", "48083", "go")]

    /// The reference node reaches the same end, regardless of the order of its answers.
    @Test(arguments: captures)
    func seeds(name: String, port: String, build: String) throws {
        let made = try Captured.recording("dxos/dxos-signal-\(name).pcap", ["127.0.0.1:" + port])
        #expect(made.text.contains("- alt:"), "\(made.text)")
        let (scenario, problems) = Scenario.load(
            SourceFile(name: "recorded.yaml", bytes: Array(made.text.utf8)), Library(definitions: Captured.protocols))
        #expect(problems.isEmpty, "\(problems.map(\.message))")
        let settings = try Definition.dxos.settings(["build": build, "encoding": "canonical", "grace": "2s"])
        var ends: Set<String> = []
        for seed in 1...40 as ClosedRange<UInt64> {
            let options = RunOptions(subject: .builtIn(bug: nil), settings: settings, seed: seed)
            Runner(.dxos, RequirementList(), options).simulate(Schedule(try #require(scenario).cases)) {
                ends.insert("\($0.verdict) \($0.step) \(Fingerprint.of($0))")
            }
        }
        #expect(ends.count == 1, "\(ends.sorted())")
    }
    /// The rules about the order of messages.
    @Test func order() throws {
        let order = try #require(Definition.dxos.recording.order)
        func place(_ id: UInt64?, _ payload: Value? = nil) -> MessageOrder {
            var response: [Value.Entry] = []
            if let id { response.append(.init("id", .uint(id))) }
            if let payload { response.append(.init("payload", payload)) }
            return order("dxos.response", .map([.init("response", .map(response))]))
        }
        func came(_ peer: UInt8) -> Value {
            let available = Value.map([.init("peer", .bytes([peer]))])
            return .map([.init("swarm_event", .map([.init("peer_available", available)]))])
        }
        // The order of answers to two calls is free. The ready message of a stream precedes its contents. The order of
        // two peers is free.
        #expect(!place(1).isFixed(to: place(2)) && place(nil).isFixed(to: place(0)))
        #expect(place(1).isFixed(to: place(1, came(7))))
        #expect(!place(1, came(7)).isFixed(to: place(1, came(8))) && place(1, came(7)).isFixed(to: place(1, came(7))))
    }
}
