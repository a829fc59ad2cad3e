import Node
import Testing
import Wire

@testable import DXOS

/// Calls and answers as a passive observer receives them.
struct ConnectionObserverTests {
    private struct Heard {
        var observer = ConnectionObserver()
        var findings: [Finding] = []
        mutating func hear(_ text: String, _ sender: Opener, at time: Duration = .zero) {
            let bytes = [UInt8](hex: text) ?? []
            var framing = MessageFraming()
            guard case .message(let type, _) = framing.next(bytes.span.bytes) else { return }
            observer.observe(
                type, bytes.span.bytes, isGood: type.check(bytes) == nil, from: sender, at: .zero + time,
                into: &findings)
        }
        mutating func request(_ id: UInt8, stream: Bool) {
            hear("0a04" + [0x08, id].hex + (stream ? "2001" : "2000"), .us)
        }
        var found: [String] {
            findings.map { "\($0.severity.rawValue) \($0.requirement ?? "")" }
        }
    }
    /// A payload, an error, a close, a ready message, and an empty message, of call 0.
    private static let payload = "12021200"
    private static let error = "12021a00"
    private static let close = "12022001"
    private static let ready = "12022801"
    private static let nothing = "1200"

    @Test func goodConversation() {
        var all = Heard()
        all.request(0, stream: true)
        all.hear(Self.ready, .them)
        all.request(1, stream: false)
        all.hear("120408011200", .them)
        all.hear(Self.payload, .them)
        all.hear("2a00", .us)
        all.hear(Self.payload, .them, at: .milliseconds(500))
        all.hear(Self.close, .them)
        all.hear("2a00", .us)
        all.hear(Array("__ping__".utf8).hex, .us)
        #expect(all.found == [])
    }
    @Test(arguments: [
        (["payload"], "violation SIG-25"), (["unary", "nothing"], "violation SIG-25"),
        (["unary", "payload", "payload"], "violation SIG-26"), (["unary", "error", "payload"], "violation SIG-26"),
        (["unary", "ready"], "violation SIG-26"), (["unary", "close"], "violation SIG-26"),
        (["stream", "close", "payload"], "violation SIG-34"), (["stream", "error", "ready"], "violation SIG-34"),
        (["stream", "stop", "late"], "violation SIG-34"), (["unary", "unary"], "warning SIG-39"),
        (["ping"], "violation SIG-17"),
    ])
    func breaks(_ steps: [String], _ wanted: String) {
        var all = Heard()
        for step in steps {
            switch step {
            case "unary": all.request(0, stream: false)
            case "stream": all.request(0, stream: true)
            case "stop": all.hear("2a00", .us)
            case "payload": all.hear(Self.payload, .them)
            case "late": all.hear(Self.payload, .them, at: .milliseconds(501))
            case "error": all.hear(Self.error, .them)
            case "close": all.hear(Self.close, .them)
            case "ready": all.hear(Self.ready, .them)
            case "ping": all.hear(Array("__ping__".utf8).hex, .them)
            default: all.hear(Self.nothing, .them)
            }
        }
        #expect(all.found == [wanted])
    }
    /// The request of a response may have been missed. A call that was seen is judged, with a doubt.
    @Test func judgesNoResponseToMissedRequest() {
        var some = Heard()
        some.observer.miss()
        some.hear(Self.payload, .them)
        #expect(some.found == [])
        some.request(0, stream: false)
        some.hear(Self.payload, .them)
        some.hear(Self.payload, .them)
        #expect(some.found == ["warning SIG-26"])
    }
    @Test func ids() {
        var all = Heard()
        all.request(1, stream: false)
        all.request(2, stream: false)
        all.request(4, stream: false)
        #expect(all.found == ["warning SIG-39", "warning SIG-39"])
        var some = Heard()
        some.observer.miss()
        some.request(9, stream: false)
        #expect(some.found == [])
    }
}
