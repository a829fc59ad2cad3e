import Node
import Testing
import Wire

@testable import WebSocket

extension End {
    /// Sends these bytes one by one at this interval, and wakes the session at its deadlines. Returns the time when the
    /// session gave up.
    fileprivate mutating func trickle(_ bytes: [UInt8], every step: Duration) -> Instant? {
        for byte in bytes {
            let next = now + step
            while let due = session.deadline, due <= next {
                now = due
                turn { $0.wake(now: $1, &$2) }
                if isOver { return now }
            }
            now = next
            receive([byte])
        }
        return nil
    }
}

/// A head that arrives byte by byte and never ends: the server gives up after 10 s plus the time for its answer,
/// regardless of further bytes.
@Test func headsThatNeverEnd() {
    let endless = utf8("GET / HTTP/1.1\r\n" + String(repeating: "a: b\r\n", count: 1000))
    for step in [Duration.milliseconds(900), .milliseconds(50), .milliseconds(5)] {
        var server = End.server()
        server.begin()
        #expect(server.trickle(endless, every: step) == .zero + .milliseconds(10_200))
        #expect((try? UpgradeResponse(copying: server.take()))?.status.string() == "408")
    }
    var client = End.client()
    client.begin()
    #expect(client.trickle(utf8("HTTP/1.1 101 Switching") + endless, every: .milliseconds(900)) == .zero + .seconds(10))
    // The peer sends nothing.
    for end in [End.server(), .client()] {
        var end = end
        end.begin()
        end.now = .zero + .seconds(10)
        end.turn { $0.wake(now: $1, &$2) }
        #expect(end.isOver)
    }
}

/// A Close frame without an answer: the session waits 5 s, regardless of other frames.
@Test func closeThatIsNeverAnswered() {
    for isClient in [true, false] {
        var (client, server) = End.pair()
        var end = isClient ? client : server
        (client, server) = (server, client)
        end.turn { $0.close(now: $1, &$2) }
        let more = isClient ? Frame(.text, utf8("more")).encoded() : masked(.text, utf8("more"))
        let all = Array((0..<200).map { _ in more }.joined())
        #expect(end.trickle(all, every: .milliseconds(20)) == .zero + .seconds(5))
        #expect(end.messages.isEmpty && end.close() == .abnormal)
    }
}

/// After a broken rule, the connection lasts 200 ms, regardless of further bytes.
@Test func nothingAfterAFailure() {
    var (_, server) = End.pair()
    server.receive(hex("81 00"))
    #expect(server.session.state == .failing)
    let more = [UInt8](repeating: 0x81, count: 1000)
    #expect(server.trickle(more, every: .milliseconds(1)) == .zero + .milliseconds(200))
    #expect(server.takeFrames().count == 1)
}

/// Both Close frames were sent, and the server does not close. The client closes after 1 s.
@Test func serverThatDoesNotClose() {
    var (client, server) = End.pair()
    server.turn { $0.close(now: $1, &$2) }
    client.receive(server.take())
    #expect(client.session.state == .ending)
    #expect(client.trickle([UInt8](repeating: 0, count: 1000), every: .milliseconds(10)) == .zero + .seconds(1))
}

/// The lower connection breaks in each state. The session sends nothing more, waits for nothing, and keeps no memory.
@Test(arguments: [Session.State.connecting, .open, .closing, .failing, .ending])
func breaksIn(state: Session.State) {
    var ends: [End] = []
    switch state {
    case .connecting:
        var half = End.server()
        half.receive(utf8("GET / HTTP/1.1\r\nHos"))
        ends = [.server(), .client(), half]
        for i in ends.indices { ends[i].begin() }
    case .open:
        let deflate = DeflateNegotiation()
        var (client, server) = End.pair(deflate, deflate)
        // Inside a header, a payload, a message, a ping.
        for part in [
            hex("81"), hex("81 fe 00"), masked(.binary, [1, 2, 3]).dropLast(), masked(.text, utf8("a"), fin: 0),
            masked(.ping, [1, 2]).dropLast(), masked(.text, hex("f2 48"), fin: 0) { $0.header.rsv1 = 1 },
        ] {
            var end = server
            end.receive(Array(part))
            ends.append(end)
        }
        client.send(Received("compressed"))
        _ = server
        ends.append(client)
    case .closing:
        let (client, server) = End.pair()
        ends = [client, server]
        for i in ends.indices { ends[i].turn { $0.close(now: $1, &$2) } }
    case .failing:
        var (client, server) = End.pair()
        client.receive(masked(.text, []))
        server.receive(hex("81 00"))
        ends = [client, server]
    case .ending:
        var (client, server) = End.pair()
        server.turn { $0.close(now: $1, &$2) }
        client.receive(server.take())
        ends = [client]
    case .closed: break
    }
    for end in ends {
        var end = end
        #expect(end.session.state == state)
        _ = end.take()
        end.turn { $0.closed(now: $1, &$2) }
        #expect(end.session.state == .closed && end.session.deadline == nil && end.sent.isEmpty)
        #expect(end.session.pending.isEmpty && end.session.control.isEmpty && end.session.reader.memory == 0)
        let told = end.events.count
        end.receive(masked(.text, utf8("late")))
        end.turn { $0.wake(now: $1 + .seconds(100), &$2) }
        end.turn { $0.close(now: $1, &$2) }
        #expect(end.events.count == told && end.sent.isEmpty && end.messages.isEmpty)
    }
}
