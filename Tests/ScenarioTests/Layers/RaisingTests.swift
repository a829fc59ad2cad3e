import Node
import TestLayers
import Testing
import Wire

@testable import Scenario

/// Layers that are established late or never.
struct RaisingTests {
    @Test(arguments: [
        (ChannelNode.Grant.keepsSilent, "1s", "envelope did not stand in time"),
        (.keepsSilent, "30s", "connection closed by its layers before envelope stood: silence"),
        (.asksBack, "1s", "envelope did not stand in time"),
        (.closes, "1s", "connection closed before envelope stood"),
    ]) func never(grant: ChannelNode.Grant, within: String, told: String) throws {
        for (more, verdict) in [("", "fail"), ("\n    else: inconc", "inconc"), ("\n    req: TOY-2", "warn")] {
            let r = try playInEnvelopes(
                "  - open: {from: peer, to: node, as: c, within: \(within)}\(more)", opens: false
            ) { _ in ChannelNode(grant) }
            #expect(r.told == "\(verdict) TOY-\(verdict == "warn" ? 2 : 1) 1: \(told)", "\(r.lines.prefix(9))")
        }
    }
    /// The step also fails if the node opens the connection.
    @Test func acceptedNever() throws {
        let r = try playInEnvelopes("  - accept: {at: peer, from: node, as: c, within: 1s}", opens: false) {
            ChannelNode(.keepsSilent, dialing: $0.peers, unit(.ask))
        }
        #expect(r.told == "fail TOY-1 1: envelope did not stand in time", "\(r.lines)")
        #expect(r.lines == ["<connection", "<envelope.unit", ">envelope.unit"])
    }
    /// Both sides may send first. The runner keeps the first message of the node.
    @Test(arguments: LayerTests.options.indices) func accepted(chop: Int) throws {
        let toy = Definition.toy([.on(.open, .say("hello")), .on(.heard("ping"), .say("pong"))]).inEnvelopes()
        let r = try playLayers(
            """
              - accept: {at: peer, from: node, as: c, within: 1s}
              - expect: {via: c, msg: toy.say, fields: {text: hello}, within: 1s}
            \(LayerTests.pingPong)
              - close: {via: c}
            """, toy, opens: false, set: LayerTests.options[chop])
        #expect(r.told == "pass", "\(r.lines)")
        #expect(r.lines.suffix(2) == [">envelope.unit", ">closed"])
    }
    /// A message that the node sent before the grant arrives after the grant.
    @Test func acceptedByHand() throws {
        let early = unit(.ask) + unit(.open, 1, Array("toy".utf8)) + unit(.plain, 1, say("early"))
        let r = try playInEnvelopes(
            """
              - accept: {at: peer, from: node, as: c, up: tcp}
              - expect: {via: c, msg: envelope.unit, fields: {kind: 7}, within: 1s}
              - send: {via: c, msg: envelope.unit, fields: {kind: 8}}
              - expect: {via: c, msg: toy.say, fields: {text: early}, within: 1s}
            """, opens: false
        ) { ChannelNode(dialing: $0.peers, early) }
        #expect(r.told == "pass", "\(r.lines)")
    }
    /// A layer with an end message sends it. A node that waits for more can then end the connection in time.
    @Test func nodeGivesUp() throws {
        let toy = Definition.toy([]).inEnvelopes()
        let r = try playLayers(
            """
              - accept: {at: peer, from: node, as: c, up: tcp}
              - expect: {via: c, msg: envelope.unit, fields: {kind: 7}, within: 1s}
              - expect: {via: c, event: closed, window: 19s .. 21s}
            """, toy, opens: false)
        #expect(r.told == "pass", "\(r.lines)")
    }
}
