import Node
import Testing
import Wire

@testable import DXOS

/// All connections of a capture, as a passive observer receives them.
struct SwarmObserverTests {
    private struct Heard {
        var observer = SwarmObserver(memory: 1 << 20)
        var findings: [Finding] = []
        var record = 0
        var now = Instant.zero
        mutating func hear<M: Message>(_ message: M, _ connection: Int, _ sender: Opener) {
            record += 1
            let server: Endpoint = .loopback(UInt16(connection))
            let channel = HeardChannel(connection: connection, path: "websocket/dxos")
            let heard = HeardMessage(
                M.self, isGood: true, in: channel, from: sender, sender == .us ? .loopback(99) : server,
                to: sender == .us ? server : .loopback(99), isFromClient: sender == .us, record: record, at: now)
            observer.observe(heard, message.encoded().span.bytes, into: &findings)
        }
        mutating func call(_ id: Int32, _ method: Method, _ value: [UInt8], _ connection: Int) {
            var request = RequestContent()
            (request.id, request.method) = (id, Text(method.fullName))
            var payload = Payload()
            payload.value = Bytes(value)
            request.payload = payload
            hear(Request(request), connection, .us)
        }
        mutating func event(_ id: Int32, _ value: [UInt8], _ connection: Int) {
            var content = ResponseContent()
            content.id = id
            var payload = Payload()
            payload.value = Bytes(value)
            content.payload = payload
            hear(Response(content), connection, .them)
        }
        mutating func write(_ author: UInt8, _ recipient: UInt8, _ data: MessageData, id: UInt8?, _ connection: Int) {
            var swarm = SwarmMessage()
            swarm.sessionID = PublicKey([0x5e])
            swarm.data = data
            swarm.messageID = id.map { PublicKey([$0]) }
            var any = ApplicationPayload()
            any.typeURL = "dxos.mesh.swarm.SwarmMessage"
            any.swarmMessage = swarm
            var message = SignalMessage()
            (message.author, message.recipient, message.payload) = (Bytes([author]), Bytes([recipient]), any)
            call(9, .sendMessage, message.encoded(), connection)
        }
        /// Connection 9 is between two hosts.
        mutating func subscribe(_ id: Int32, _ topic: Topic, _ sender: Opener) {
            var request = RequestContent()
            (request.id, request.method) = (id, Text(Method.subscribe.fullName))
            var payload = Payload()
            payload.value = Bytes(BusSubscription(topic, by: [0xf0], isResumed: false).encoded())
            request.payload = payload
            hear(Request(request), 9, sender)
        }
        /// A host announces b0 until this time in seconds. Nil means that b0 left.
        mutating func publish(_ id: Int32, until: Int64?, asks: Bool = false, _ sender: Opener) {
            var event = SwarmEvent()
            if let until {
                var available = PeerAvailable()
                available.peer = Bytes([0xb0])
                available.since = UnixTime(nanoseconds: 100_000_000_000).timestamp
                available.until = UnixTime(nanoseconds: until * 1_000_000_000).timestamp
                if asks { available.announceBackToHost = Bytes([0xf0]) }
                event.peerAvailable = available
            } else {
                var left = PeerLeft()
                left.peer = Bytes([0xb0])
                event.peerLeft = left
            }
            var content = ResponseContent()
            content.id = id
            content.payload = WireForm(build: .bufbuild, writesDefaults: false)
                .namedPayload(.swarmEvent, event.encoded())
            hear(Response(content), 9, sender)
        }
        var end: [String] {
            var out: [HeardFinding] = []
            var observer = observer
            observer.finish(into: &out)
            return out.map { "\($0.finding.severity.rawValue) \($0.finding.text)" }
        }
    }
    private static let offer: MessageData = {
        var data = MessageData()
        data.offer = NoFields()
        return data
    }()
    private static func answer(to id: UInt8?) -> MessageData {
        var answer = Answer()
        answer.accept = true
        answer.offerMessageID = id.map { PublicKey([$0]) }
        var data = MessageData()
        data.answer = answer
        return data
    }

