import Node
import Testing
import Wire

@testable import PeerPigeon

/// The sides of ICE sessions that signals describe.
struct SignaledSessionTests {
    static let signal =
        #"{"type":"TYPE","data":{"type":"TYPE","sdp":"v=0\r\na=ice-ufrag:x+/y\r\n"},"fromPeerId":"aaaa","targetPeerId":"bbbb","networkName":"g"}"#
    static let end = SignaledEnd(ufrag: "x+/y", peer: "aaaa", other: "bbbb")

    private func end(_ type: any Message.Type, _ text: String) -> SignaledEnd? {
        let bytes = Array(text.utf8)
        return signaledEnd(type, bytes.span.bytes)
    }
    private func relay(_ signal: String) -> SignaledEnd? {
        end(
            SignalRelay.self,
            #"{"type":"client-signal-relay","targetPeerId":"cccc","signalData":\#(signal),"timestamp":1,"ttl":40}"#)
    }

    @Test func readsOfferAndAnswer() {
        #expect(end(Offer.self, Self.signal.replacing("TYPE", with: "offer")) == Self.end)
        #expect(end(Answer.self, Self.signal.replacing("TYPE", with: "answer")) == Self.end)
        #expect(end(Offer.self, #"{"type":"offer","data":{"sdp":"v=0\r\n"}}"#) == nil)
        #expect(end(Goodbye.self, Self.signal.replacing("TYPE", with: "goodbye")) == nil)
    }
    /// Hubs signal to each other by relays, which contain the signal.
    @Test(arguments: ["offer", "answer"]) func readsRelayedSignal(_ type: String) {
        #expect(relay(Self.signal.replacing("TYPE", with: type)) == Self.end)
    }
    @Test func ignoresOtherRelayedSignals() {
        #expect(relay(Self.signal.replacing("TYPE", with: "ice-candidate")) == nil)
        #expect(relay(#"{"type":"offer","data":{"sdp":"v=0\r\n"},"fromPeerId":"aaaa"}"#) == nil)
        #expect(relay(#"{"type":"offer","data":5}"#) == nil)
        #expect(relay("null") == nil && relay("[]") == nil && relay("7") == nil)
        #expect(end(SignalRelay.self, #"{"type":"client-signal-relay"}"#) == nil)
    }
    /// A member that is not a text names no peer.
    @Test func takesOnlyTextsAsPeers() {
        let signal = #"{"type":"offer","data":{"sdp":"a=ice-ufrag:z"},"fromPeerId":5}"#
        #expect(relay(signal) == SignaledEnd(ufrag: "z", peer: nil, other: nil))
    }
}
