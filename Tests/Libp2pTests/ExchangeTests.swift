import Testing
import Wire

@testable import Libp2p
@testable import Node

@Suite struct ExchangeTests {
    private static let stack = LayerStack.libp2p(
        { _ in
            var options = Libp2pOptions()
            options.protocols = [ProtocolID.rendezvous]
            return options
        }, exchanges: [ProtocolID.rendezvous: .rendezvous]
    ) { _ in nil }
    private static let question: [UInt8] = {
        var content = RendezvousContent()
        (content.type, content.discover) = (.discover, RendezvousDiscover())
        return RendezvousMessage(content).encoded()
    }()
    private static let answer: [UInt8] = {
        var content = RendezvousContent()
        (content.type, content.discoverResponse) = (.discoverResponse, RendezvousDiscoverResponse())
        return RendezvousMessage(content).encoded()
    }()

    /// The layer decodes both sides of a stream, in pieces of any size.
    @Test(arguments: [1, 3, 100]) func takenApart(pieces: Int) {
        let layer = ExchangeLayer<RendezvousMessage, IdentifyMessage>()
        let identify = IdentifyMessage().encoded()
        let found = Watched(layer, [(.us, Self.question), (.them, identify), (.us, Self.question)], pieces: pieces)
        #expect(found.units == ["> libp2p.rendezvous", "< libp2p.identify", "> libp2p.rendezvous"])
        #expect(found.refusals.isEmpty)
        #expect(Watched(layer, [(.us, [0x81, 0x80, 0x80, 1])]).refusals.first?.offset == 0)
    }
    /// A side that asked and has ended its direction still receives the answer.
    @Test func answersBehindTheEnd() throws {
        var talk = Talk(Self.stack, Self.stack)
        talk.begin()
        let opened = talk.open(.us, ProtocolID.rendezvous)
        let path = try #require(opened)
        #expect(talk.send(.us, Self.question, LayerName.rendezvous, path) == true)
        var isClosed = false
        talk.act(.us) { isClosed = $0.close(path[...], isReset: false, .zero, &$1) }
        talk.deliver()
        #expect(isClosed)
        let before = talk.sent[.them]?.count ?? 0
        #expect(talk.send(.them, Self.answer, LayerName.rendezvous, path) == true)
        #expect((talk.sent[.them]?.count ?? 0) > before + Self.answer.count)
        // After both sides have ended, no more data can be sent.
        talk.act(.them) { isClosed = $0.close(path[...], isReset: false, .zero, &$1) }
        talk.deliver()
        #expect(talk.send(.them, Self.answer, LayerName.rendezvous, path) == false)
    }
}
