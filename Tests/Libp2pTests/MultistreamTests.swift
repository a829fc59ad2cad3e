import Testing
import Wire

@testable import Libp2p
@testable import Node

@Suite struct MultistreamTests {
    let header = token("/multistream/1.0.0")

    /// A header and a proposal in one write, the answer, and bytes of the protocol after both give the same result at
    /// every cut.
    @Test func proposal() {
        let up = header + token("/noise") + [1, 2]
        let down = header + token("/noise") + [3]
        for pieces in Array(1...30) + [.max] {
            let seen = Watched(MultistreamLayer(), [(.us, up), (.them, down)], pieces: pieces)
            #expect(seen.items == [.becomes("/noise")])
            #expect(seen.rest == [.us: [1, 2], .them: [3]])
            #expect(seen.units.count == 4)
        }
    }
    /// After a refusal the next proposal counts, whether it arrived with the first one or after the answer.
    @Test func refusal() {
        let first = header + token("/a")
        let down = header + token("na")
        let late = Watched(
            MultistreamLayer(), [(.us, first), (.them, down), (.us, token("/b")), (.them, token("/b"))])
        let early = Watched(
            MultistreamLayer(), [(.us, first + token("/b") + [9]), (.them, down + token("/b"))])
        #expect(late.items == [.becomes("/b")] && early.items == late.items)
        #expect(early.rest[.us] == [9])
    }
    /// Bytes that look like a proposal are not read as one before the answer, and answers are not read before a
    /// proposal.
    @Test func held() {
        let lazy = Watched(MultistreamLayer(), [(.us, header + token("/a") + token("/b"))])
        #expect(lazy.units.count == 2 && lazy.rest[.us] == token("/b") && lazy.items.isEmpty)
        let answered = Watched(
            MultistreamLayer(), [(.us, header + token("/a") + token("/b")), (.them, header + token("/a"))])
        #expect(answered.items == [.becomes("/a")] && answered.rest[.us] == token("/b"))
        let early = Watched(MultistreamLayer(), [(.them, header + token("/a"))])
        #expect(early.units.count == 1 && early.rest[.them] == token("/a"))
        let inOrder = Watched(MultistreamLayer(), [(.them, header + token("/a")), (.us, header + token("/a"))])
        #expect(inOrder.items == [.becomes("/a")])
    }
    /// The answer to `ls` is a list, or `na`. Then a proposal counts.
    @Test func list() {
        for answer in ["/a\n/b", "na", "ls"] {
            let seen = Watched(
                MultistreamLayer(),
                [
                    (.us, header + token("ls")), (.them, header + token(answer)), (.us, token("/a")),
                    (.them, token("/a")),
                ])
            #expect(seen.items == [.becomes("/a")] && seen.units.count == 6)
        }
    }
    /// After another first message or another answer, the protocol of the following bytes is unknown.
    @Test func broken() {
        #expect(Watched(MultistreamLayer(), [(.us, token("/noise"))]).items == [.becomes("")])
        let odd = Watched(MultistreamLayer(), [(.us, header + token("/a")), (.them, header + token("/b"))])
        #expect(odd.items == [.becomes("")])
    }
    /// Bytes that are not a token are refused with their place.
    @Test func malformed() {
        let cases: [(String, String)] = [
            ("00", "length"), ("8100", "length"), ("036e61 0b", "end"), ("8108", "length"),
            ("ffffffffffffffffff01", "length"),
        ]
        for (bytes, path) in cases {
            let seen = Watched(MultistreamLayer(), [(.us, hex(bytes))])
            #expect(seen.refusals.first?.path == path, "\(bytes)")
        }
        let longest = token(String(repeating: "a", count: 1023))
        #expect(MultistreamToken.check(longest) == nil && longest.prefix(2) == [0x80, 0x08])
        for count in 0..<header.count {
            #expect(Watched(MultistreamLayer(), [(.us, Array(header[..<count]))]).refusals.isEmpty)
        }
    }
    private func stack(_ offers: MultistreamOffers) -> LayerStack {
        LayerStack(
            bottom: LayerName.security, layers: [.multistream(LayerName.security) { _ in offers }],
            resolve: { $0.isEmpty ? nil : $0 })
    }
    /// Two ends agree on the first proposal that the other accepts, at any cut. The header and the first proposal are
    /// sent at once.
    @Test func ends() {
        for pieces in [1, 2, 7, .max] {
            var talk = Talk(stack(MultistreamOffers(["/a", "/b", "/c"])), stack(MultistreamOffers(["/c", "/b"])))
            talk.pieces = pieces
            talk.begin()
            #expect(talk.content[.us] == [.begins("/b", speaks: "/b", in: [], by: .us)])
            #expect(talk.content[.them] == [.begins("/b", speaks: "/b", in: [], by: .them)])
            #expect(talk.sent[.us] == header + token("/a") + token("/b"))
            #expect(talk.sent[.them] == header + token("na") + token("/b"))
        }
    }
    /// The negotiation ends if there is no common protocol, or after a wrong header or a wrong answer.
    @Test func endsFail() {
        var talk = Talk(stack(MultistreamOffers(["/a"])), stack(MultistreamOffers(["/b"])))
        talk.begin()
        #expect(talk.over == [.us] && talk.names(.us) == ["refused"])
        for bytes in [token("/a"), header + token("/b"), hex("00")] {
            var end = MultistreamEnd(
                MultistreamOffers(["/a"]),
                LayerOptions(
                    .us, peer: .loopback(1), settings: Settings(profile: "", values: [:]), random: Random(seed: 1)))
            var (turn, up, at) = (LayerTurn(), LayerOutput(), 0)
            end.begin(now: .zero, &turn)
            while at < bytes.count { at += end.receive(bytes.span.bytes.extracting(at...), now: .zero, &up, &turn) }
            #expect(turn.isOver && up.items.isEmpty)
        }
    }
    /// A listener answers `ls` and several proposals in order, and leaves the bytes after the accepted one. It gives up
    /// on a silent peer after a time limit.
    @Test func listener() {
        let options = LayerOptions(
            .them, peer: .loopback(1), settings: Settings(profile: "", values: [:]), random: Random(seed: 1))
        var end = MultistreamEnd(MultistreamOffers(["/c"]), options)
        var (turn, up, at) = (LayerTurn(), LayerOutput(), 0)
        end.begin(now: .zero, &turn)
        let bytes = header + token("ls") + token("/a") + token("/c") + [7]
        while up.items.isEmpty { at += end.receive(bytes.span.bytes.extracting(at...), now: .zero, &up, &turn) }
        #expect(at == bytes.count - 1 && up.items == [.becomes("/c")] && end.deadline == nil)
        #expect(turn.down == header + token("na") + token("na") + token("/c"))
        var idle = MultistreamEnd(MultistreamOffers(["/c"]), options)
        turn = LayerTurn()
        idle.begin(now: .zero, &turn)
        idle.wake(now: idle.deadline ?? .zero, &turn)
        #expect(turn.isOver)
    }
}
