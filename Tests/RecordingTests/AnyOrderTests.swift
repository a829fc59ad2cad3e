import DXOS
import Network
import Node
import Scenario
import Testing
import Wire

@testable import Recording

/// Messages that a node may say in another order than it did in the capture.
struct AnyOrderTests {
    private static let captures = [("two-peers", "48080", "js-2023"), ("go-behaviour", "48083", "go")]

    /// Whatever order the reference node answers in, it comes to one and the same place.
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
    /// What the rules say of the order.
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
        // Answers of two calls; the stream that is ready before what it brings; of two peers either.
        #expect(!place(1).isFixed(to: place(2)) && place(nil).isFixed(to: place(0)))
        #expect(place(1).isFixed(to: place(1, came(7))))
        #expect(!place(1, came(7)).isFixed(to: place(1, came(8))) && place(1, came(7)).isFixed(to: place(1, came(7))))
    }
}
