import Node
import Testing
import Wire

@testable import DXOS

/// Tests how a question reads the first answer of a server.
@Suite struct SignalQuestionTests {
    func answer(_ hex: String, bus: String = "on") throws -> Inquiry.Result {
        var question = SignalQuestion(try Definition.dxos.settings(["bus": bus]), Random(seed: 5))
        let bytes = try #require([UInt8](hex: hex))
        question.hear(bytes.span.bytes, at: .zero)
        return question.answer
    }
    @Test func requestSubscribesToATopic() throws {
        let question = SignalQuestion(try Definition.dxos.settings(), Random(seed: 5))
        let request = try Request(copying: question.message).request
        #expect(request?.method?.string(in: RawSpan()) == "meshspec.bus.Bus.Subscribe" && request?.stream == true)
    }
    /// DXOS's own servers answer `error`: the bus is off. `stream_ready` means that it is on.
    @Test func firstAnswerShowsWhetherBusIsOn() throws {
        guard case .whole(let foreign) = try answer("12041a020a00"), case .whole(let own) = try answer("12022801")
        else {
            Issue.record("no answer")
            return
        }
        #expect(foreign.parameters == ["bus": "off"] && own.parameters == ["bus": "on"])
    }
    /// A host whose bus is over gossipsub answers `error` too, which does not contradict the user.
    @Test(arguments: ["gossipsub", "dht"]) func busOverGossipsubDoesNotShow(_ bus: String) throws {
        guard case .whole(let host) = try answer("12041a020a00", bus: bus),
            case .whole(let other) = try answer("12022801", bus: bus)
        else {
            Issue.record("no answer")
            return
        }
        #expect(host.parameters == ["bus": bus] && other.parameters == ["bus": "on"])
    }
    @Test func unexpectedFirstAnswerIsPartialOrForeign() throws {
        #expect(try answer("1801") == .partial(Identification()))
        #expect(try answer("7b7d") == .foreign([0x7b, 0x7d]))
    }
}
