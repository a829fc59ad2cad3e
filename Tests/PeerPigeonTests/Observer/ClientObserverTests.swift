import Node
import Testing
import Wire

@testable import PeerPigeon

/// One connection, as a passive observer receives it.
struct ClientObserverTests {
    private static let id = String(repeating: "a1", count: 20)
    private static let connected = hub(
        #"{"type":"connected","data":{"peerId":"\#(id)"},"fromPeerId":"system","timestamp":1}"#)
    private static let pong = hub(
        #"{"type":"pong","data":{"timestamp":1},"fromPeerId":"system","targetPeerId":"\#(id)","timestamp":1}"#)
    private static func hub(_ text: String) -> (Opener, String) { (.them, text) }
    private static func client(_ text: String) -> (Opener, String) { (.us, text) }
    private static func error(_ type: String, _ end: String = ".") -> (Opener, String) {
        hub(
            #"{"type":"error","error":"Signaling server does not route '\#(type)' messages. Use WebRTC data channels for peer-to-peer communication\#(end)","timestamp":1}"#
        )
    }
    private static func findings(_ all: [(Opener, String)], misses: Bool = false) -> [String?] {
        var observer = ClientObserver()
        var findings: [Finding] = []
        if misses { observer.miss() }
        for (sender, text) in all {
            let bytes = Array(text.utf8)
            var framing = MessageFraming()
            guard case .message(let type, _) = framing.next(bytes.span.bytes) else { continue }
            observer.observe(
                type, bytes.span.bytes, isGood: type.check(bytes) == nil, from: sender, at: .zero, into: &findings)
        }
        return findings.map(\.requirement)
    }
    private static let ping = client(#"{"type":"ping"}"#)
    private static let whole = client(#"{"type":"offer","targetPeerId":"\#(id)","networkName":"g","data":{}}"#)

    @Test func rightOnes() {
        let all = [
            Self.connected, Self.ping, Self.ping, Self.pong, Self.client(#"{"type":"OFFER"}"#), Self.pong,
            Self.error("OFFER"), Self.client(#"{"type":["x"]}"#), Self.error("x"), Self.error("undefined"),
        ]
        #expect(Self.findings(all) == [])
        // The message may answer an earlier one that was missed.
        #expect(Self.findings([Self.pong, Self.error("signal"), Self.connected], misses: true) == [])
    }
    @Test func signalsOfClients() {
        #expect(Self.findings([Self.connected, Self.whole]) == [])
        let noNetwork = Self.client(#"{"type":"answer","targetPeerId":"\#(Self.id)","data":{}}"#)
        let neither = Self.client(#"{"type":"ice-candidate","data":{}}"#)
        #expect(Self.findings([Self.connected, noNetwork]) == ["HUB-95"])
        #expect(Self.findings([Self.connected, neither]) == ["HUB-95", "HUB-95"])
    }
    @Test func connectedWrong() {
        #expect(Self.findings([Self.pong]) == ["HUB-01", "HUB-34"])
        #expect(Self.findings([Self.connected, Self.connected]) == ["HUB-01"])
        #expect(
            Self.findings([Self.hub(#"{"type":"connected","data":{"peerId":"xyz"},"fromPeerId":"hub"}"#)]) == [
                "HUB-01", "HUB-06", "HUB-06",
            ])
    }
    @Test func pongsWrong() {
        #expect(Self.findings([Self.connected, Self.ping, Self.pong, Self.pong]) == ["HUB-34"])
        let other = Self.hub(#"{"type":"pong","data":{},"fromPeerId":"system","targetPeerId":"b2","timestamp":1}"#)
        #expect(Self.findings([Self.connected, Self.ping, other]) == ["HUB-34", "HUB-34"])
        // A later request was answered, and this one was not.
        let unanswered = [Self.connected, Self.ping, Self.client(#"{"type":"x"}"#), Self.error("x")]
        #expect(Self.findings(unanswered) == ["HUB-34"])
        // After goodbye, hubs may be silent.
        #expect(Self.findings([Self.connected, Self.client(#"{"type":"goodbye"}"#)] + unanswered.dropFirst()) == [])
    }
    @Test func errorsWrong() {
        let asked = [Self.connected, Self.client(#"{"type":"x"}"#)]
        #expect(Self.findings(asked + [Self.error("x", "")]) == ["HUB-36"])
        #expect(Self.findings(asked + [Self.error("y")]) == ["HUB-36"])
        #expect(Self.findings(asked + [Self.error("x"), Self.error("x")]) == ["HUB-36"])
        #expect(Self.findings([Self.connected, Self.whole, Self.error("offer")]) == ["HUB-36"])
    }
}
