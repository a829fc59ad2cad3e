import Gossipsub
import Libp2p
import Node
import Testing
import Wire

@testable import Capture

/// A connection over plaintext and yamux, segment by segment: the data of both sides, captured or missing.
private struct MuxedTalk {
    private let wire = Wire2()
    private var said = (up: 0, down: 0)
    private(set) var segments: [Tap] = []

    init() {
        segments = wire.opening
        for (isClient, seed) in [(true, UInt8(1)), (false, 2)] {
            let exchange = PlaintextExchange(Identity(seed: [UInt8](repeating: seed, count: 32))).encoded()
            send(isClient, Self.agreed("/plaintext/2.0.0") + exchange + Self.agreed("/yamux/1.0.0"))
        }
    }
    static func agreed(_ id: String) -> [UInt8] {
        MultistreamToken("/multistream/1.0.0").encoded() + MultistreamToken(id).encoded()
    }
    /// Adds a segment that acknowledges everything that the other side has sent.
    mutating func send(_ isClient: Bool, _ bytes: [UInt8], isCaptured: Bool = true, _ flags: TCPFlags = .acknowledges) {
        var tap =
            isClient ? wire.say(bytes, at: said.up, flags) : wire.answer(bytes, at: said.down, received: said.up, flags)
        if isClient {
            tap.acknowledgement &+= UInt32(said.down)
            said.up += bytes.count
        } else {
            said.down += bytes.count
        }
        if isCaptured { segments.append(tap) }
    }
    /// Adds a data frame of stream 1. `flags`: 1 SYN, 2 ACK, 4 FIN, 8 RST.
    mutating func frame(_ isClient: Bool, _ bytes: [UInt8], _ flags: UInt16 = 0, isCaptured: Bool = true) {
        var frame = YamuxFrame(.data, flags: flags, stream: 1, length: UInt32(bytes.count))
        frame.payload = Bytes(bytes)
        send(isClient, frame.encoded(), isCaptured: isCaptured)
    }
    /// Returns the requirements that the findings name, with a question mark after a warning. A violation without a
    /// requirement gives an empty text.
    func told(_ segments: [Tap]? = nil) -> [String] {
        let kept = tap(segments ?? self.segments, .ethernet, [.gossipsub], reading: ReadingOptions(scrutiny: .content))
            .0
        return kept.records.flatMap(\.notes).compactMap { note in
            guard note.severity == .violation || note.severity == .warning && note.requirement != nil else {
                return nil
            }
            return (note.requirement ?? "") + (note.severity == .violation ? "" : "?")
        }
    }
}

