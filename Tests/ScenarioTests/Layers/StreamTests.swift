import Node
import TestLayers
import Testing
import Wire

@testable import Scenario

/// `stream:` makes a channel of a layer a link.
struct StreamTests {
    func play(_ steps: String, carriesMessages: Bool = false, set: (inout RunOptions) -> Void = { _ in }) throws
        -> CaseResult
    {
        try playInEnvelopes(steps, carriesMessages: carriesMessages, set: set) { _ in ChannelNode() }
    }
    static let both = """
          - open: {stream: c, as: s, within: 1s}
          - send: {via: s, msg: toy.say, fields: {text: a}}
          - send: {via: c, msg: toy.say, fields: {text: b}}
          - expect: {via: c, msg: toy.say, fields: {text: b!}, within: 1s}
          - expect: {via: s, msg: toy.say, fields: {text: a!}, within: 1s}
        """

    @Test(arguments: LayerTests.options.indices) func opened(chop: Int) throws {
        let r = try play(
            Self.both + """

                  - close: {via: s}
                  - send: {via: c, msg: toy.say, fields: {text: d}}
                  - expect: {via: c, msg: toy.say, fields: {text: d!}, within: 1s}
                """, set: LayerTests.options[chop])
        #expect(r.told == "pass", "\(r.lines)")
        let ofStream = r.trace.filter { $0.link == "s" }
        #expect(ofStream.allSatisfy { $0.isCarried && $0.connection == 0 })
        #expect(ofStream.map(\.name) == ["connection", "toy.say", "toy.say", "closed"])
        let sent = r.trace.filter { !$0.isCarried && $0.direction == .sent }.flatMap(\.bytes)
        let opened = unit(.ask) + unit(.open, 1, Array("toy".utf8)) + unit(.open, 3, Array("toy".utf8))
        let said = unit(.reversed, 3, say("a").reversed()) + unit(.reversed, 1, say("b").reversed())
        #expect(sent == opened + said + unit(.close, 3) + unit(.reversed, 1, say("d").reversed()))
    }
    /// Raw bytes without the name of a layer are sent on the channel.
    @Test func raw() throws {
        let r = try play(
            """
              - open: {stream: c, as: s}
              - send: {via: s, raw: 0x010161}
              - expect: {via: s, msg: toy.say, fields: {text: a!}, within: 1s}
              - send: {via: s, raw: 0x0102, above: envelope}
              - expect: {via: c, msg: envelope.unit, fields: {kind: 8}, within: 1s}
            """)
        #expect(r.told == "pass", "\(r.lines)")
        #expect(r.trace.contains { $0.direction == .sent && $0.bytes == unit(.reversed, 3, [2, 1]) })
    }
    /// The channel also receives records that arrived before the step took it.
    @Test(arguments: ["", "  - wait: 1s\n"]) func openedByTheNode(wait: String) throws {
        let r = try play(
            """
              - send: {via: c, msg: toy.say, fields: {text: open}}
            \(wait)  - accept: {stream: c, as: s, within: 1s}
              - expect: {via: s, msg: toy.say, fields: {text: hi}, within: 1s}
              - send: {via: s, msg: toy.say, fields: {text: x}}
              - expect: {via: s, msg: toy.say, fields: {text: x!}, within: 1s}
              - send: {via: s, msg: toy.say, fields: {text: end}}
              - expect: {via: s, event: closed, within: 1s}
              - send: {via: c, msg: toy.say, fields: {text: y}}
              - expect: {via: c, msg: toy.say, fields: {text: y!}, within: 1s}
            """)
        #expect(r.told == "pass", "\(r.lines)")
    }
    @Test(arguments: ["", "  - wait: 1s\n"]) func unknownProtocol(wait: String) throws {
        let r = try play(
            """
              - send: {via: c, msg: toy.say, fields: {text: other}}
            \(wait)  - accept: {stream: c, as: s, proto: what, within: 1s}
              - expect: {via: s, raw: 0x0909, within: 1s}
              - send: {via: s, raw: 0x0203}
              - expect: {via: s, raw: 0x0203, within: 1s}
              - open: {stream: c, as: t, proto: more}
              - send: {via: t, raw: 0x05}
              - expect: {via: t, raw: 0x05, within: 1s}
            """)
        #expect(r.told == "pass", "\(r.lines)")
    }
    /// The runner ends its side of a channel, then the node ends its side. The connection remains open.
    @Test func ourSideCloses() throws {
        let r = try play(
            """
              - open: {stream: c, as: s, within: 1s}
              - send: {via: s, msg: toy.say, fields: {text: end}}
              - close: {via: s, how: half}
              - expect: {via: s, event: closed, within: 1s}
              - close: {via: s}
              - never: {via: c, event: closed, for: 1s}
            """)
        #expect(r.told == "pass", "\(r.lines)")
        #expect(r.trace.filter { $0.link == "s" }.map(\.name) == ["connection", "toy.say", "closed", "closed"])
        #expect(r.trace.filter { $0.bytes == unit(.close, 3) }.count == 2)
    }
    @Test(
        arguments: [
            ("  - accept: {stream: c, as: s, within: 1s}", "fail TOY-1 2: the node opened no channel in time"),
            (
                "  - send: {via: c, msg: toy.say, fields: {text: other}}\n  - accept: {stream: c, as: s, proto: toy, within: 1s}",
                "fail TOY-1 3: the node opened no channel in time"
            ),
            (
                "  - open: {stream: c, as: s}\n  - close: {via: s}\n  - send: {via: s, raw: 0x00}",
                "error TOY-1 4: the scenario itself has closed link `s`"
            ),
            (
                "  - open: {stream: c, as: s}\n  - close: {via: s, how: half}\n  - send: {via: s, raw: 0x00}",
                "error TOY-1 4: the scenario itself has closed its side of link `s`"
            ),
            (
                "  - open: {stream: c, as: s}\n  - close: {via: c}\n  - send: {via: s, raw: 0x00}",
                "error TOY-1 4: the scenario itself has closed link `s`"
            ),
            (
                "  - open: {stream: c, as: s}\n  - never: {via: s, msg: envelope.unit, for: 1s}",
                "error TOY-1 3: link `s` is a channel of envelope: use its parent link for messages of envelope"
            ),
            (
                "  - send: {via: c, msg: envelope.unit, fields: {kind: 5, channel: 1}}\n"
                    + "  - expect: {via: c, msg: any, order: any, event: closed, within: 1s}",
                ""
            ),
            (
                "  - send: {via: c, msg: toy.say, fields: {text: many}}\n  - expect: {via: c, msg: toy.say, within: 9s}",
                "inconc TOY-1 3: the node has more than 4096 channels open at a time"
            ),
        ].filter { !$0.1.isEmpty }) func refused(steps: String, told: String) throws
    {
        let r = try play(steps)
        #expect(r.told == told, "\(r.lines.prefix(20))")
        #expect(r.trace.count < 100)
    }
    /// The end of the connection also ends its channels.
    @Test func connectionEnds() throws {
        let r = try play(
            """
              - open: {stream: c, as: s}
              - send: {via: c, msg: envelope.unit, fields: {kind: 5, channel: 1}}
              - expect: {via: s, event: closed, within: 1s}
              - open: {stream: c, as: t}
            """)
        #expect(r.told == "inconc TOY-1 5: connection closed before this could be opened", "\(r.lines)")
    }
    /// Without layers of the runner, a scenario cannot open or end a channel, but it can take a channel that the node
    /// opens.
    @Test func byHand() throws {
        let hello = """
              - open: {from: peer, to: node, as: c, up: tcp}
              - send: {via: c, msg: envelope.unit, fields: {kind: 1, channel: 1, body: 0x746f79}}
            """
        let taken = try playInEnvelopes(
            hello + """

                  - send: {via: c, msg: envelope.unit, fields: {kind: 3, channel: 1, body: 0x01046f70656e}}
                  - accept: {stream: c, as: s, within: 1s}
                  - expect: {via: s, msg: toy.say, fields: {text: hi}, within: 1s}
                  - send: {via: c, msg: envelope.unit, fields: {kind: 3, channel: 8, body: 0x010178}}
                  - expect: {via: s, msg: toy.say, fields: {text: x!}, within: 1s}
                """, opens: false
        ) { _ in ChannelNode() }
        #expect(taken.told == "pass", "\(taken.lines)")
        let opened = try playInEnvelopes(hello + "\n  - open: {stream: c, as: s}", opens: false) { _ in ChannelNode() }
        #expect(
            opened.told
                == "error TOY-1 3: no layer that the harness runs on link `c` opens channels: send its messages"
        )
    }
    /// A fault for messages counts in each channel separately. A fault for units counts on the connection.
    @Test func faults() throws {
        let each = try play(
            """
              - fault: {link: peer -> node, as: f, drop: {frame: 2, msg: toy.say}}
            \(Self.both)
              - send: {via: s, msg: toy.say, fields: {text: lost}}
              - send: {via: s, msg: toy.say, fields: {text: e}}
              - expect: {via: s, msg: toy.say, fields: {text: e!}, within: 1s}
            """)
        #expect(each.told == "pass", "\(each.lines)")
        let units = try play(
            """
              - open: {stream: c, as: s}
              - fault: {link: node -> peer, as: f, drop: {frame: 1, msg: envelope.unit}}
              - send: {via: s, msg: toy.say, fields: {text: lost}}
              - send: {via: s, msg: toy.say, fields: {text: e}}
              - expect: {via: s, msg: toy.say, fields: {text: e!}, within: 1s}
            """)
        #expect(units.told == "pass", "\(units.lines)")
    }
    @Test(arguments: [
        ("  - open: {stream: c, from: peer, to: node, as: s}", "open has either `from` and `to`, or `stream`"),
        ("  - open: {as: s}", "open has either `from` and `to`, or `stream`"),
        ("  - open: {from: peer, as: s}", "`from` needs `to`"),
        ("  - open: {stream: c, as: s, up: envelope}", "`up` needs `from`, not `stream`"),
        ("  - open: {stream: c, as: s, target: /a}", "`target` needs `from`, not `stream`"),
        ("  - accept: {stream: c, as: s, since: $(1)}", "`since` needs `at`, not `stream`"),
        ("  - accept: {at: peer, from: node, as: s, proto: x}", "`proto` needs `stream`"),
        ("  - open: {stream: x, as: s}", "unknown link `x`"),
    ]) func wrongly(step: String, told: String) {
        let (_, diagnostics) = loadToy(step, Definition.toy().inEnvelopes())
        #expect(diagnostics.contains { $0.line.contains(told) }, "\(diagnostics.map(\.line))")
    }
    @Test func withoutLayers() {
        let (_, diagnostics) = loadToy("  - open: {stream: c, as: s}")
        #expect(diagnostics.contains { $0.line.contains("toy runs directly on tcp: `stream` has no effect") })
    }
    /// Layers can be nested. Each end has the role of the side that opened the channel.
    @Test func channelsInChannels() throws {
        let settings = try Definition.toy().settings()
        let plan = LayerEnds.Plan(.envelope(carriesMessages: false), peer: .loopback(1), settings, Random(seed: 1))
        var ours = try #require(LayerEnds(plan, .us)), theirs = try #require(LayerEnds(plan, .them))
        var came: [LayerContent] = []
        /// Passes on the bytes for the lower layer until none are left.
        func exchange(_ first: [UInt8]) {
            var down = first
            var isOurs = true
            while !down.isEmpty {
                var turn = LayerTurn()
                if isOurs {
                    theirs.receive(down.span.bytes, at: .zero, into: &came, in: &turn)
                } else {
                    ours.receive(down.span.bytes, at: .zero, into: &came, in: &turn)
                }
                down = turn.down
                isOurs.toggle()
            }
        }
        var turn = LayerTurn()
        ours.begin(.zero, &turn)
        exchange(turn.down)
        #expect(ours.isUp && theirs.isUp)
        turn = LayerTurn()
        let path = try #require(ours.open("envelope", in: [], .zero, &turn))
        #expect(path == [ChannelID(3)] && !ours.isUp(in: path[...]))
        exchange(turn.down)
        #expect(ours.isUp(in: path[...]) && theirs.isUp(in: path[...]))
        turn = LayerTurn()
        let inner = try #require(ours.open("toy", in: path[...], .zero, &turn))
        #expect(inner == [ChannelID(3), ChannelID(3)])
        #expect(ours.send(say("deep"), kind: 0, into: "toy", in: inner[...], .zero, &turn))
        came = []
        exchange(turn.down)
        #expect(came == [.begins("toy", speaks: "toy", in: inner, by: .them), .bytes("toy", say("deep"), in: inner)])
        turn = LayerTurn()
        #expect(ours.close(inner[...], isReset: false, .zero, &turn))
        #expect(turn.down == unit(.reversed, 3, unit(.close, 3).reversed()))
        #expect(!ours.close([], isReset: false, .zero, &turn))
    }
    /// The ends of a connection read a limited number of channels.
    @Test func manyChannels() throws {
        let settings = try Definition.toy().settings()
        let plan = LayerEnds.Plan(.envelope(carriesMessages: false), peer: .loopback(1), settings, Random(seed: 1))
        var ends = try #require(LayerEnds(plan, .them))
        var came: [LayerContent] = []
        var turn = LayerTurn()
        let many = unit(.many, 0, [1, 0x86, 0xa0])
        ends.receive(many.span.bytes, at: .zero, into: &came, in: &turn)
        #expect(came.count == LayerEnds.channelLimit)
    }
}
