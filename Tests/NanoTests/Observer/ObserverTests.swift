import Testing
import Wire

@testable import Nano
@testable import Node

/// A conversation in the form of a capture, and the findings of the observer for each message.
private struct Watch {
    var a = Peer()
    var b = Peer.stranger
    init() {
        b.cookie = Key32(repeating: 0x24)
    }
    /// Returns the findings about these messages as `requirement path`. The sender is the opener (`us`) or the other
    /// side. `seen` is true if the capture has the first byte.
    func see(_ messages: [([UInt8], Opener)], seen: Bool = true) throws -> [String] {
        var observer = HandshakeObserver(nil)
        if !seen { observer.miss() }
        var parsed: [String] = []
        for (bytes, sender) in messages {
            var framing = StreamFraming(nil)
            guard case .message(let type, let length) = framing.next(bytes.span.bytes), length == bytes.count
            else {
                Issue.record("not one message")
                continue
            }
            for finding in Self.seen(&observer, type, bytes, from: sender) {
                parsed.append("\(finding.severity) \(finding.requirement ?? "-") \(finding.path)")
                #expect(!finding.text.isEmpty)
            }
        }
        return parsed
    }
    static func seen(
        _ observer: inout HandshakeObserver, _ type: any Message.Type, _ bytes: [UInt8], from sender: Opener
    ) -> [Finding] {
        var findings: [Finding] = []
        if let parsed = ParsedMessage(type, bytes.span.bytes) {
            observer.observe(parsed, bytes.span.bytes, from: sender, into: &findings)
        }
        return findings
    }
    /// Returns the handshake: a query, a query with a response, and a response.
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

/// The observer has no finding about valid messages, regardless of the start of the capture.
@Test func nothingIsSaidOfWhatWasMissed() throws {
    for first in 0...5 {
        let watch = Watch()
        let rest = [(watch.a.keepalive(), Opener.us), (watch.b.keepalive(), .them), (watch.a.probe(), .us)]
        let all = watch.handshake(2) + rest
        #expect(try watch.see(Array(all[first...]), seen: first == 0) == [], "from message \(first)")
        // The opener is then a guess, so the same applies with swapped sides.
        #expect(
            try watch.see(all[first...].map { ($0.0, $0.1 == .us ? .them : .us) }, seen: false) == [], "from \(first)")
    }
}

