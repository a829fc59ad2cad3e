import Network
import Node
import Testing

@testable import Scenario

/// Actors with their own addresses over UDP: the node knows them and sends to each actor where it listens.
@Suite struct OwnAddressTests {
    static let actors = """
        sp1: {role: ref, kind: hub, told: true, id: "0x0101"}
          sp2: {role: ref, kind: leaf, told: true, id: "0x0202"}
        """
    /// The node knows the peers of the scenario with their kinds, and its own kind and identity.
    @Test(arguments: Way.allCases) func told(_ way: Way) throws {
        let node = "node: {role: dut, kind: leaf, id: \"0xaabb\"}\n  "
        let steps =
            words("who")
            + "  - expect: {via: c, msg: parcel.words, within: 2s, fields: {body: \"$(utf8('leaf aabb sp1=hub=0101 sp2=leaf=0202'))\"}}\n"
        #expect(try playParcel(way, steps, actors: node + Self.actors).told == "pass")
        // If the scenario does not set them, the node has the first kind and its own identity.
        let plain =
            words("who") + "  - expect: {via: c, msg: parcel.words, within: 2s, fields: {body: \"$(utf8('hub '))\"}}\n"
        #expect(try playParcel(way, plain).told == "pass")
        #expect(
            loadParcel("  - wait: 1s", actors: "other: {role: ref, kind: hubb}").diagnostics.first?.line
                == "MS0103 9:28 unknown kind of parcel `hubb`")
    }
    /// An actor sends from the address where it listens, so that the node answers there. The first message of the node
    /// arrives on the same link.
    @Test(arguments: Way.allCases) func oneAddress(_ way: Way) throws {
        let dial = words("dial") + done(1)
        let both =
            "  - open: {from: sp1, to: node, as: one}\n" + words("a", id: 2, via: "one") + done(2, via: "one") + dial
            + "  - accept: {at: sp2, from: node, as: two, within: 2s}\n"
            + "  - expect: {via: two, msg: parcel.words, within: 2s}\n"
            // The node sends hello on the existing link to the actor that had already sent.
            + "  - expect: {via: one, msg: parcel.words, within: 2s, fields: {id: 9}}\n"
            + words("b", id: 3, via: "two") + done(3, via: "two")
        #expect(try playParcel(way, both, actors: Self.actors).told == "pass")
        // A link that opens after the node's message is the same link, and has the records that arrived.
        let late =
            dial + "  - wait: 50ms\n  - open: {from: sp1, to: node, as: one}\n"
            + "  - expect: {via: one, msg: parcel.words, within: 2s, fields: {id: 9}}\n" + words("b", id: 3, via: "one")
            + done(3, via: "one")
        #expect(try playParcel(way, late, actors: Self.actors).told == "pass")
        let twice = "  - open: {from: sp1, to: node, as: one}\n  - open: {from: sp1, to: node, as: two}\n"
        #expect(
            try playParcel(way, twice, actors: Self.actors).told
                == "error TOY-1 3: `sp1` has one address, from which link `one` leads to `node` already: close that first"
        )
        let again =
            "  - open: {from: sp1, to: node, as: one}\n  - close: {via: one}\n  - open: {from: sp1, to: node, as: one}\n"
        #expect(
            try playParcel(way, again + words("b", via: "one") + done(1, via: "one"), actors: Self.actors).told
                == "pass")
    }
    /// An actor that the node does not know sends from a separate port for each link.
    @Test(arguments: Way.allCases) func severalLinks(_ way: Way) throws {
        let steps =
            "  - open: {from: peer, to: node, as: d}\n" + words("echo" + RejoinTests.long, id: 2, via: "d")
            + "  - expect: {via: d, msg: parcel.words, within: 2s}\n" + words("a") + done(1)
        let r = try playParcel(way, steps)
        #expect(r.told == "pass")
    }
    /// The node answers a datagram that another actor sent in the name of the victim. The source is the victim's
    /// address, so the victim receives the answer.
    @Test(arguments: Way.allCases) func otherSource(_ way: Way) throws {
        let victim = "victim: {role: ref, told: false, listen: 127.0.0.2}"
        let steps =
            "  - open: {from: victim, to: node, as: v}\n" + words("big", via: "v")
            + "  - expect: {via: v, msg: parcel.words, within: 2s}\n"
            + "  - assert: $(sum(map(datagrams(v), d => d.size)) <= 3 * sum(map(sent(v), d => d.size)))\n    req: TOY-1\n"
        let r = try playParcel(way, steps, actors: victim, opens: false)
        #expect(r.told.hasPrefix("fail TOY-1 4: not true"))
        #expect(
            try playParcel(way, steps.replacing("<= 3", with: "<= 70"), actors: victim, opens: false).told == "pass")
    }
    /// Over IPv6: the node, the actors that send to it, and the peers that it knows.
    @Test(arguments: Way.allCases) func version6(_ way: Way) throws {
        let node = "node: {role: dut, listen: \"::1\"}\n  "
        let steps =
            words("dial") + done(1) + "  - accept: {at: sp1, from: node, as: one, within: 2s}\n"
            + "  - expect: {via: one, msg: parcel.words, within: 2s}\n"
            + "  - assert: $(sp1.address == hex('00000000000000000000000000000001'))\n"
        #expect(try playParcel(way, steps, actors: node + Self.actors).told == "pass")
    }
    /// Both ways give the same verdicts, here and in every other test that runs both ways.
    @Test func sameTrace() throws {
        let steps =
            words("dial") + done(1) + "  - accept: {at: sp1, from: node, as: one, within: 2s}\n"
            + "  - expect: {via: one, msg: parcel.words, within: 2s}\n"
        let traces = try Way.allCases.map { way in
            try playParcel(way, steps, actors: Self.actors).trace.map { "\($0.direction) \($0.link) \($0.name)" }
        }
        #expect(traces[0] == traces[1])
    }
}
