import Network
import Testing
import Wire

@testable import Node
@testable import PeerPigeon

/// What a question makes of the first message of a hub.
@Suite struct HubQuestionTests {
    func answer(_ text: String) -> Inquiry.Result {
        var question = HubQuestion(Random(seed: 5))
        question.hear(Array(text.utf8).span.bytes, at: .zero)
        return question.answer
    }
    @Test func target() {
        let question = HubQuestion(Random(seed: 5))
        let own = question.target("/hub?room=1")
        #expect(own.hasPrefix("/hub?room=1&peerId=") && PeerID(target: own) != nil)
        #expect(PeerID(target: question.target("")) == PeerID(target: own))
        #expect(question.message.isEmpty && question.answer == .none)
    }
    @Test func connected() {
        let id = String(repeating: "0a", count: 20)
        let text = #"{"type":"connected","data":{"peerId":"\#(id)"},"fromPeerId":"system","timestamp":1}"#
        #expect(answer(text) == .whole(Identification()))
    }
    @Test func otherwise() {
        for text in [#"{"type":"peer-discovered"}"#, #"{"type":"connected","data":5,"timestamp":"x"}"#] {
            guard case .whole(let found) = answer(text) else {
                Issue.record("\(answer(text))")
                continue
            }
            #expect(found.fault != nil)
        }
        for text in ["hello", #"{"type":"welcome"}"#, "[]"] {
            #expect(answer(text) == .foreign(Array(text.utf8)))
        }
    }
}