/// NANO-18, NANO-19: each kind of wrong signature has its likely reason.
@Test(arguments: [1, 2, 3])
func wrongSignatures(version: UInt8) throws {
    let id = version == 1 ? "NANO-19" : "NANO-18"
    func text(_ make: (Watch) -> [UInt8]) throws -> String {
        let watch = Watch()
        var observer = HandshakeObserver(Ruleset(network: .dev, profile: .v29dev))
        let (query, answer) = (watch.a.query(version), make(watch))
        _ = Watch.seen(&observer, NodeIDHandshake.self, query, from: .us)
        let findings = Watch.seen(&observer, NodeIDHandshake.self, answer, from: .them)
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

/// After a missed message, only findings without state are certain.
@Test func nothingIsCertainBehindWhatWasMissed() throws {
    let watch = Watch()
    func see(_ messages: [([UInt8], Opener)]) throws -> [String] {
        var observer = ConnectionObserver(nil, .state)
        var before: [Finding] = []
        observer.observe(
            NodeIDHandshake.self, watch.a.query().span.bytes, isGood: true, from: .us, at: .zero, into: &before)
        observer.miss()
        return try messages.flatMap { bytes, sender in
            var framing = StreamFraming(nil)
            guard case .message(let type, _) = framing.next(bytes.span.bytes) else { throw NotOne() }
            var findings: [Finding] = []
            observer.observe(type, bytes.span.bytes, isGood: true, from: sender, at: .zero, into: &findings)
            return findings
        }.map { "\($0.severity) \($0.requirement ?? "-")" }
    }
    struct NotOne: Error {}
    // The answer may belong to the first query, of which the capture has only a part.
    #expect(try see([(watch.b.query(), .them), (watch.a.response(to: watch.a.cookie), .us)]) == ["warning NANO-18"])
    #expect(try see([(watch.b.query(), .them), (watch.b.query(), .them)]) == [])
    #expect(try see([(watch.a.query(), .us), (watch.a.response(to: watch.b.cookie), .us)]) == [])
    #expect(try see([(watch.b.query(), .them), (watch.a.keepalive(), .us), (watch.b.keepalive(), .them)]) == [])
    let elsewhere = watch.b.response(to: watch.a.cookie, query: true) { $0.genesis = Key32(repeating: 1) }
    #expect(try see([(elsewhere, .them)]) == ["violation NANO-20"], "is wrong whatever was said before")
}
/// The observer for counts checks each header once. It has the same findings as the other observers, regardless of
/// other messages in between.
@Test func headersThatAreQuietStayWatched() throws {
    let watch = Watch()
    let (hello, cut) = (watch.a.keepalive(), Early.header(0x0a, 0x0010))
    let parsed: [(second: Int64, sender: Opener?, bytes: [UInt8])] = [
        (0, .us, hello), (1, .us, hello), (1, .us, cut), (2, .us, cut), (3, .them, hello),
        (4, .us, watch.a.query()), (5, .us, hello), (6, .us, hello), (7, .them, hello), (8, .them, hello),
        (9, nil, []), (10, .us, hello), (500, .us, hello), (501, .us, hello), (502, .them, hello), (503, .us, hello),
    ]
    func see(_ scrutiny: Scrutiny) throws -> [String] {
        var observer = ConnectionObserver(nil, scrutiny)
        return try parsed.flatMap { second, sender, bytes -> [String] in
            guard let sender else {
                observer.miss()
                return []
            }
            var framing = StreamFraming(nil)
            guard case .message(let type, _) = framing.next(bytes.span.bytes) else { throw NotOne() }
            var findings: [Finding] = []
            observer.observe(
                type, bytes.span.bytes, isGood: true, from: sender, at: Instant(nanoseconds: second * 1_000_000_000),
                into: &findings)
            return findings.map { "\(second) \($0.severity) \($0.requirement ?? "-")" }
        }
    }
    struct NotOne: Error {}
    let seen = try see(.faults)
    #expect(try seen == see(.state))
    #expect(seen.contains("5 violation NANO-37") && seen.contains("7 violation NANO-37"))
    #expect(seen.filter { $0.hasSuffix("warning -") }.count == 2 && seen.contains("500 warning NANO-47"))
    // The finding also occurs before the query, because the opener must ask first.
    #expect(seen.contains("0 violation NANO-40") && seen.contains("3 violation NANO-37"))
    #expect(!seen.contains { $0.hasPrefix("6 ") || $0.hasPrefix("8 ") || $0.hasPrefix("10 ") })
}
/// NANO-23: a query of V3 (0x000d) asks a node without V3 for V2. A query with only the V3 bit (0x0009) asks it for V1.
@Test(arguments: [(0x0d, 1, false), (0x0d, 2, true), (0x0d, 3, true), (0x09, 1, true), (0x09, 2, false)])
func answersToV3(bits: Int, version: Int, fits: Bool) throws {
    let watch = Watch()
    var query = watch.a.query(3)
    query[6] = UInt8(bits)
    let parsed = try watch.see([
        (query, .us), (watch.b.response(to: watch.a.cookie, UInt8(version), query: true), .them),
    ])
    #expect(
        parsed.filter { $0.hasSuffix("NANO-23 response") } == (fits ? [] : ["violation NANO-23 response"]), "\(parsed)")
}

/// After two queries, an answer to either is valid. An answer to neither is wrong.
@Test func anyQueryMayBeAnswered() throws {
    var watch = Watch()
    let first = watch.a.query()
    let cookie = watch.a.cookie
    watch.a.cookie = Key32(repeating: 0x77)
    let queries = [(first, Opener.us), (watch.a.query(), .us)]
    #expect(try watch.see(queries + [(watch.b.response(to: cookie), .them)]) == ["violation NANO-25 query"])
    #expect(try watch.see(queries + [(watch.b.response(to: watch.a.cookie), .them)]) == ["violation NANO-25 query"])
    #expect(
        try watch.see(queries + [(watch.b.response(to: watch.b.cookie), .them)])
            == ["violation NANO-25 query", "violation NANO-18 response.signature"])
}
/// NANO-16, NANO-17, NANO-23: a node without a free cookie for the address answers without a query. The missing query
/// alone is therefore only a warning.
@Test(arguments: [1, 2, 3])
func answerWithoutQueryIsOnlyAWarning(version: UInt8) throws {
    let watch = Watch()
    let id = ["NANO-17", "NANO-16", "NANO-23"][Int(version) - 1]
    let answer = (watch.b.response(to: watch.a.cookie, version), Opener.them)
    #expect(try watch.see([(watch.a.query(version), .us), answer]) == ["warning \(id) query"])
    // The opener has already sent its query, so its answer never has one.
    let both = (watch.a.response(to: watch.b.cookie, version, query: true), Opener.us)
    let opener = try watch.see(Array(watch.handshake(version)[..<2]) + [both])
    #expect(opener.contains("violation \(version == 1 ? "NANO-42" : "NANO-41") query"))
}
/// NANO-16, NANO-23: nodes before protocol version 0x14 do not know V2 and answer it in V1.
@Test(arguments: [2, 3])
func earlyGenerationsAnswerInV1(version: UInt8) throws {
    var watch = Watch()
    #expect(
        try watch.see([(watch.a.query(version), .us), (watch.b.response(to: watch.a.cookie, 1, query: true), .them)])
            == ["violation \(version == 2 ? "NANO-16" : "NANO-23") response"])
    watch.b.rules.profile = .v24
    #expect(
        try watch.see([(watch.a.query(version), .us), (watch.b.response(to: watch.a.cookie, 1, query: true), .them)])
            == [])
}
/// NANO-37 applies to nodes that know the handshake.
@Test func earlyGenerationsTalkBeforeTheHandshake() throws {
    var watch = Watch()
    watch.a.rules.profile = .legacy
    #expect(try watch.see([(watch.a.query(1), .us), (watch.a.keepalive(), .us)]) == ["warning NANO-37 "])
}
@Test func newerGenerationsAreKnownByTheirHeaders() {
    let observer = ConnectionObserver(nil, .state)
    func mayBeNewer(_ bytes: [UInt8]) -> Bool { observer.mayBeNewer(bytes.span.bytes) }
    #expect(!mayBeNewer([0x52, 0x43, 0x16, 0x16, 0x14, 0x30, 0, 0]))
    #expect(mayBeNewer([0x52, 0x43, 0x17, 0x17, 0x14, 0x30, 0, 0]))
    #expect(!mayBeNewer([0x52, 0x00, 0x17, 0x17, 0x14, 0x30, 0, 0]))
    #expect(!mayBeNewer([0x52, 0x43, 0x17]))
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
    #expect(try watch.see([(watch.a.keepalive(extensions: 0x8001), .us)], seen: false) == ["warning - extensions"])
    #expect(try watch.see([(Early.header(0x0a, 0x0010), .us)], seen: false) == ["warning - extensions"])
}