    @Test func offersAndRecipients() {
        var all = Heard()
        all.call(0, .receiveMessages, [0x0a, 1, 0xa1], 1)
        all.call(0, .receiveMessages, [0x0a, 1, 0xb0], 2)
        // The offers are answered by the id, by the session, and not at all: another offer, another peer.
        all.write(0xa1, 0xb0, Self.offer, id: 1, 1)
        all.write(0xb0, 0xa1, Self.answer(to: 1), id: nil, 2)
        #expect(all.end == [])
        all.write(0xb0, 0xa1, Self.offer, id: nil, 2)
        #expect(all.end == ["info an offer that was never answered here"])
        all.write(0xa1, 0xb0, Self.answer(to: nil), id: nil, 1)
        #expect(all.end == [])
        all.write(0xa1, 0xb0, Self.offer, id: 2, 1)
        all.write(0xa1, 0xc4, Self.answer(to: 2), id: nil, 1)
        let told = all.end
        #expect(told.count == 2 && told.contains("info an offer that was never answered here"))
        #expect(told.contains("info a message to a peer that never asked for messages here"))
        // The answer may be among the missed messages.
        all.observer.miss(HeardChannel(connection: 1, path: ""))
        #expect(all.end == [])
    }
    /// b0 is present since 100 s after 1970.
    private static let available: [UInt8] = [0x0a, 7, 0x0a, 1, 0xb0, 0x12, 2, 0x08, 100]

    @Test func peersThatLeft() {
        var all = Heard()
        let available = Self.available
        let left: [UInt8] = [0x12, 3, 0x0a, 1, 0xb0]
        all.call(0, .join, [0x0a, 1, 0x50, 0x12, 1, 0xa1], 1)
        all.call(0, .join, [0x0a, 1, 0x50, 0x12, 1, 0xb0], 2)
        all.event(0, available, 1)
        all.event(0, left, 1)
        // In another swarm it is still present.
        all.call(1, .join, [0x0a, 1, 0x51, 0x12, 1, 0xa1], 1)
        all.event(1, available, 1)
        #expect(all.findings == [])
        all.call(0, .join, [0x0a, 1, 0x50, 0x12, 1, 0xc4], 3)
        all.event(0, available, 3)
        #expect(all.findings.map(\.requirement) == ["SIG-49"] && all.findings.map(\.severity) == [.warning])
        all.findings = []
        all.call(0, .join, [0x0a, 1, 0x50, 0x12, 1, 0xb0], 4)
        all.event(0, available, 3)
        #expect(all.findings == [])
    }

