import Node
import Testing
import Wire

@testable import WebRTC

@Suite struct PeerConnectionTests {
    /// The messages of both sides: texts and bytes, empty and large.
    private static let messages: [(bytes: [UInt8], isText: Bool)] = [
        (Array("hello".utf8), true), (Array("Grüße ↔ 🌍".utf8), true), ([], true), ([], false), ([7], false),
        ((0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 7) }, false),
        ((0..<65_536).map { UInt8(truncatingIfNeeded: $0 &* 13) }, false),
        ([UInt8](repeating: 120, count: 65_536), true),
    ]
    private func sendAll(_ connection: inout PeerConnection, _ now: Instant) throws {
        for (bytes, isText) in Self.messages { try connection.send(bytes, isText: isText, on: 0, now: now) }
    }
    private func expectAll(_ events: [PeerConnection.Event], _ comment: Comment) {
        let expected = Self.messages.map { PeerConnection.Event.message(channel: 0, $0.bytes, isText: $0.isText) }
        let messages = events.filter { if case .message = $0 { true } else { false } }
        #expect(messages.count == expected.count, comment)
        for (n, (message, wanted)) in zip(messages, expected).enumerated() {
            let isEqual = message == wanted
            #expect(isEqual, "\(comment): message \(n)")
        }
    }
    /// Opens a channel, sends all messages in both directions, and closes the channel.
    private func play(_ start: ConnectionPair, within time: Duration) throws {
        var pair = start
        #expect(pair.offerer.open("messages", now: pair.now) == 0)
        try pair.introduce()
        pair.run(for: time) {
            ConnectionPair.opened($0.events.offerer) + ConnectionPair.opened($0.events.answerer)
                == ["messages", "messages"]
        }
        #expect(ConnectionPair.opened(pair.events.answerer) == ["messages"])
        try #require(ConnectionPair.opened(pair.events.offerer) == ["messages"])
        try sendAll(&pair.offerer, pair.now)
        try sendAll(&pair.answerer, pair.now)
        pair.run(for: time) {
            ConnectionPair.messages($0.events.offerer).count + ConnectionPair.messages($0.events.answerer).count == 16
        }
        expectAll(pair.events.offerer, "offerer")
        expectAll(pair.events.answerer, "answerer")
        pair.answerer.close(0, now: pair.now)
        pair.run(for: time) {
            $0.events.offerer.contains(.closed(channel: 0)) && $0.events.answerer.contains(.closed(channel: 0))
        }
        #expect(pair.events.offerer.last == .closed(channel: 0) && pair.events.answerer.last == .closed(channel: 0))
        #expect(pair.offerer.unsent == 0 && pair.answerer.unsent == 0)
        pair.offerer.end(now: pair.now)
        pair.run(for: time) { ConnectionPair.ended($0.events.answerer) != nil }
        #expect(ConnectionPair.ended(pair.events.offerer) == "this side closed the connection")
        #expect(ConnectionPair.ended(pair.events.answerer) != nil)
        #expect(pair.offerer.deadline == nil && pair.answerer.deadline == nil)
    }

    @Test func carriesMessagesOverStandIn() throws { try play(ConnectionPair(), within: .seconds(2)) }
    @Test(arguments: 0..<20 as Range<UInt64>) func carriesMessagesUnderLoss(_ seed: UInt64) throws {
        var pair = ConnectionPair(seed: seed)
        pair.loss = 0.2
        try play(pair, within: .seconds(60))
    }
    /// DTLS and SCTP use the clock of the machine; virtual time only passes while nothing happens.
    @Test(arguments: [false, true]) func carriesMessagesOverDTLS(_ isPassive: Bool) throws {
        let pair = ConnectionPair(identity: try #require(SecureIdentity()), changing: { $0.answersPassive = isPassive })
        try play(pair, within: .seconds(600))
    }
    @Test func reportsSuiteAndSecret() throws {
        var pair = ConnectionPair(identity: try #require(SecureIdentity()))
        try pair.introduce()
        pair.run(for: .seconds(600)) { $0.offerer.isAssociated && $0.answerer.isAssociated }
        let secrets = pair.events.offerer.compactMap { if case .secret(let line) = $0 { line } else { nil } }
        #expect(secrets.count == 1 && secrets.first?.hasPrefix("CLIENT_RANDOM ") == true)
        let suites = pair.events.answerer.compactMap { if case .secured(let suite) = $0 { suite } else { nil } }
        #expect(suites.first?.hasPrefix("ECDHE-ECDSA-AES128-GCM-SHA256 SRTP") == true)
    }
    @Test(arguments: [false, true]) func refusesOtherCertificate(_ isSecure: Bool) throws {
        var pair = ConnectionPair(identity: isSecure ? try #require(SecureIdentity()) : nil)
        _ = pair.offerer.open("messages", now: .zero)
        try pair.introduce { answer in
            let at = answer.firstRange(of: "a=fingerprint:sha-256 ")?.upperBound ?? answer.endIndex
            return answer[..<at] + (answer[at] == "A" ? "B" : "A") + answer[answer.index(after: at)...]
        }
        pair.run(for: .seconds(60)) { ConnectionPair.ended($0.events.offerer) != nil }
        #expect(ConnectionPair.ended(pair.events.offerer)?.contains("another fingerprint") == true)
        #expect(ConnectionPair.opened(pair.events.offerer).isEmpty)
    }
    /// DTLS and STUN notice a changed bit, and drop the datagram.
    @Test func survivesChangedDatagrams() throws {
        var pair = ConnectionPair(seed: 3, identity: try #require(SecureIdentity()))
        pair.corruption = 0.1
        _ = pair.offerer.open("messages", now: .zero)
        try pair.introduce()
        pair.run(for: .seconds(60)) { !ConnectionPair.opened($0.events.offerer).isEmpty }
        for n in 0..<20 as Range<UInt8> { try pair.offerer.send([n, n], isText: false, on: 0, now: pair.now) }
        pair.run(for: .seconds(60)) { ConnectionPair.messages($0.events.answerer).count == 20 }
        #expect(ConnectionPair.messages(pair.events.answerer) == (0..<20 as Range<UInt8>).map { [$0, $0] })
    }
    /// No datagram is larger than all paths carry.
    @Test func limitsDatagrams() throws {
        var pair = ConnectionPair(identity: try #require(SecureIdentity()))
        _ = pair.offerer.open("messages", now: .zero)
        try pair.introduce()
        pair.run(for: .seconds(600)) { !ConnectionPair.opened($0.events.offerer).isEmpty }
        try pair.offerer.send([UInt8](repeating: 1, count: 65_536), isText: false, on: 0, now: pair.now)
        pair.run(for: .seconds(600)) { !ConnectionPair.messages($0.events.answerer).isEmpty }
        #expect((1_150...1_200).contains(pair.largest), "\(pair.largest) bytes")
    }
    @Test func endsWithoutAnswer() {
        var pair = ConnectionPair()
        pair.run(for: .seconds(59))
        #expect(!pair.offerer.isEnded)
        pair.run(for: .seconds(2))
        #expect(ConnectionPair.ended(pair.events.offerer) == "the other side did not answer the offer")
    }
    @Test func opensManyChannels() throws {
        var pair = ConnectionPair()
        try pair.introduce()
        pair.run(for: .seconds(1))
        let own = (0..<40).map { pair.offerer.open("c\($0)", subprotocol: "p", now: pair.now) }
        #expect(own.compactMap { $0 } == Array(0..<32), "32 streams have numbers of this side")
        var delivery = Delivery()
        (delivery.isOrdered, delivery.reliability) = (false, .retransmissions(3))
        _ = pair.answerer.open("other", delivery, now: pair.now)
        pair.run(for: .seconds(1))
        #expect(ConnectionPair.opened(pair.events.offerer).count == 33)
        #expect(ConnectionPair.opened(pair.events.answerer).count == 33)
        let other = PeerConnection.Event.opened(channel: 40, label: "other", subprotocol: "", delivery, by: .them)
        #expect(pair.events.offerer.contains(other))
        // A stream is free again once both sides have closed it.
        pair.offerer.close(3, now: pair.now)
        pair.run(for: .seconds(1))
        // The answerer numbered its own channel first.
        #expect(pair.events.answerer.last == .closed(channel: 4))
        #expect(pair.offerer.open("again", now: pair.now) != nil)
        pair.run(for: .seconds(1))
        #expect(ConnectionPair.opened(pair.events.answerer).last == "again")
    }
    @Test func limitsMessages() throws {
        var pair = ConnectionPair(changing: { ($0.maximumMessage, $0.maximumUnsent) = (1000, 3000) })
        _ = pair.offerer.open("messages", now: .zero)
        #expect(throws: ChannelError.notOpen) {
            try pair.offerer.send([1], isText: false, on: 0, now: .zero)
        }
        try pair.introduce()
        pair.run(for: .seconds(1))
        #expect(throws: ChannelError.tooLarge(bytes: 1001, limit: 1000)) {
            try pair.offerer.send([UInt8](repeating: 0, count: 1001), isText: false, on: 0, now: pair.now)
        }
        try pair.offerer.send([UInt8](repeating: 0, count: 1000), isText: false, on: 0, now: pair.now)
        pair.run(for: .seconds(1))
        #expect(ConnectionPair.messages(pair.events.answerer).count == 1)
    }
    /// A side that sends more than the description allows ends the connection, not the program.
    @Test func endsOnTooLargeMessage() throws {
        var pair = ConnectionPair(changing: { $0.maximumMessage = 1000 })
        _ = pair.offerer.open("messages", now: .zero)
        try pair.introduce { $0.replacing("a=max-message-size:1000", with: "a=max-message-size:0") }
        pair.run(for: .seconds(1))
        try pair.offerer.send([UInt8](repeating: 0, count: 1001), isText: false, on: 0, now: pair.now)
        pair.run(for: .seconds(1))
        #expect(ConnectionPair.ended(pair.events.answerer)?.contains("more than 1000 bytes") == true)
    }
    /// Random datagrams change nothing.
    @Test func ignoresOtherDatagrams() throws {
        var pair = ConnectionPair()
        var random = Random(seed: 5)
        _ = pair.offerer.open("messages", now: .zero)
        try pair.introduce()
        pair.run(for: .seconds(1))
        for count in 0..<2000 where count % 256 != Int(PlainTransport.marker) {
            let bytes = [UInt8(truncatingIfNeeded: count)] + random.bytes(count % 100)
            pair.answerer.receive(bytes.span.bytes, from: .loopback(9), now: pair.now)
            pair.answerer.receive(bytes.span.bytes, from: ConnectionPair.offererAt, now: pair.now)
        }
        pair.run(for: .seconds(1))
        try pair.offerer.send(Array("still here".utf8), isText: true, on: 0, now: pair.now)
        pair.run(for: .seconds(1))
        #expect(ConnectionPair.messages(pair.events.answerer).last == Array("still here".utf8))
    }
}
