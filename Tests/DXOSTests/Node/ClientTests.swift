import Node
import Testing
import Wire

@testable import DXOS

/// Tests a client in virtual time, without its layers.
struct ClientTests {
    private struct Peer {
        var node: SignalClient
        var now = Instant.zero
        var sent: [[UInt8]] = []
        var dials = 0
        var reports: [Event] = []
        var events: [String] { reports.map(\.name) }
        init(_ build: String = "js-2023", handshake: String = "off") throws {
            let settings = try Definition.dxos.settings(["build": build, "handshake": handshake])
            var options = NodeOptions(settings, random: Random(seed: 1), peers: [.loopback(9)])
            options.identity = [0xa1]
            node = SignalClient(options)
            call { $0.start(now: $1, &$2) }
        }
        mutating func call(_ body: (inout SignalClient, Instant, inout [Action]) -> Void) {
            var out: [Action] = []
            body(&node, now, &out)
            for action in out {
                switch action {
                case .send(_, let bytes): sent.append(bytes)
                case .connect: dials += 1
                case .report(let event): reports.append(event)
                default: break
                }
            }
        }
        mutating func open(_ link: UInt64 = 1) {
            call { $0.opened(LinkID(link), peer: .loopback(9), by: .us, now: $1, &$2) }
        }
        mutating func hear(_ id: Int32, _ fill: (inout ResponseContent) -> Void, _ link: UInt64 = 1) {
            var content = ResponseContent()
            content.id = id
            fill(&content)
            let bytes = Response(content).encoded()
            call { $0.received(bytes.span.bytes, kind: 2, on: LinkID(link), now: $1, &$2) }
        }
        mutating func say(_ bytes: [UInt8]) {
            call { $0.received(bytes.span.bytes, kind: 2, on: LinkID(1), now: $1, &$2) }
        }
        mutating func message(_ type: StaticString, _ value: [UInt8]) {
            var any = ApplicationPayload()
            (any.typeURL, any.value) = (Text(type.description), Bytes(value))
            var message = SignalMessage()
            (message.author, message.recipient, message.payload) = (Bytes([0xb0]), Bytes([0xa1]), any)
            hear(0) {
                var payload = Payload()
                payload.typeURL = "dxos.mesh.signal.Message"
                payload.message = message
                $0.payload = payload
            }
        }
        mutating func control(_ name: String, _ entries: [Value.Entry]) {
            call { _ = $0.control(name, entries, now: $1, &$2) }
        }
        /// Advances the time. Returns the times of the sent messages, in milliseconds.
        mutating func pass(_ time: Duration) -> [Int64] {
            let (start, end) = (now, now + time)
            var times: [Int64] = []
            while let due = node.deadline, due <= end {
                now = max(now, due)
                let before = sent.count + dials
                call { $0.wake(now: $1, &$2) }
                if sent.count + dials > before { times.append((now - start).nanoseconds / 1_000_000) }
            }
            now = end
            return times
        }
        /// Returns the ids and methods of the requests since the last call.
        mutating func requests() -> [String] {
            defer { sent = [] }
            return sent.map { bytes in
                guard let request = (try? Request(copying: bytes))?.request else { return bytes.hex }
                let method = request.method?.string(in: RawSpan()) ?? ""
                return "\(request.id ?? 0) \(method.dropFirst(Method.service.count + 1))"
            }
        }
    }