/// Without settings, the genesis follows from the network in each message.
@Test func genesisOfEachNetwork() throws {
    for network in NanoNetwork.all {
        var watch = Watch()
        watch.a.rules.network = network
        watch.b.rules.network = network
        #expect(try watch.see(watch.handshake(2)) == [])
    }
}

/// Returns the findings about a conversation after the handshake, with the second of each message.
private func notes(
    _ messages: [(second: Double, sender: Opener, bytes: [UInt8])], rules: Ruleset? = nil,
    _ scrutiny: Scrutiny = .content, network: NanoNetwork = .dev, missed: Bool = false
) -> [String] {
    var observer = ConnectionObserver(rules, scrutiny)
    var watch = Watch()
    (watch.a.rules.network, watch.b.rules.network) = (network, network)
    var parsed: [String] = []
    let before = watch.handshake(2).map { (0.0, $0.1, $0.0) }
    for (i, (second, sender, bytes)) in (before + messages).enumerated() {
        if missed, i == before.count { observer.miss() }
        var framing = StreamFraming(nil)
        guard case .message(let type, _) = framing.next(bytes.span.bytes) else {
            Issue.record("not one message")
            continue
        }
        let time = Instant(nanoseconds: Int64(second * 1e9))
        var findings: [Finding] = []
        observer.observe(
            type, bytes.span.bytes, isGood: type.inspect(bytes.span.bytes) != .refused, from: sender, at: time,
            into: &findings)
        for finding in findings {
            parsed.append("\(finding.severity) \(finding.requirement ?? "-") \(finding.path)")
            #expect(!finding.text.isEmpty)
        }
    }
    return parsed
}

