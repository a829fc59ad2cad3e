import Network
import Testing
import Wire

@testable import Node
@testable import PeerPigeon

/// The result of a question, derived from the first message of a hub.
@Suite struct HubQuestionTests {
    func question(_ profile: String = "robust") throws -> HubQuestion {
        HubQuestion(try Definition.peerPigeon.settings(profile: profile), Random(seed: 5))
    }
    func answer(_ text: String) throws -> Inquiry.Result {
        var question = try question("v1.1.3")
        question.hear(Array(text.utf8).span.bytes, at: .zero)
        return question.answer
    }
    @Test func target() throws {
        let question = try question()
        let own = question.target("/hub?room=1")
        #expect(own.hasPrefix("/hub?room=1&peerId=") && PeerID(target: own) != nil)
        #expect(PeerID(target: question.target("")) == PeerID(target: own))
        #expect(question.message.isEmpty && question.answer == .none)
    }
    @Test func connected() throws {
        let id = String(repeating: "0a", count: 20)
        let text = #"{"type":"connected","data":{"peerId":"\#(id)"},"fromPeerId":"system","timestamp":1}"#
        #expect(try answer(text) == .whole(Identification()))
    }
    @Test func otherwise() throws {
        for text in [#"{"type":"peer-discovered"}"#, #"{"type":"connected","data":5,"timestamp":"x"}"#] {
            guard case .whole(let found) = try answer(text) else {
                Issue.record("\(try answer(text))")
                continue
            }
            #expect(found.fault != nil)
        }
        for text in ["hello", #"{"type":"welcome"}"#, "[]"] {
            #expect(try answer(text) == .foreign(Array(text.utf8)))
        }
    }
    /// A signal that the question sends to itself shows the version: hubs up to 1.1.3 keep the sender that it names.
    @Test func senderOfOwnSignalShowsProfile() throws {
        let id = String(repeating: "0a", count: 20)
        let connected =
            #"{"type":"connected","data":{"peerId":"\#(id)"},"fromPeerId":"system","timestamp":1}"#
        let own = String(repeating: "b", count: 40)
        let other = String(repeating: "0", count: 40)
        for (sender, profiles) in [(other, ["v1.1.3", "v1.0.9"]), (own, ["robust", "seed"])] {
            var question = try question()
            question.hear(Array(connected.utf8).span.bytes, at: .zero)
            #expect(question.answer == .partial(Identification()) && !question.message.isEmpty)
            let pong = #"{"type":"pong"}"#
            question.hear(Array(pong.utf8).span.bytes, at: .zero)
            #expect(question.answer == .partial(Identification()))
            let offer = #"{"type":"offer","data":{},"fromPeerId":"\#(sender)","networkName":"global","timestamp":1}"#
            question.hear(Array(offer.utf8).span.bytes, at: .zero)
            guard case .whole(let found) = question.answer else {
                Issue.record("\(question.answer)")
                continue
            }
            #expect(found.profiles == profiles && found.isProfileGuessed)
        }
    }
}
