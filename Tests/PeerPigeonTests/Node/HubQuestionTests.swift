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
    /// Returns the question after a hub has answered it: it keeps `sender` of the question's signal to itself.
    func asked(_ sender: String) throws -> HubQuestion {
        let id = String(repeating: "0a", count: 20)
        var question = try question()
        hear(&question, #"{"type":"connected","data":{"peerId":"\#(id)"},"fromPeerId":"system","timestamp":1}"#)
        #expect(question.answer == .partial(Identification()) && !question.message.isEmpty)
        hear(&question, #"{"type":"pong"}"#)
        #expect(question.answer == .partial(Identification()) && question.errand == nil)
        let offer = #"{"type":"offer","data":{},"fromPeerId":"\#(sender)","networkName":"global","timestamp":1}"#
        hear(&question, offer)
        return question
    }
    func hear(_ question: inout HubQuestion, _ text: String) {
        question.hear(Array(text.utf8).span.bytes, at: .zero)
    }
    func found(_ question: HubQuestion) -> Identification? {
        switch question.answer {
        case .partial(let found), .whole(let found): found
        default: nil
        }
    }
    private let other = String(repeating: "0", count: 40)

    /// A signal that the question sends to itself shows the version: hubs up to 1.1.3 keep the sender that it names.
    @Test func senderOfOwnSignalShowsProfile() throws {
        let robust = try asked(String(repeating: "b", count: 40))
        #expect(found(robust)?.profiles == ["robust", "seed"] && found(robust)?.isProfileGuessed == true)
        if case .whole = robust.answer {} else { Issue.record("\(robust.answer)") }
        let released = try asked(other)
        #expect(found(released)?.profiles == ["v1.1.3", "v1.0.9"] && found(released)?.isProfileGuessed == true)
        if case .partial = released.answer {} else { Issue.record("\(released.answer)") }
        #expect(released.errand != nil && robust.errand == nil)
    }
    /// Version 1.0.9 leaves `isHub` out of the notice that the second peer has left.
    @Test(arguments: [(#""isHub":false,"#, "v1.1.3"), ("", "v1.0.9")])
    func leaveOfSecondPeerShowsVersion(_ flag: String, _ profile: String) throws {
        var question = try asked(other)
        let visitor = try #require(PeerID(target: question.errand?.target("/") ?? ""))
        #expect(visitor != PeerID(target: question.target("/")))
        func notice(_ peer: String, _ rest: String) -> String {
            #"{"type":"peer-disconnected","data":{"peerId":"\#(peer)",\#(rest)"timestamp":1},"fromPeerId":"system"}"#
        }
        // The leave of another peer, and a notice to a network, which has the flag in each version.
        hear(&question, notice(String(repeating: "c", count: 40), flag + #""reason":"x","#))
        hear(&question, notice(visitor.text, #""isHub":false,"#))
        #expect(found(question)?.profiles == ["v1.1.3", "v1.0.9"])
        hear(&question, notice(visitor.text, flag + #""reason":"disconnected","#))
        guard case .whole(let found) = question.answer else {
            Issue.record("\(question.answer)")
            return
        }
        #expect(found.profiles == [profile])
    }
}
