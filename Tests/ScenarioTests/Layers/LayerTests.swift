@testable import Network
import Node
import TestLayers
import Testing
import Wire

@testable import Scenario

/// Scenarios of a protocol on a layer can use its messages, the messages of the layer, and raw bytes between them.
struct LayerTests {
    static let rules: [Rule] = [
        .on(.heard("ping"), .say("pong")), .on(.heard("big"), .say(String(repeating: "x", count: 250))),
        .on(.heard("bye"), .close), .on(.heard("odd"), .raw([9, 9])),
    ]
    /// Runs a case against a toy node in envelopes.
    func play(
        _ steps: String, carriesMessages: Bool = false, opens: Bool = true, set: (inout RunOptions) -> Void = { _ in }
    ) throws -> CaseResult {
        try playLayers(
            steps, Definition.toy(Self.rules).inEnvelopes(carriesMessages: carriesMessages), opens: opens, set: set)
    }
    static let pingPong = """
          - send: {via: c, msg: toy.say, fields: {text: ping}}
          - expect: {via: c, msg: toy.say, fields: {text: pong}, within: 1s}
        """
    static let options: [@Sendable (inout RunOptions) -> Void] = [
        { _ in }, { $0.chop = .bytes }, { $0.chop = .behind },
    ]

    @Test(arguments: [false, true], options.indices) func messages(carriesMessages: Bool, chop: Int) throws {
        let r = try play(Self.pingPong, carriesMessages: carriesMessages, set: Self.options[chop])
        #expect(r.told == "pass")
        // The trace has the units of the layer as sent, and the messages next to them.
        let names = r.lines
        #expect(names.filter { $0 == ">ping" || $0 == "<pong" } == [">ping", "<pong"])
        #expect(names.filter { $0 == "<envelope.unit" }.count == (carriesMessages ? 3 : 2))
        let wire = r.trace.filter { !$0.isCarried && $0.direction == .received }.flatMap(\.bytes)
        let end = carriesMessages ? unit(.end, 1) : []
        #expect(wire == unit(.grant) + unit(.reversed, 1, say("pong").reversed()) + end)
        #expect(r.trace.filter(\.isCarried).map(\.name) == ["toy.say", "toy.say"])
    }
    /// A message can take two units of the layer.
    @Test(arguments: [false, true]) func longMessage(carriesMessages: Bool) throws {
        let r = try play(
            """
              - send: {via: c, msg: toy.say, fields: {text: big}}
              - expect: {via: c, msg: toy.say, fields: {text: {$len: 250}}, within: 1s}
            """, carriesMessages: carriesMessages)
        #expect(r.told == "pass")
    }
    /// Each layer has its own queue. A step that expects a record in one queue takes no record of another queue.
    @Test func queues() throws {
        let r = try play(
            Self.pingPong + """

                  - expect: {via: c, msg: envelope.unit, fields: {kind: 8}, within: 1s}
                  - expect: {via: c, msg: envelope.unit, fields: {kind: 2, channel: 1}, within: 1s}
                """)
        #expect(r.told == "pass")
        let wrong = try play(
            Self.pingPong + "\n  - expect: {via: c, msg: envelope.unit, fields: {kind: 3}, within: 1s}")
        #expect(wrong.told.hasPrefix("fail TOY-1"))
    }
    /// A scenario can send the units of the layer itself. The runner then sends nothing above the layer on its own, but
    /// still decodes the messages of the node.
    @Test func byHand() throws {
        let hello = """
              - open: {from: peer, to: node, as: c, up: tcp}
              - send: {via: c, msg: envelope.unit, fields: {kind: 7}}
              - expect: {via: c, msg: envelope.unit, fields: {kind: 8}, within: 1s}
              - send: {via: c, msg: envelope.unit, fields: {kind: 1, channel: 1, body: 0x746f79}}
            """
        let r = try play(
            hello + """

                  - send: {via: c, raw: 0x020106676e}
                  - send: {via: c, raw: 0x69700401}
                  - expect: {via: c, msg: toy.say, fields: {text: pong}, within: 1s}
                  - send: {via: c, msg: envelope.unit, fields: {kind: 2, channel: 1, body: 0x676e69700401}}
                  - expect: {via: c, msg: toy.say, fields: {text: pong}, within: 1s}
                  - send: {via: c, msg: envelope.unit, fields: {kind: 3, channel: 1, count: 9, body: 0x0104}}
                  - send: {via: c, raw: 0x70696e6700000000}
                  - expect: {via: c, msg: toy.say, fields: {text: pong}, within: 1s}
                """, opens: false)
        #expect(r.told == "pass", "\(r.lines)")
    }
    /// A layer carries raw bytes: first half a message, then the rest.
    @Test func rawAbove() throws {
        let r = try play(
            """
              - send: {via: c, raw: 0x010470, above: envelope}
              - send: {via: c, raw: 0x696e67, above: envelope}
              - expect: {via: c, msg: toy.say, fields: {text: pong}, within: 1s}
            """)
        #expect(r.told == "pass", "\(r.lines)")
        #expect(r.lines.contains(">ping"))
    }
    /// Bytes of the protocol may be no valid message.
    @Test func noMessage() throws {
        let r = try play(
            """
              - send: {via: c, msg: toy.say, fields: {text: odd}}
              - expect: {via: c, raw: 0x0909, within: 1s}
            """)
        #expect(r.told == "pass", "\(r.lines)")
    }
    /// A fault applies to the layer of the message that it names. Without a name, it applies to the frames of the
    /// connection.
    @Test(arguments: [
        "{link: peer -> node, as: f, drop: {frame: 2, msg: toy.say}}",
        "{link: node -> peer, as: f, drop: {frame: 2, msg: toy.say}}",
        "{link: peer -> node, as: f, drop: {frame: 2, msg: envelope.unit}}",
        "{link: node -> peer, as: f, drop: {frame: 2}}",
    ]) func dropped(fault: String) throws {
        let r = try play(
            """
              - fault: \(fault)
            \(Self.pingPong)
              - send: {via: c, msg: toy.say, fields: {text: ping}}
              - never: {via: c, msg: toy.say, for: 1s}
              - heal: f
            \(Self.pingPong)
            """)
        #expect(r.told == "pass", "\(r.lines)")
    }
    @Test func otherFaults() throws {
        let corrupted = try play(
            """
              - fault: {link: node -> peer, as: f, corrupt: {msg: toy.say, field: text}}
              - send: {via: c, msg: toy.say, fields: {text: ping}}
              - expect: {via: c, msg: toy.say, fields: {text: {$ne: pong, $len: 4}}, within: 1s}
            """)
        #expect(corrupted.told == "pass", "\(corrupted.lines)")
        let sent = try play(
            """
              - fault: {link: peer -> node, as: f, corrupt: {msg: toy.say, field: text}}
              - send: {via: c, msg: toy.say, fields: {text: ping}}
              - never: {via: c, msg: toy.say, for: 1s}
            """)
        #expect(sent.told == "pass", "\(sent.lines)")
        let slow = try play(
            """
              - fault: {link: peer <-> node, as: f, chop: {sizes: [1], every: 1ms}}
            \(Self.pingPong)
              - fault: {link: node -> peer, as: g, delay: {by: 3s, msg: toy.say}}
              - send: {via: c, msg: toy.say, fields: {text: ping}}
              - never: {via: c, msg: toy.say, for: 2s}
              - expect: {via: c, msg: toy.say, within: 2s}
            """)
        #expect(slow.told == "pass", "\(slow.lines)")
    }
    /// The layer of the node announces the end before the node closes.
    @Test func closing() throws {
        let r = try play(
            """
              - send: {via: c, msg: toy.say, fields: {text: bye}}
              - expect: {via: c, msg: envelope.unit, fields: {kind: 8}, within: 1s}
              - expect: {via: c, msg: envelope.unit, fields: {kind: 5}, within: 1s}
              - expect: {via: c, event: closed, within: 1s}
            """)
        #expect(r.told == "pass", "\(r.lines)")
    }
    /// The layer of the runner announces the end before the runner closes. The trace has one end of the connection.
    @Test func closedByUs() throws {
        let r = try play("  - close: {via: c}")
        #expect(r.told == "pass", "\(r.lines)")
        #expect(r.lines.suffix(2) == [">envelope.unit", ">closed"])
        #expect(r.lines.filter { $0.hasSuffix("closed") } == [">closed"])
        let reset = try play("  - close: {via: c, how: reset}")
        #expect(reset.lines.last == ">reset")
        #expect(!reset.trace.contains { $0.bytes == unit(.close, 1) }, "\(reset.lines)")
    }
    /// The layer of the runner announces the end before a half-close. The runner then sees the end of the node.
    @Test func ourSideCloses() throws {
        let r = try play("  - close: {via: c, how: half}\n  - expect: {via: c, event: closed, within: 1s}")
        #expect(r.told == "pass", "\(r.lines)")
        #expect(r.trace.contains { $0.bytes == unit(.close, 1) })
        #expect(r.lines.filter { $0.hasSuffix("closed") } == [">half-closed", "<closed"])
    }
    @Test func unknownLayer() throws {
        let definition = Definition.toy().inEnvelopes()
        let (_, diagnostics) = loadToy("  - send: {via: c, raw: 0x00, above: envelop}", definition)
        #expect(diagnostics.contains { $0.line.contains("unknown layer `envelop`") }, "\(diagnostics.map(\.line))")
        let (_, plain) = loadToy("  - send: {via: c, raw: 0x00, above: envelope}")
        #expect(plain.contains { $0.line.contains("runs directly on tcp") })
    }
}