/// Tests of the rules of a single stream, for streams that were seen completely, in part, or in another order.
struct GossipsubStreamTests {
    /// A stream of an unknown protocol is not a malformed negotiation, even if data follows the proposal at once.
    @Test func acceptsDataAfterProposalOfUnknownProtocol() {
        var talk = MuxedTalk()
        talk.frame(true, MuxedTalk.agreed("/ipfs/kad/1.0.0") + [45] + [UInt8](repeating: 9, count: 45), 1)
        talk.frame(false, MuxedTalk.agreed("/ipfs/kad/1.0.0"), 2)
        talk.frame(true, [], 4)
        talk.frame(false, [1, 2, 3], 4)
        #expect(talk.told() == [])
        #expect(tap(talk.segments, .ethernet, [.gossipsub]).1.hiddenBytes == 49)
    }
    /// A side may end its direction before it receives the answer to its proposal. meshspec still reads its data.
    @Test func readsDataOfSideThatEndsBeforeTheAnswer() {
        var talk = MuxedTalk()
        talk.frame(true, MuxedTalk.agreed(ProtocolID.rendezvous) + Self.discover, 1 | 4)
        talk.frame(false, MuxedTalk.agreed(ProtocolID.rendezvous) + Self.found, 2 | 4)
        let (kept, _) = tap(talk.segments, .ethernet, [.gossipsub])
        #expect(kept.records.count { $0.path.hasSuffix("libp2p.rendezvous") && $0.kind == .message } == 2)
        #expect(kept.records.flatMap(\.notes).isEmpty)
    }
    /// Data that follows an unanswered proposal may be complete. It gets one finding of severity info.
    @Test func reportsDataAfterUnansweredProposalAsInfo() {
        var talk = MuxedTalk()
        talk.frame(true, MuxedTalk.agreed(ProtocolID.rendezvous) + Self.discover, 1)
        talk.send(true, [], [.fin, .acknowledges])
        talk.send(false, [], [.fin, .acknowledges])
        let notes = tap(talk.segments, .ethernet, [.gossipsub]).0.records.flatMap(\.notes)
        #expect(notes.map(\.severity) == [.info] && notes[0].text.contains("follow a proposal without an answer"))
    }
    /// Without the proposal, the protocol that the answer accepts is unknown. meshspec reads nothing of the stream.
    @Test func readsNothingWithoutTheProposal() {
        var talk = MuxedTalk()
        talk.frame(true, MultistreamToken("/multistream/1.0.0").encoded(), 1)
        talk.frame(true, MultistreamToken(ProtocolID.rendezvous).encoded() + Self.discover, isCaptured: false)
        talk.frame(false, MuxedTalk.agreed(ProtocolID.rendezvous) + Self.found, 2)
        talk.frame(true, Self.discover)
        talk.frame(false, Self.found)
        #expect(talk.told() == [])
    }
    private static func message(_ body: (inout RendezvousContent) -> Void) -> [UInt8] {
        var content = RendezvousContent()
        body(&content)
        return RendezvousMessage(content).encoded()
    }
    private static let discover = message { ($0.type, $0.discover) = (.discover, RendezvousDiscover()) }
    private static let found = message {
        ($0.type, $0.discoverResponse) = (.discoverResponse, RendezvousDiscoverResponse())
        $0.discoverResponse?.status = .ok
    }
    /// Creates a stream whose opener sends its request after the proposal. `isCaptured`: whether the capture has the
    /// request.
    private static func rendezvous(_ answers: [[UInt8]], request: [UInt8] = discover, isCaptured: Bool = true)
        -> MuxedTalk
    {
        var talk = MuxedTalk()
        talk.frame(true, MuxedTalk.agreed(ProtocolID.rendezvous), 1)
        talk.frame(true, request, isCaptured: isCaptured)
        talk.frame(false, MuxedTalk.agreed(ProtocolID.rendezvous) + answers.flatMap { $0 }, 2)
        return talk
    }
    @Test func asked() {
        #expect(Self.rendezvous([Self.found]).told() == [])
        #expect(Self.rendezvous([Self.found, Self.found]).told() == [""])
        // One side opened the connection, the other one opens the stream.
        var other = MuxedTalk()
        other.send(false, YamuxFrame(.windowUpdate, flags: 1, stream: 2).encoded())
        #expect(other.told() == [])
    }
    /// A request that is missing from the capture, or late, was still sent.
    @Test func unseen() {
        var talk = Self.rendezvous([Self.found], isCaptured: false)
        talk.frame(false, Self.found)
        talk.frame(true, [], 4)
        #expect(talk.told() == [])
        var late = Self.rendezvous([Self.found]).segments
        late.swapAt(late.count - 1, late.count - 2)
        #expect(talk.told(late) == [])
        var again = Self.rendezvous([Self.found]).segments
        again.append(again[again.count - 2])
        #expect(talk.told(again) == [])
        // The state of a conversation that begins before the capture is unknown.
        #expect(talk.told(Array(Self.rendezvous([Self.found, Self.found]).segments.dropFirst(6))) == [])
    }
    /// An undecodable request is reported by itself. Any answer to it is allowed.
    @Test func unreadable() {
        for request: [UInt8] in [[0x81, 0x00, 1], [2, 0x0a, 9], [0x81, 0x80, 0x80, 1], [3, 0xff, 0xff, 0xff]] {
            let told = Self.rendezvous([Self.found], request: request).told()
            #expect(told.allSatisfy { $0 == "" } && told.count <= 1, "\(told)")
        }
        var half = Self.rendezvous([], request: Array(Self.discover.dropLast()))
        half.frame(true, [], 4)
        half.frame(false, Self.found)
        #expect(half.told() == [])
    }

    private static let market = Array("BTC/USDT".utf8)
    private static let empty: [UInt8] = [0]
    private static let last: [UInt8] = [2, 0x10, 1]
    private static let id = "/lib2p2/snapshot/1.0.0"
    /// Creates a stream with a request, and an answer of these parts.
    private static func snapshot(_ parts: [[UInt8]], _ flags: UInt16 = 0) -> MuxedTalk {
        var talk = MuxedTalk()
        talk.frame(true, MuxedTalk.agreed(id), 1)
        talk.frame(false, MuxedTalk.agreed(id), 2)
        talk.frame(true, [10, 0x0a, 8] + market, 4)
        for (i, part) in parts.enumerated() { talk.frame(false, part, i == parts.count - 1 ? flags : 0) }
        return talk
    }
    /// The answering side must end its direction after the last part, not before. A reset, or an end that was not seen,
    /// does not count.
    @Test func ends() {
        #expect(Self.snapshot([Self.empty, Self.last], 4).told() == [])
        #expect(Self.snapshot([Self.empty, Self.empty], 4).told() == ["GS-116"])
        #expect(Self.snapshot([Self.last, Self.empty], 4).told() == ["GS-116"])
        #expect(Self.snapshot([Self.empty], 8).told() == [] && Self.snapshot([Self.empty]).told() == [])
        var closed = Self.snapshot([Self.empty])
        closed.send(true, [], [.fin, .acknowledges])
        closed.send(false, [], [.fin, .acknowledges])
        #expect(closed.told() == [])
        var reset = Self.snapshot([Self.empty])
        reset.frame(true, [], 8)
        reset.frame(false, [], 4)
        #expect(reset.told().filter { $0.hasPrefix("GS-1") } == [])
        // An incomplete part does not count as a part.
        #expect(Self.snapshot([Self.empty, [9, 0x0a]], 4).told() == ["GS-116"])
        // The missing part may be the last one.
        var lost = Self.snapshot([Self.empty])
        lost.frame(false, Self.last, isCaptured: false)
        lost.frame(false, [], 4)
        lost.frame(true, [])
        lost.send(false, YamuxFrame(.ping, flags: 1, stream: 0).encoded())
        #expect(lost.told().filter { $0.hasPrefix("GS-1") } == [])
    }
}