/// NANO-59, NANO-62, NANO-67: violations that a signature or a threshold proves.
@Test func contentsAreChecked() {
    let ledger = Ledger.made(.dev, .small)
    var peer = Peer()
    func publish(_ spoil: (inout StateBlock) -> Void, works: Bool = true) -> [String] {
        var block = peer.change(of: ledger, works: works)
        spoil(&block)
        return notes([(1, .us, peer.publish(.state(block)))])
    }
    #expect(publish { _ in } == [])
    #expect(publish { $0.signature.bytes[3] ^= 1 } == ["violation NANO-59 state.signature"])
    #expect(publish({ _ in }, works: false) == ["violation NANO-62 state.work"])
    #expect(notes([(1, .us, peer.publish(.open(NanoNetwork.dev.genesisBlock)))]) == [])
    // The observer cannot determine the signer of an epoch block, or of most legacy blocks.
    #expect(
        publish {
            let root = $0.root
            $0 = StateBlock()
            $0.previous = root
            $0.work = Work.find(root: root, threshold: NanoNetwork.dev.work.epoch1, attempts: 1 << 20) ?? 0
            for (i, byte) in "epoch v1 block".utf8.enumerated() { $0.link.bytes[i] = byte }
        } == [])
    for entry in ledger.entries.values { #expect(notes([(1, .them, peer.publish(entry.block))]) == []) }
    #expect(notes([(1, .us, peer.vote())]) == [])
    #expect(notes([(1, .us, peer.vote { $0.signature.bytes[0] ^= 1 })]) == ["violation NANO-67 signature"])
    #expect(notes([(1, .us, peer.vote { $0.account = Key32() })]) == ["violation NANO-67 account"])
    // The operator of the test network chose its thresholds.
    peer.rules.network = .test
    #expect(notes([(1, .us, peer.publish(.state(peer.change(of: ledger, works: false))))], network: .test) == [])
}

/// An observer of only the connection state verifies no votes and blocks. It reports repetitions anyway.
@Test func contentsAreCheckedWhenAskedFor() {
    let peer = Peer()
    let ledger = Ledger.made(.dev, .small)
    let vote = peer.vote { $0.signature.bytes[0] ^= 1 }
    let block = peer.publish(.state(peer.change(of: ledger, works: false)))
    let parsed = [(1.0, Opener.us, vote), (1.5, .us, block), (2, .us, vote)]
    let content = ["violation NANO-67 signature", "violation NANO-62 state.work"]
    #expect(notes(parsed, .faults) == [])
    #expect(notes(parsed, .state) == ["info NANO-68 "])
    #expect(notes(parsed, .content) == content + ["violation NANO-67 signature", "info NANO-68 "])
}

/// NANO-68: the same payload from the same side within a minute, regardless of its header.
@Test func repetitionsAreTold() {
    let peer = Peer()
    let (vote, again) = (peer.vote(), peer.vote(rebroadcasted: true))
    let pings = stride(from: 1.0, to: 70, by: 1).flatMap { second in
        [(second, Opener.us, peer.keepalive()), (second, .them, peer.keepalive())]
    }
    func with(_ votes: [(Double, Opener, [UInt8])]) -> [String] {
        notes((pings + votes).sorted { $0.0 < $1.0 })
    }
    #expect(with([(1.5, .us, vote), (61.4, .us, again)]) == ["info NANO-68 "])
    #expect(with([(1.5, .us, vote), (61.6, .us, vote)]) == [])
    #expect(with([(1.5, .us, vote), (2.5, .them, vote)]) == [], "the other way is another matter")
}

/// NANO-111: a node may send a block twice at once, and again after the interval of its network, but no more often.
@Test func reportsBlocksThatAreSentTooOften() {
    let ledger = Ledger.made(.dev, .small)
    let peer = Peer()
    var own = Publish()
    own.header = peer.rules.header(.publish)
    own.block = .state(peer.change(of: ledger))
    let block = own.encoded()
    own.originator = true
    let made = own.encoded()
    func warnings(_ bytes: [UInt8], every seconds: Double, times: Int) -> [String] {
        let sent = (0..<times).map { (1 + Double($0) * seconds, Opener.us, bytes) }
        return notes(sent).filter { $0.hasPrefix("warning NANO-111") }
    }
    #expect(warnings(block, every: 0.02, times: 60) == ["warning NANO-111 "], "once for each block")
    #expect(warnings(block, every: 0.26, times: 60) == [])
    #expect(warnings(made, every: 0.02, times: 60) == [], "its maker sends it again in its own time")
    #expect(warnings(block, every: 0, times: 5) == [])
    #expect(warnings(block, every: 0, times: 6) == ["warning NANO-111 "])
}
/// A confirm_ack of RsNano has block type 0: receivers ignore it, so it is only a note that names both values.
@Test func blockTypeOfVotesIsANote() throws {
    let peer = Peer()
    var vote = peer.vote()
    vote[7] = vote[7] & 0xf0
    var observer = ConnectionObserver(nil, .state)
    var findings: [Finding] = []
    observer.miss()
    observer.observe(ConfirmAck.self, vote.span.bytes, isGood: true, from: .us, at: .zero, into: &findings)
    #expect(findings.map(\.severity) == [.info] && findings.map(\.text) == ["block type 0; nano-node writes 1"])
    #expect(ConfirmAck.dissect(vote.span.bytes, audits: true).notes.isEmpty)
    // Before V24, block type 0 means that there is no block.
    vote[3] = 0x12
    observer = ConnectionObserver(nil, .state)
    observer.miss()
    findings = []
    observer.observe(ConfirmAck.self, vote.span.bytes, isGood: true, from: .us, at: .zero, into: &findings)
    #expect(findings.isEmpty)
}