    /// Returns two hosts, and a peer at the first one that learns of b0. The second host announces b0 for 2 s.
    private static func twoHosts() -> Heard {
        var all = Heard()
        all.subscribe(0, .swarm([0x50]), .us)
        all.call(0, .join, [0x0a, 1, 0x50, 0x12, 1, 0xa1], 1)
        all.publish(0, until: 102, asks: true, .them)
        return all
    }
    @Test func expiredPeerIsNamed() {
        var all = Self.twoHosts()
        all.now = .zero + .seconds(3)
        all.event(0, Self.available, 1)
        #expect(all.findings == [])
        all.now = .zero + .milliseconds(3001)
        all.event(0, Self.available, 1)
        #expect(all.findings.map(\.requirement) == ["SIG-69"] && all.findings.map(\.severity) == [.warning])
    }
    /// The peer is announced again, or is at the host that names it.
    @Test func livingPeerIsNamed() {
        var all = Self.twoHosts()
        all.now = .zero + .seconds(1)
        all.publish(0, until: 105, .them)
        all.now = .zero + .seconds(6)
        all.event(0, Self.available, 1)
        #expect(all.findings == [])
        all.call(1, .join, [0x0a, 1, 0x50, 0x12, 1, 0xb0], 1)
        all.now = .zero + .seconds(60)
        all.event(0, Self.available, 1)
        #expect(all.findings == [])
    }
    /// A peer that left here is announced at another host. A peer that left there is not missed.
    @Test func peerMoves() {
        var all = Self.twoHosts()
        all.event(0, [0x12, 3, 0x0a, 1, 0xb0], 1)
        all.publish(0, until: 102, asks: true, .them)
        all.event(0, Self.available, 1)
        #expect(all.findings == [])
        all.publish(0, until: nil, .them)
        all.now = .zero + .seconds(60)
        all.event(0, Self.available, 1)
        #expect(all.findings == [])
    }
    /// The time since when the peer is present, in seconds, the host to announce back to, and the errors.
    @Test(
        arguments: [
            (100, nil, []), (253_402_300_799, nil, []), (nil, nil, [""]), (0, nil, [".since.seconds"]),
            (-1, nil, [".since.seconds"]),
            // Milliseconds in 2022.
            (1_663_000_000_000, nil, [".since.seconds"]), (100, [0xf0], [".announce_back_to_host"]),
            (nil, [], [".announce_back_to_host", ""]),
        ] as [(Int64?, [UInt8]?, [String])])
    func whatClientsAreTold(_ since: Int64?, _ host: [UInt8]?, _ wrong: [String]) {
        var all = Heard()
        all.call(0, .join, [0x0a, 1, 0x50, 0x12, 1, 0xa1], 1)
        var available = PeerAvailable()
        available.peer = Bytes([0xb0])
        available.since = since.map { seconds in
            var time = Timestamp()
            time.seconds = seconds
            return time
        }
        available.announceBackToHost = host.map { Bytes($0) }
        var event = SwarmEvent()
        event.peerAvailable = available
        all.event(0, event.encoded(), 1)
        #expect(all.findings.map(\.path) == wrong.map { "response.payload.swarm_event.peer_available" + $0 })
        #expect(all.findings.allSatisfy { $0.requirement == "SIG-54" && $0.severity == .warning })
        // A stream with unknown contents.
        all.findings = []
        all.event(1, event.encoded(), 1)
        #expect(all.findings == [])
    }
    /// An id has the meaning of its last use, for the swarm of a client and of a host.
    @Test func idIsUsedAgain() {
        var all = Heard()
        all.call(0, .join, [0x0a, 1, 0x50, 0x12, 1, 0xa1], 1)
        all.call(0, .join, [0x0a, 1, 0x51, 0x12, 1, 0xb0], 2)
        all.event(0, [0x12, 3, 0x0a, 1, 0xb0], 1)
        // The id is used for another swarm, which has b0, and for messages.
        all.call(0, .join, [0x0a, 1, 0x51, 0x12, 1, 0xa1], 1)
        all.event(0, Self.available, 1)
        all.call(0, .join, [0x0a, 1, 0x50, 0x12, 1, 0xa1], 1)
        all.call(0, .receiveMessages, [0x0a, 1, 0xa1], 1)
        all.event(0, Self.available, 1)
        #expect(all.findings == [])
        all = Self.twoHosts()
        all.subscribe(0, .peer([0xb0]), .us)
        // The peer would be present longer if the announcement were about this swarm.
        all.publish(0, until: 200, .them)
        all.now = .zero + .seconds(4)
        all.event(0, Self.available, 1)
        #expect(all.findings.map(\.requirement) == ["SIG-69"])
    }
    /// A receiver at a host outside of the capture is known by that host's subscriptions.
    @Test func receiverAtAnotherHost() {
        var all = Heard()
        all.subscribe(0, .peer([0xb0]), .them)
        all.write(0xa1, 0xb0, Self.answer(to: 1), id: nil, 1)
        #expect(all.end == [])
        all.write(0xa1, 0xc0, Self.answer(to: 1), id: nil, 1)
        #expect(all.end == ["info a message to a peer that never asked for messages here"])
    }
}
