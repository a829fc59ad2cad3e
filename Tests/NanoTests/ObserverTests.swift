import Testing
import Wire

@testable import Nano
@testable import Node

/// A conversation as a capture shows it, and what the observer says of each message.
private struct Watch {
    var a = Peer()
    var b = Peer.stranger
    init() {
        b.cookie = Key32(repeating: 0x24)
    }
    /// What is said of these messages, sent by the opener (`us`) or the other, as `requirement path`.
    func see(_ messages: [([UInt8], Opener)]) throws -> [String] {
        var observer = HandshakeObserver(nil)
        var said: [String] = []
        for (bytes, sender) in messages {
            var framing = StreamFraming(nil)
            guard case .message(let type, let length) = framing.next(bytes.span.bytes), length == bytes.count
            else {
                Issue.record("not one message")
                continue
            }
            for finding in observer.observe(type, bytes.span.bytes, from: sender) {
                said.append("\(finding.severity) \(finding.requirement ?? "-") \(finding.path)")
                #expect(!finding.text.isEmpty)
            }
        }
        return said
    }
    /// Query, query and response, response.
    func handshake(_ version: UInt8) -> [([UInt8], Opener)] {
        [
            (a.query(version), .us), (b.response(to: a.cookie, version, query: true), .them),
            (a.response(to: b.cookie, version), .us),
        ]
    }
}

@Test(arguments: [1, 2, 3])
func nothingIsSaidOfGoodOnes(version: UInt8) throws {
    let watch = Watch()
    let after = [(watch.a.keepalive(), Opener.us), (watch.b.keepalive(), .them), (watch.a.query(), .us)]
    #expect(try watch.see(watch.handshake(version) + after) == [])
}

/// Wherever a capture begins, what is good is not called bad.
@Test func nothingIsSaidOfWhatWasMissed() throws {
    for first in 0...5 {
        let watch = Watch()
        let rest = [(watch.a.keepalive(), Opener.us), (watch.b.keepalive(), .them), (watch.a.probe(), .us)]
        let all = watch.handshake(2) + rest
        #expect(try watch.see(Array(all[first...])) == [], "from message \(first)")
        // The side that opened is a guess then: the other way round it holds as well.
        #expect(try watch.see(all[first...].map { ($0.0, $0.1 == .us ? .them : .us) }) == [], "from \(first)")
    }
}

/// NANO-18, NANO-19: each kind of wrong signature, with the likely reason.
@Test(arguments: [1, 2, 3])
func wrongSignatures(version: UInt8) throws {
    let id = version == 1 ? "NANO-19" : "NANO-18"
    func text(_ make: (Watch) -> [UInt8]) throws -> String {
        let watch = Watch()
        var observer = HandshakeObserver(Ruleset(network: .dev, profile: .v29dev))
        let (query, answer) = (watch.a.query(version), make(watch))
        _ = observer.observe(NodeIDHandshake.self, query.span.bytes, from: .us)
        let findings = observer.observe(NodeIDHandshake.self, answer.span.bytes, from: .them)
        #expect(findings.map(\.requirement) == [id] && findings.map(\.path) == ["response.signature"])
        #expect(findings.first?.severity == .violation)
        return findings.first?.text ?? ""
    }
    #expect(try text { $0.b.response(to: Key32(repeating: 9), version, query: true) }.hasPrefix("does not verify over"))
    #expect(try text { $0.b.response(to: $0.b.cookie, version, query: true) }.hasSuffix("but over its own cookie"))
    #expect(
        try text { $0.b.response(to: $0.b.id, version, query: true) }.hasSuffix("the node id in place of the cookie"))
    guard version > 1 else { return }
    #expect(
        try text { watch in
            watch.b.response(to: watch.a.cookie, version, query: true) { _ in
            } spoil: { response in
                var plain = NodeIDHandshake.Response(version: 1)
                plain.sign(with: watch.b.key, over: watch.a.cookie)
                response.signature = plain.signature
            }
        }.hasSuffix("but over the cookie alone"))
}

@Test func otherRules() throws {
    let watch = Watch()
    let elsewhere = watch.b.response(to: watch.a.cookie, query: true) { $0.genesis = Key32(repeating: 1) }
    #expect(try watch.see([(watch.a.query(), .us), (elsewhere, .them)]) == ["violation NANO-20 response.genesis"])
    #expect(try watch.see([(watch.a.query(), .us), (watch.a.query(), .us)]) == ["violation NANO-25 query"])
    let early = watch.a.response(to: watch.b.cookie)
    #expect(try watch.see([(watch.a.query(), .us), (early, .us)]) == ["violation NANO-31 response"])
    #expect(try watch.see([(watch.a.query(), .us), (watch.a.keepalive(), .us)]) == ["violation NANO-37 "])
    #expect(try watch.see([(watch.a.query(), .us), (Early.header(7), .us)]) == [], "the beginning of bootstrapping")
    #expect(try watch.see([(watch.a.keepalive(extensions: 0x8001), .us)]) == ["warning - extensions"])
    #expect(try watch.see([(Early.header(0x0a, 0x0010), .us)]) == ["warning - extensions"])
}

/// The genesis of a capture without settings is that of the network each message names.
@Test func genesisOfEachNetwork() throws {
    for network in NanoNetwork.all {
        var watch = Watch()
        watch.a.rules.network = network
        watch.b.rules.network = network
        #expect(try watch.see(watch.handshake(2)) == [])
    }
}
