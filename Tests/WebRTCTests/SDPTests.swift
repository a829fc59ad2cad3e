import Node
import Testing

@testable import WebRTC

@Suite struct SDPTests {
    private static let hash = (0..<32).map { _ in "AB" }.joined(separator: ":")
    /// An offer with an audio line, as libwebrtc writes it.
    private static let browser = [
        "v=0", "o=- 4611731400430051336 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0 1",
        "a=extmap-allow-mixed",
        "a=msid-semantic: WMS", "m=audio 9 UDP/TLS/RTP/SAVPF 111 63", "c=IN IP4 0.0.0.0", "a=ice-ufrag:xxxx",
        "a=mid:0", "a=rtpmap:111 opus/48000/2", "m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "c=IN IP4 0.0.0.0",
        "a=candidate:1467250027 1 udp 2122260223 192.168.0.196 46243 typ host generation 0 network-id 1",
        "a=candidate:1 1 udp 2122 9b36eaac-bb2e-49bb-bb78-21c41c499900.local 50000 typ host generation 0",
        "a=candidate:2 1 tcp 1518280447 192.168.0.196 9 typ host tcptype active", "a=ice-ufrag:EsAw",
        "a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1", "a=ice-options:trickle", "a=fingerprint:sha-256 \(hash)",
        "a=setup:actpass", "a=mid:1", "a=sctp-port:5001", "a=max-message-size:262144", "",
    ].joined(separator: "\r\n")

