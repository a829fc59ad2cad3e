import Network
import Node
import Testing

@testable import Scenario

/// Messages that take several datagrams are split and rejoined, over sockets and in virtual time alike.
@Suite struct RejoinTests {
    static let long = String(repeating: "x", count: 96)

    /// The runner sees both: each datagram with its header, and the rejoined message.
    @Test(arguments: Way.allCases) func partsAndWhole(_ way: Way) throws {
        let echo = "echo" + Self.long
        let answer = """
              - expect: {via: c, msg: parcel.words, within: 2s, fields: {id: 200, body: "$(utf8('\(echo)'))"}}
              - expect: {via: c, msg: parcel.part, within: 2s, order: any, fields: {index: 0, count: 2, total: 100, piece: {$len: 92}}}
              - assert: $(all(datagrams(c), d => d.size <= 100) && count(datagrams(c)) == 2)
              - assert: $(seen(c, 'parcel.part', p => p.index == 1) && count(records(c, 'any')) == 1)
            """
        let r = try playParcel(way, words(echo, limit: 40) + answer)
        #expect(r.told == "pass")
        // The trace has the sent message, which is not on the wire, and its four datagrams.
        let sent = r.trace.filter { $0.direction == .sent }
        #expect(sent.map(\.name) == ["connection", "parcel.words"] + Array(repeating: "parcel.part", count: 4))
        #expect(sent.map(\.isCarried) == [false, true, false, false, false, false])
        let came = r.trace.filter { $0.direction == .received }
        #expect(came.map(\.name).sorted() == ["parcel.part", "parcel.part", "parcel.words"])
        #expect(came.filter(\.isCarried).map(\.name) == ["parcel.words"])
        #expect(came.filter { !$0.isCarried }.map(\.bytes.count).sorted() == [16, 100])
        #expect(
            try playParcel(
                way, words(echo, limit: 40) + answer.replacing("count: 2, total: 100", with: "count: 3, total: 100")
            )
            .told.contains("no parcel.part like this within 2s"))
    }
    /// The parts of a message may arrive in any order, more than once, and mixed with parts of another message.
    @Test(arguments: Way.allCases) func builtAndSentOtherwise(_ way: Way) throws {
        let build = """
              - build: {as: a, msg: parcel.words, limit: 20, fields: {id: 1, sum: "$(parcel.sum(utf8('\(Self.long)')))", body: "$(utf8('\(Self.long)'))"}}
              - build: {as: b, msg: parcel.words, limit: 60, fields: {id: 2, sum: "$(parcel.sum(utf8('\(Self.long)')))", body: "$(utf8('\(Self.long)'))"}}
              - assert: $(count(a) == 8 && count(b) == 2 && size(a.first) == 20)

            """
        let hole =
            "  - send: {via: c, raw: [$(a.last), \"$(at(b, 2))\", \"$(at(a, 2))\", $(a.first), $(a.first), \"$(at(a, 3))\"]}\n"
        let never = "  - never: {via: c, msg: any, for: 50ms}\n"
        // The complete message, sent again, fills the gaps.
        #expect(
            try playParcel(way, build + hole + never + "  - send: {via: c, raw: $(a)}\n" + done(1) + never).told
                == "pass")
        // A late part of the other message completes it.
        #expect(
            try playParcel(way, build + hole + never + "  - send: {via: c, raw: \"$(at(b, 1))\"}\n" + done(2)).told
                == "pass")
        // A changed byte in a part invalidates the message.
        let bad = "  - send: {via: c, raw: [\"$(at(b, 1))\", \"$(flip(at(b, 2), 12))\"]}\n"
        #expect(try playParcel(way, build + bad + never).told == "pass")
        #expect(try playParcel(way, build + bad + done(2)).told.contains("no parcel.done like this within 2s"))
    }
    /// The report names missing parts. A part alone breaks `never: {msg: any}`.
    @Test(arguments: Way.allCases) func lostParts(_ way: Way) throws {
        let lost =
            "  - fault: {link: node -> peer, as: f, drop: {msg: parcel.words, frame: 3}}\n" + words("big")
        let waits = "  - expect: {via: c, msg: parcel.words, within: 200ms}\n"
        #expect(
            try playParcel(way, lost + waits).told
                == "fail TOY-1 4: no parcel.words within 200ms (of some messages parts are missing: 200: 6 of 7 parts)")
        let never = "  - never: {via: c, msg: any, for: 200ms}\n"
        #expect(try playParcel(way, lost + never).told == "fail TOY-1 4: parcel.part came, which must not")
        let forbids = "  - never: {via: c, msg: parcel.words, for: 200ms}\n"
        #expect(try playParcel(way, lost + forbids).told == "pass")
    }
    /// A part that contradicts the others counts as bytes that are no message. The report has the reason.
    @Test(arguments: Way.allCases) func refused(_ way: Way) throws {
        let corrupt =
            "  - fault: {link: node -> peer, as: f, corrupt: {msg: parcel.part, frame: 2, field: sum}}\n" + words("big")
            + "  - expect: {via: c, msg: parcel.words, within: 1s}\n"
        let r = try playParcel(way, corrupt)
        #expect(r.told.hasPrefix("fail TOY-1 4: unexpected bytes that are no message instead of parcel.words"))
    }
    /// A scenario can read the sent bytes, so that a repetition has the same bytes.
    @Test(arguments: Way.allCases) func functions(_ way: Way) throws {
        let twice =
            words("echo" + Self.long) + "  - expect: {via: c, msg: parcel.words, within: 2s}\n"
            + "  - send: {via: c, raw: $(sent(c).first.bytes)}\n"
            + "  - expect: {via: c, msg: parcel.words, within: 2s}\n"
        let same = """
              - let: {parts: "$(filter(datagrams(c), d => slice(d.bytes, 1, 2) == hex('01')))"}
              - assert: $(count(parts) == 4 && count(filter(parts, p => p.bytes == parts.first.bytes)) == 2)
              - assert: $(sum(map(sent(c), d => d.size)) == 216 && at(sent(c), 1).at <= at(sent(c), 2).at)
              - assert: $(sum(map(datagrams(c), d => d.size)) <= 2 * sum(map(sent(c), d => d.size)))
            """
        #expect(try playParcel(way, twice + same).told == "pass")
        #expect(try playParcel(way, twice + same.replacing("== 216", with: "== 217")).told.contains("not true"))
        #expect(
            try playParcel(way, "  - assert: $(count(datagrams('d')) == 0)").told
                == "error TOY-1 2: datagrams: link `d` does not carry datagrams")
    }
    /// Other ways to cut and to order the sent bytes give the same verdict, unless the node relies on them.
    @Test(arguments: Way.allCases, [nil, .small, .reversed] as [Chop?]) func chop(_ way: Way, _ chop: Chop?) throws {
        let steps =
            words("echo" + Self.long)
            + "  - expect: {via: c, msg: parcel.words, within: 2s, fields: {body: {$len: 100}}}\n"
        #expect(try playParcel(way, steps, chop: chop).told == "pass")
        let r = try playParcel(way, steps, bug: "tiny", chop: chop)
        #expect(r.verdict == (chop == .small ? .fail : .pass))
    }
    @Test func variants() {
        #expect(Chop.variants(of: .parcel) == [.small, .reversed])
        #expect(Chop.variants(of: .toy()) == [.bytes, .before, .behind, .coalesced])
        var plain = Definition.toy()
        plain.transport = .udp
        #expect(Chop.variants(of: plain).isEmpty)
    }

    /// A setting that has no meaning for datagrams is a mistake of the scenario. The diagnostic has its place.
    @Test(arguments: [
        (
            "  - send: {via: c, raw: 0x00, chop: 3}", "12:37",
            "a datagram cannot arrive in pieces: `chop` is for protocols over TCP"
        ),
        (
            "  - fault: {link: peer -> node, as: f, chop: {sizes: 3}}", "12:46",
            "a datagram has no pieces: `chop` is for protocols over TCP"
        ),
        (
            "  - send: {via: c, msg: parcel.words, limit: 15}", "12:46",
            "`limit` is a number of bytes from 16 to 256"
        ),
        ("  - send: {via: c, raw: 0x00, limit: 20}", "12:", "`limit` is for messages, not for `raw`"),
        ("  - build: {msg: parcel.words}", "12:", "build needs `as`"),
        ("  - build: {as: a, msg: parcel.word}", "12:25", "unknown message `parcel.word`"),
    ])
    func mistakes(_ steps: String, _ place: String, _ told: String) {
        let errors = loadParcel(steps).diagnostics.filter { $0.severity == .error }
        #expect(errors.count == 1)
        #expect(errors.first?.message.contains(told) == true, "\(errors.map(\.line))")
        #expect(errors.first?.place.hasPrefix(place) == true, "\(errors.map(\.line))")
    }
    @Test func noLimitElsewhere() {
        #expect(
            loadToy("  - send: {via: c, msg: toy.say, limit: 20}").diagnostics.map(\.line).first?.contains(
                "no message of toy takes several datagrams: `limit` has no effect") == true)
    }
}
