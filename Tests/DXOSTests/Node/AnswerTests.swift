import Node
import Testing
import Wire

@testable import DXOS

/// Tests the answers of a running server to its operator.
struct AnswerTests {
    /// A member that is connected, one that lost its connection, and the streams of both.
    @Test func membersAndStreams() throws {
        var server = try ServerHarness()
        server.open(1)
        server.open(2)
        server.join(0, 0x50, 0xa1, 1)
        server.receive(1, 0xa1, 1)
        server.pass(.seconds(3))
        server.join(0, 0x50, 0xb0, 2)
        server.receive(1, 0xb0, 2)
        #expect(server.rows("connections") == ["1 127.0.0.1:9 false open 2", "2 127.0.0.1:9 false open 2"])
        #expect(server.rows("swarms") == ["50 2 0"])
        #expect(server.rows("peers") == ["50 a1 here 3 -", "50 b0 here 0 -"])
        #expect(server.rows("subscriptions") == ["a1 1 open -", "b0 1 open -"])
        #expect(
            server.rows("calls") == [
                "1 0 them Join 50 open -", "1 1 them ReceiveMessages a1 open -", "2 0 them Join 50 open -",
                "2 1 them ReceiveMessages b0 open -",
            ])
        server.lose(2)
        #expect(server.rows("connections").count == 1)
        #expect(server.rows("peers") == ["50 a1 here 3 -", "50 b0 lost 0 5"])
        #expect(server.rows("subscriptions") == ["a1 1 open -", "b0 0 lost 5"])
        server.pass(.seconds(6))
        #expect(server.rows("peers") == ["50 a1 here 9 -"] && server.rows("subscriptions") == ["a1 1 open -"])
        #expect(server.rows("outbox").isEmpty && server.rows("hosts").isEmpty)
    }
    /// The hosts of a mesh: one that cannot be reached, then its connection, and the subscriptions there.
    @Test func hostsAndSubscriptions() throws {
        let host = Endpoint.loopback(8)
        var server = try ServerHarness(hosts: [host])
        #expect(server.rows("hosts") == ["127.0.0.1:8 - dialing 0 -"])
        for _ in 0..<6 { server.fail(host) }
        #expect(server.rows("hosts") == ["127.0.0.1:8 - waiting 0 3"])
        server.open(1, to: host)
        server.open(2)
        server.receive(0, 0xa1, 2)
        #expect(server.rows("hosts") == ["127.0.0.1:8 - connected 1 -"])
        #expect(server.rows("calls").last == "1 0 us Subscribe a1 waiting -")
        #expect(server.node.answer("pending", [], now: server.now) == .uint(1))
        // The other host answers, and subscribes to a topic of its own.
        server.hear([0x12, 2, 0x28, 1], 1)
        #expect(server.rows("calls").last == "1 0 us Subscribe a1 open -")
        #expect(server.node.answer("pending", [], now: server.now) == .uint(0))
        let form = WireForm(build: .js2022, writesDefaults: false)
        var request = RequestContent()
        (request.method, request.stream) = (Text(Method.subscribe.fullName), true)
        let subscription = BusSubscription(.swarm([0x50]), by: [0xf0], isResumed: false)
        request.payload = form.payload(Method.subscribe.argument, form.bytes(subscription))
        server.hear(Request(request).encoded(), 1)
        #expect(server.rows("topics") == ["peer a1 true 0", "swarm 50 false 1"])
        #expect(server.rows("hosts") == ["127.0.0.1:8 f0 connected 1 -"])
        // The members of the other host.
        server.join(1, 0x50, 0xa1, 2)
        var event = SwarmEvent()
        event.peerAvailable = PeerAvailable()
        event.peerAvailable?.peer = Bytes([0xb0])
        let topic = try #require(server.node.bus.subscriptions.last { $0.topic == .swarm([0x50]) })
        var response = ResponseContent()
        response.id = topic.stream.id
        response.payload = form.namedPayload(.swarmEvent, form.bytes(event))
        server.hear(Response(response).encoded(), 1)
        #expect(server.rows("swarms") == ["50 1 1"])
        #expect(server.rows("peers") == ["50 a1 here 0 -", "50 b0 elsewhere 0 -"])
        server.lose(1)
        #expect(server.rows("hosts") == ["127.0.0.1:8 - waiting 0 0"])
    }
    @Test func status() throws {
        var server = try ServerHarness(["build": "go", "limit": "256KiB"], profile: "v3")
        server.open(1)
        server.receive(0, 0xb0, 1)
        server.send(1, 0xa1, 0xb0, 1)
        server.send(2, 0xa1, 0xc0, 1)
        server.call(3, "Nope", stream: false, [], 1)
        let status = server.node.answer("status", [], now: server.now)
        for (name, value) in [
            ("role", "server"), ("build", "go"), ("profile", "v3"), ("bus", "on"), ("limit", 262_144), ("served", 3),
            ("refused", 1), ("messages", 2), ("unclaimed", 1), ("subscriptions", 1), ("malformed", 0),
        ] as [(String, Value)] {
            #expect(status?[name] == value, "\(name)")
        }
        #expect(server.node.answer("key", [], now: server.now) == .bytes(server.node.me))
        #expect(server.node.answer("nothing", [], now: server.now) == nil)
    }
    /// Each question has an answer of the form that its columns describe, from a server and from a client.
    @Test(arguments: NodeQuestion.allCases.map(\.rawValue)) func everyQuestionHasAnswer(name: String) throws {
        let server = try ServerHarness()
        let client = SignalClient(NodeOptions(try Definition.dxos.settings(), random: Random(seed: 1)))
        let columns = Definition.dxos.reference.controls.first { $0.name == name }?.columns ?? []
        for answer in [server.node.answer(name, [], now: .zero), client.answer(name, [], now: .zero)] {
            switch answer {
            case .list(let rows): for row in rows { for column in columns { #expect(row[column] != nil) } }
            case .some: #expect(columns.isEmpty)
            case nil: Issue.record("no answer to \(name)")
            }
        }
    }
}