    @Test func callsAndReconnects() throws {
        var peer = try Peer()
        #expect(peer.dials == 1)
        peer.open()
        peer.control("join", [.init("swarm", .bytes([0x50]))])
        peer.control("join", [.init("swarm", .bytes([0x50]))])
        #expect(peer.requests() == ["0 ReceiveMessages", "1 Join"])
        peer.call { $0.closed(LinkID(1), now: $1, &$2) }
        #expect(peer.pass(.milliseconds(99)) == [] && peer.pass(.milliseconds(1)) == [1])
        // The delay doubles each time, up to 5 s.
        var times: [Int64] = []
        for _ in 0..<7 {
            peer.call { $0.unreachable(.loopback(9), now: $1, &$2) }
            times += peer.pass(.seconds(6))
        }
        #expect(times == [200, 400, 800, 1600, 3200, 5000, 5000])
        // The client repeats all requests with ids from 0, swarms first.
        peer.open(2)
        #expect(peer.requests() == ["0 Join", "1 ReceiveMessages"])
        peer.call { $0.closed(LinkID(2), now: $1, &$2) }
        #expect(peer.pass(.seconds(1)) == [100])
        peer.open(3)
        _ = peer.requests()
        peer.control("leave", [.init("swarm", .bytes([0x50]))])
        #expect(peer.sent.map(\.hex) == ["2a020800"])
    }
    /// SIG-78: the times of the repetitions, and the last one.
    @Test func repeatsUntilAcknowledged() throws {
        // This build does not send `__ping__`.
        var peer = try Peer("js-2022")
        peer.open()
        _ = peer.requests()
        peer.control("send", [.init("to", .bytes([0xb0]))])
        #expect(peer.requests() == ["1 SendMessage"])
        #expect(peer.pass(.seconds(9)) == [300, 900, 2100, 4500])
        #expect(peer.pass(.seconds(60)) == [300] && peer.events.contains("not_delivered"))
        peer.control("send", [.init("to", .bytes([0xb0]))])
        let message = try Request(copying: try #require(peer.sent.last)).request?.payload?.message
        let id = try #require(message?.payload?.reliable?.messageID?.data?.array())
        _ = peer.pass(.milliseconds(500))
        var acknowledgement = Acknowledgement()
        acknowledgement.messageID = PublicKey([0x99])
        peer.message(ApplicationKind.acknowledgementType, acknowledgement.encoded())
        #expect(peer.pass(.milliseconds(500)) == [400])
        acknowledgement.messageID = PublicKey(id)
        peer.message(ApplicationKind.acknowledgementType, acknowledgement.encoded())
        #expect(peer.pass(.seconds(60)) == [] && peer.node.deadline == nil)
    }
    /// A command that sends a message learns that the receiver acknowledged it, or that it did not.
    @Test func reportsDeliveryToCommand() throws {
        var peer = try Peer("js-2022")
        peer.open()
        for ticket in [UInt64(5), 6] {
            peer.control("send", [.init("to", .bytes([0xb0])), .init("ticket", .uint(ticket))])
        }
        let message = try Request(copying: try #require(peer.sent.last)).request?.payload?.message
        let id = try #require(message?.payload?.reliable?.messageID)
        var acknowledgement = Acknowledgement()
        acknowledgement.messageID = id
        for _ in 0..<2 { peer.message(ApplicationKind.acknowledgementType, acknowledgement.encoded()) }
        let delivered = peer.reports.filter { $0.name == "delivered" }
        #expect(delivered.count == 1)
        let details = Value.map(delivered.first?.details ?? [])
        #expect(details["ticket"] == .uint(6) && details["count"] == .uint(1))
        _ = peer.pass(.seconds(11))
        let failed = Value.map(peer.reports.last { $0.name == "not_delivered" }?.details ?? [])
        #expect(failed["ticket"] == .uint(5) && failed["count"] == nil && failed["timeout"] == .uint(10))
        #expect(failed["reason"].map { "\($0)" }?.contains("did not acknowledge") == true)
    }
    /// The reason why a message was not delivered: a server refused it, there was no server, or it is too large.
    @Test func reportsReasonOfFailure() throws {
        func reason(_ peer: inout Peer, value: Int = 0) -> Value {
            peer.control(
                "send", [.init("to", .bytes([0xb0])), .init("value", .bytes(Array(repeating: 1, count: value)))])
            var error = RPCError()
            error.message = "Key is too long."
            if value == 1 { peer.hear(1, { $0.error = error }) }
            _ = peer.pass(.seconds(11))
            return .map(peer.reports.last { $0.name == "not_delivered" }?.details ?? [])
        }
        func text(_ details: Value) -> String { details["reason"].map { "\($0)" } ?? "" }
        var alone = try Peer("js-2022")
        #expect(text(reason(&alone)).contains("no connection to a server"))
        var refused = try Peer("js-2022")
        refused.open()
        #expect(text(reason(&refused, value: 1)).contains("Key is too long."))
        var large = try Peer("js-2022")
        large.open()
        _ = large.requests()
        let details = reason(&large, value: 1 << 20)
        #expect(text(details).contains("too large") && details["timeout"] == nil && large.requests().isEmpty)
    }
    /// SIG-108: a message goes to each server, and one acknowledgement is enough.
    @Test func sendsToEachServer() throws {
        var peer = try Peer("js-2022")
        peer.open(1)
        peer.open(2)
        _ = peer.requests()
        peer.control("send", [.init("to", .bytes([0xb0]))])
        #expect(peer.requests() == ["1 SendMessage", "1 SendMessage"])
        #expect(peer.pass(.milliseconds(500)) == [300] && peer.requests() == ["2 SendMessage", "2 SendMessage"])
    }
    /// The questions about a client: its servers, the members of its swarms, its calls and its outbox.
    @Test func answersOperator() throws {
        var peer = try Peer("js-2022")
        func rows(_ question: String, _ column: String) -> [Value?] {
            guard case .list(let rows)? = peer.node.answer(question, [], now: peer.now) else { return [] }
            return rows.map { $0[column] }
        }
        #expect(rows("hosts", "state") == ["dialing"])
        peer.open()
        peer.control("join", [.init("swarm", .bytes([0x50]))])
        #expect(rows("hosts", "state") == ["connected"] && rows("calls", "state") == ["waiting", "waiting"])
        #expect(rows("calls", "ends") == [5, 5])
        for other in [UInt8(0xb0), 0xb1] {
            peer.hear(1) {
                var event = SwarmEvent()
                event.peerAvailable = PeerAvailable()
                event.peerAvailable?.peer = Bytes([other])
                var payload = Payload()
                (payload.typeURL, payload.swarmEvent) = ("dxos.mesh.signal.SwarmEvent", event)
                $0.payload = payload
            }
        }
        #expect(rows("peers", "peer") == [.bytes([0xa1]), .bytes([0xb0]), .bytes([0xb1])])
        #expect(rows("swarms", "elsewhere") == [2] && rows("calls", "state") == ["waiting", "open"])
        peer.control("send", [.init("to", .bytes([0xb0]))])
        _ = peer.pass(.seconds(2))
        #expect(rows("outbox", "to") == [.bytes([0xb0])] && rows("outbox", "copies") == [3])
        #expect(rows("outbox", "age") == [2] && rows("outbox", "ends") == [8])
        peer.control("leave", [.init("swarm", .bytes([0x50]))])
        #expect(rows("swarms", "swarm").isEmpty && rows("peers", "peer").isEmpty)
        _ = peer.pass(.seconds(10))
        let status = peer.node.answer("status", [], now: peer.now)
        #expect(status?["not_delivered"] == 1 && status?["outbox"] == 0 && status?["role"] == "client")
    }
    /// SIG-79: the client acknowledges each copy, delivers one, and answers an offer once.
    @Test func acknowledges() throws {
        var peer = try Peer()
        peer.open()
        _ = peer.requests()
        var data = MessageData()
        data.offer = NoFields()
        var swarm = SwarmMessage()
        (swarm.sessionID, swarm.data, swarm.messageID) = (PublicKey([0x5e]), data, PublicKey([7]))
        var inner = ReliableContent()
        (inner.typeURL, inner.swarmMessage) = ("dxos.mesh.swarm.SwarmMessage", swarm)
        var reliable = ReliablePayload()
        (reliable.messageID, reliable.payload) = (PublicKey([0x1d]), inner)
        peer.message(ApplicationKind.reliableType, reliable.encoded())
        peer.message(ApplicationKind.reliableType, reliable.encoded())
        let sent = try peer.sent.map { try Request(copying: $0).request?.payload?.message }
        #expect(sent.map { $0?.recipient?.array() } == [[0xb0], [0xb0], [0xb0]])
        #expect(sent.map { $0?.payload?.acknowledgement?.messageID?.data?.array() } == [[0x1d], nil, [0x1d]])
        #expect(sent[1]?.payload?.swarmMessage?.data?.answer?.offerMessageID?.data?.array() == [7])
        #expect(peer.events.count { $0 == "message" } == 1)
        // An unknown type, and bytes that are not a message.
        peer.message("dxos.Unknown", [0xff])
        #expect(peer.sent.count == 3)
    }
    @Test func endsOfStreams() throws {
        var peer = try Peer("go")
        peer.open()
        peer.hear(0, { $0.close = true })
        peer.control("join", [.init("swarm", .bytes([0x50]))])
        var error = RPCError()
        error.name = "StreamNotFound"
        peer.hear(1, { $0.error = error })
        peer.hear(77, { $0.streamReady = true })
        #expect(peer.events.suffix(2) == ["stream_closed", "stream_error"])
    }
    /// SIG-40: with a handshake, the client calls nothing before `open_ack`. A connection without it ends.
    @Test func opensFirst() throws {
        var peer = try Peer("js-2022", handshake: "on")
        peer.open()
        peer.control("join", [.init("swarm", .bytes([0x50]))])
        #expect(
            peer.pass(.milliseconds(800)) == [50, 150, 350, 750]
                && peer.requests() == Array(repeating: "1801", count: 5))
        peer.say([0x18, 0])
        #expect(peer.sent == [])
        peer.say([0x18, 1])
        peer.say([0x20, 1])
        #expect(peer.requests() == ["2001", "2001", "0 Join", "1 ReceiveMessages"])
        #expect(peer.pass(.seconds(2)) == [])
        peer.call { $0.closed(LinkID(1), now: $1, &$2) }
        peer.open(2)
        _ = peer.pass(.seconds(32))
        #expect(peer.dials == 2 && peer.node.answer("pending", [], now: peer.now) == .uint(0))
    }
    /// Calls without an answer fail: a unary call after 3 s, a stream after 5 s, and each call when the connection
    /// ends.
    @Test func callsFail() throws {
        var peer = try Peer()
        peer.open()
        peer.hear(0, { $0.streamReady = true })
        func pending() -> Value? { peer.node.answer("pending", [], now: peer.now) }
        peer.control("join", [.init("swarm", .bytes([0x50]))])
        peer.control("send", [.init("to", .bytes([0xb0]))])
        #expect(pending() == .uint(2))
        peer.hear(2, { $0.payload = Payload() })
        #expect(pending() == .uint(1))
        _ = peer.pass(.milliseconds(4999))
        // Copies at 2.1 s and 4.5 s and the stream are pending.
        #expect(pending() == .uint(3))
        _ = peer.pass(.milliseconds(101))
        #expect(pending() == .uint(1) && peer.events.count { $0 == "call_failed" } == 4)
        peer.say([0x32, 0])
        #expect(pending() == .uint(0) && peer.sent.last == [0x32, 0] && peer.events.last == "call_failed")
        #expect(peer.pass(.milliseconds(200)) == [100])
    }
    /// SIG-78: since 2024-09-30 the first delay is 1 s.
    @Test func repeatsLaterSince2024() throws {
        var peer = try Peer("js-2025")
        peer.open()
        peer.hear(0, { $0.streamReady = true })
        _ = peer.requests()
        peer.control("send", [.init("to", .bytes([0xb0]))])
        #expect(peer.pass(.seconds(9)) == [1000, 3000, 7000])
    }
    /// SIG-77: at 10 s and each 10 s after that, on each connection.
    @Test(arguments: ["js-2022", "js-2023", "js-2024", "bufbuild"]) func pings(_ build: String) throws {
        var peer = try Peer(build)
        peer.open()
        peer.hear(0, { $0.streamReady = true })
        let isSilent = build == "js-2022" || build == "js-2023"
        #expect(peer.pass(.seconds(35)) == (isSilent ? [] : [10_000, 20_000, 30_000]))
        #expect(isSilent || peer.sent.last == Array("__ping__".utf8))
    }
}