/// Payloads are remembered for a limited time. Their number is limited, and the oldest is forgotten first.
@Test func payloadsAreForgotten() {
    var seen = RecentPayloads(lifetime: .seconds(60))
    func isNew(_ n: Int, _ second: Double, count: Int = 33) -> Bool {
        var payload = [UInt8](repeating: 7, count: count)
        for i in 0..<min(8, count) { payload[count - 1 - i] = UInt8(truncatingIfNeeded: n >> (8 * i)) }
        return seen.isNew(payload.span.bytes, now: Instant(nanoseconds: Int64(second * 1e9)))
    }
    #expect(isNew(1, 0) && !isNew(1, 0) && !isNew(1, 59.9) && isNew(1, 60) && !isNew(1, 119.9))
    // The last byte and the length count, regardless of word boundaries.
    for count in 1...80 {
        #expect(isNew(2, 200, count: count) && isNew(3, 200, count: count), "\(count)")
        #expect(!isNew(2, 200, count: count) && !isNew(3, 200, count: count), "\(count)")
    }
    let all = RecentPayloads.capacity
    for n in 0..<3 * all { #expect(isNew(1000 + n, 300 + Double(n) / 1000), "\(n)") }
    #expect((2 * all..<3 * all).allSatisfy { !isNew(1000 + $0, 304) })
    // With one more payload, the oldest is forgotten.
    #expect(isNew(1000 + 3 * all, 304) && !isNew(1000 + 2 * all + 1, 304) && isNew(1000 + 2 * all, 304))
    #expect((0..<2 * all).allSatisfy { isNew(1000 + $0, 305) })
    // A payload that arrives again after its time counts from that moment.
    #expect(isNew(1000, 365) && isNew(1001, 365) && !isNew(1000, 366))
    for n in 0..<all - 2 { #expect(isNew(100_000 + n, 366)) }
    #expect(!isNew(1000, 367) && !isNew(1001, 367))
    #expect(isNew(200_000, 367) && isNew(1000, 367) && isNew(1001, 367))
    #expect(isNew(1000 + 3 * all - 1, 400), "all of them are over")
    #expect(!isNew(1000 + 3 * all - 1, 0), "time that goes back")
}

/// NANO-47: silence is reported once, as a warning, and only for a side that sent a message after the handshake.
@Test func silenceIsTold() {
    let peer = Peer()
    let (a, b) = ((Opener.us, peer.keepalive()), (Opener.them, peer.keepalive()))
    #expect(notes([(1, a.0, a.1), (2, b.0, b.1), (3.5, a.0, a.1), (4.5, b.0, b.1)]) == [])
    #expect(notes([(1, a.0, a.1), (4.5, a.0, a.1)]) == ["warning NANO-47 "])
    #expect(
        notes([(1, a.0, a.1), (1, b.0, b.1), (2.5, a.0, a.1), (4.1, a.0, a.1), (5, a.0, a.1), (6, b.0, b.1)])
            == ["warning NANO-47 "])
    #expect(notes([(1, a.0, a.1), (500, b.0, b.1)]) == ["warning NANO-47 "])
    #expect(notes([(1, b.0, b.1), (0.5, b.0, b.1), (3.9, b.0, b.1)]) == [], "time that goes back")
    var live = Peer()
    live.rules.network = .live
    #expect(notes([(1, .us, live.keepalive()), (31.5, .us, live.keepalive())], network: .live) == [])
    #expect(notes([(1, .us, live.keepalive()), (33, .us, live.keepalive())], network: .live) == ["warning NANO-47 "])
    // The interval was once a minute.
    live.rules.profile = .legacy
    #expect(notes([(1, .us, live.keepalive()), (100, .us, live.keepalive())], network: .live) == [])
    #expect(notes([(1, .us, live.keepalive()), (130, .us, live.keepalive())], network: .live) == ["warning NANO-47 "])
}