    @Test func readsOfferOfBrowser() throws {
        let offer = try SessionDescription(Self.browser, as: .offer)
        #expect(offer.ufrag == "EsAw" && offer.password == "P2uYro0UCOQ4zxjKXaWCBui1" && offer.mid == "1")
        #expect(offer.setup == .actpass && offer.port == 5001 && offer.maximumMessage == 262_144)
        #expect(offer.fingerprint == .init(hash: "sha-256", value: Self.hash))
        #expect(offer.candidates.map(\.endpoint) == [Endpoint("192.168.0.196:46243")])
        #expect(offer.candidates.first?.priority == 2_122_260_223 && !offer.isComplete && !offer.isLite)
        #expect(offer.refusedBefore.map(\.media) == ["audio"] && offer.refusedBefore.first?.mid == "0")
        #expect(offer.session == 4_611_731_400_430_051_336)
    }
    /// The answer repeats the refused media descriptions in their order, with port 0.
    @Test func answersOfferOfBrowser() throws {
        var random = Random(seed: 1)
        let options = PeerConnection.Options(identity: PlainIdentity(&random), hosts: [.loopback(7), .loopback(8)])
        var connection = PeerConnection(offers: false, options, random, now: .zero)
        #expect(connection.description == nil)
        try connection.take(try SessionDescription(Self.browser, as: .offer), now: .zero)
        let text = try #require(connection.description?.text)
        let media = text.split(separator: "\r\n").filter { $0.hasPrefix("m=") || $0.hasPrefix("a=mid") }
        #expect(
            media == [
                "m=audio 0 UDP/TLS/RTP/SAVPF 111", "a=mid:0", "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
                "a=mid:1",
            ])
        #expect(text.contains("a=group:BUNDLE 1\r\n") && text.contains("a=setup:active\r\n"))
        #expect(text.contains("a=end-of-candidates\r\n"))
        let read = try SessionDescription(text, as: .answer)
        #expect(read == connection.description)
        #expect(read.candidates.count == 2 && read.candidates[0].priority > read.candidates[1].priority)
    }
    @Test func usesDefaults() throws {
        let lines = Self.browser.split(separator: "\r\n").filter {
            !$0.hasPrefix("a=sctp-port") && !$0.hasPrefix("a=max-message") && !$0.hasPrefix("a=setup")
        }
        let text = lines.joined(separator: "\n")
        let offer = try SessionDescription(text, as: .offer)
        #expect(offer.port == 5000 && offer.maximumMessage == 65536 && offer.setup == .actpass)
        #expect(try SessionDescription(text, as: .answer).setup == .active)
    }
    /// Values before the first media description count for each that has none of its own.
    @Test func takesValuesOfSession() throws {
        let own = Self.browser.replacing("a=fingerprint:sha-256 \(Self.hash)\r\n", with: "")
        let other = Self.hash.replacing("AB", with: "cd")
        let text = own.replacing("t=0 0\r\n", with: "t=0 0\r\na=ice-lite\r\na=fingerprint:SHA-256 \(other)\r\n")
        let offer = try SessionDescription(text, as: .offer)
        #expect(offer.fingerprints == [.init(hash: "sha-256", value: other.uppercased())] && offer.isLite)
        let both = Self.browser.replacing("t=0 0\r\n", with: "t=0 0\r\na=fingerprint:sha-256 \(other)\r\n")
        #expect(try SessionDescription(both, as: .offer).fingerprints.map(\.value) == [Self.hash])
    }
    @Test(arguments: [
        ("v=0", "v=1", 1), ("a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1", "a=ice-pwd:short", 19),
        ("a=setup:actpass", "a=setup:x", 22),
        ("a=sctp-port:5001", "a=sctp-port:70000", 24), ("a=max-message-size:262144", "a=max-message-size:-1", 25),
        ("a=fingerprint:sha-256 AB", "a=fingerprint:sha-256 AX", 21), ("t=0 0", "t", 4),
        ("a=candidate:1467250027 1 udp", "a=candidate:1467250027 1", 15), ("EsAw", "Es", 18),
        ("m=application 9", "m=application", 13),
    ]) func refusesWithLine(_ good: String, _ bad: String, _ line: Int) throws {
        let text = Self.browser.replacing(good, with: bad, maxReplacements: 1)
        try #require(text != Self.browser)
        let error = #expect(throws: SDPError.self) { try SessionDescription(text, as: .offer) }
        #expect(error?.line == line, "\(String(describing: error))")
        #expect(error?.description.contains("expected") == true)
    }
    @Test(arguments: ["a=ice-ufrag:", "a=ice-pwd:", "a=fingerprint:", "m=application"]) func requires(_ prefix: String)
    {
        let lines = Self.browser.split(separator: "\r\n").filter { !$0.hasPrefix(prefix) && !$0.hasSuffix("xxxx") }
        let error = #expect(throws: SDPError.self) {
            try SessionDescription(lines.joined(separator: "\r\n"), as: .offer)
        }
        #expect(
            error?.found == nil
                && error?.expected.contains(prefix.dropLast().split(separator: " ")[0].prefix(6)) == true
                || prefix.hasPrefix("m="))
    }
    @Test func refusesLongText() {
        #expect(throws: SDPError.self) {
            try SessionDescription(String(repeating: "a=x\r\n", count: 20_000), as: .offer)
        }
    }
    @Test func survivesChangedText() {
        var random = Random(seed: 1)
        let original = Array(Self.browser.utf8)
        for _ in 0..<3000 {
            var bytes = original
            for _ in 0...Int(random.next() % 4) {
                let at = Int(random.next() % UInt64(bytes.count))
                switch random.next() % 3 {
                case 0: bytes[at] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes.remove(at: at)
                default: bytes.insert(contentsOf: [0x3a, 0x20, 0x0a, 0x30].prefix(Int(random.next() % 5)), at: at)
                }
            }
            let text = String(decoding: bytes, as: UTF8.self)
            if let read = try? SessionDescription(text, as: .offer) {
                // What is read can be written, and reads the same again.
                #expect((try? SessionDescription(read.text, as: .offer)) == read)
            }
        }
    }
    /// No text leads to a trap, wherever it ends.
    @Test func endsAnywhere() {
        for count in 0..<Self.browser.utf8.count { _ = try? SessionDescription(Self.browser.prefix(count), as: .offer) }
    }
    @Test(arguments: [
        ("candidate:1 1 udp 1 ::1 9 typ host", "[::1]:9"),
        ("a=candidate:1 1 UDP 1 127.0.0.1 9 typ relay raddr 1.2.3.4", "127.0.0.1:9"),
        ("candidate:1 2 udp 1 127.0.0.1 9 typ host", nil), ("candidate:1 1 tcp 1 127.0.0.1 9 typ host", nil),
        ("candidate:1 1 udp 1 host.local 9 typ host", nil), ("candidate:1 1 udp 1 0.0.0.0 9 typ host", nil),
        ("candidate:1 1 udp 1 127.0.0.1 0 typ host", nil), ("candidate:1 1 udp 1 224.0.0.1 9 typ host", nil),
    ]) func readsCandidate(_ text: String, _ endpoint: String?) throws {
        #expect(try ICECandidate.parse(text)?.endpoint.description == endpoint)
    }
}
