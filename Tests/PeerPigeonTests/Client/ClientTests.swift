import Network
import Node
import Testing
import Wire

@testable import PeerPigeon

/// Clients at the hub of this program, over a simulated network.
struct ClientTests {
    /// A hub with clients, and their events.
    final class Stage {
        let driver = Driver(SimulatedNetwork(seed: 1))
        var told: [NodeID: [Event]] = [:]
        private var hub: NodeID?
        static let place = Endpoint.loopback(3001)

        init() { driver.tellsReports = true }
        private func options(_ digit: String, _ kind: String, _ values: [String: String], _ bug: String?) throws
            -> NodeOptions
        {
            var options = NodeOptions(
                try Definition.peerPigeon.settings(values), random: Random(seed: 1, digit), bug: bug)
            options.kind = kind
            options.identity = [UInt8](repeating: UInt8(digit + digit, radix: 16) ?? 0, count: 20)
            return options
        }
        func start() throws {
            let (listener, bound) = try driver.listen(Self.place)
            var options = try options("0", "hub", [:], nil)
            options.listening = bound
            hub = driver.add(Definition.peerPigeon.reference.node(options), listeners: [listener])
        }
        func stop() {
            if let hub { driver.remove(hub) }
        }
        func join(_ digit: String, _ values: [String: String] = [:], bug: String? = nil) throws -> NodeID {
            var options = try options(digit, "client", values, bug)
            options.peers = [Self.place]
            return driver.add(Definition.peerPigeon.reference.node(options))
        }
        func run(_ seconds: Int64) {
            let end = driver.now + .seconds(seconds)
            while let what = driver.next(until: end) {
                if case .reported(let node, let event) = what { told[node, default: []].append(event) }
            }
        }
        func names(_ node: NodeID) -> [String] { (told[node] ?? []).map(\.name) }
        func count(_ node: NodeID, _ name: String) -> Int { names(node).count { $0 == name } }
        /// Returns the peers that a client knows, and the state of each negotiation.
        func peers(_ node: NodeID) -> Value? { driver.answer(node, "peers", []) }
    }
    private static func row(_ digit: Character, _ state: String) -> Value {
        .map([
            .init("peer", .text(String(repeating: digit, count: 40))), .init("negotiation", .text(state)),
        ])
    }

    /// The peer with the larger id offers, the other one answers, and each has the candidate of the other.
    @Test func negotiate() throws {
        let stage = Stage()
        try stage.start()
        let (a, b) = (try stage.join("a"), try stage.join("b"))
        stage.run(5)
        #expect(stage.peers(a) == .list([Self.row("b", "agreed")]))
        #expect(stage.peers(b) == .list([Self.row("a", "agreed")]))
        #expect(stage.count(a, "offer") == 1 && stage.count(b, "answer") == 1, "\(stage.told)")
        #expect(stage.count(b, "offer") == 0 && stage.count(a, "answer") == 0)
        #expect(stage.count(a, "candidate") == 1 && stage.count(b, "candidate") == 1)
    }
    /// A peer that leaves is forgotten. A peer in another network was never known.
    @Test func leave() throws {
        let stage = Stage()
        try stage.start()
        let (a, b) = (try stage.join("a"), try stage.join("b"))
        let c = try stage.join("c", ["network": "room"])
        stage.run(5)
        #expect(stage.peers(c) == .list([]))
        #expect(stage.driver.control(b, "leave", []) == .bool(true))
        stage.run(5)
        #expect(stage.peers(a) == .list([]) && stage.peers(b) == .list([]))
        #expect(stage.count(a, "peer_left") == 1)
        // The peer does not return.
        stage.run(100)
        #expect(stage.count(b, "connected") == 1)
    }
    /// The client dials a lost hub after 1, 2, 4 ... s. It knows all peers again when the hub is back.
    @Test func reconnect() throws {
        let stage = Stage()
        try stage.start()
        let (a, b) = (try stage.join("a"), try stage.join("b"))
        stage.run(5)
        stage.stop()
        stage.run(6)
        #expect(stage.peers(a) == .list([]) && stage.count(a, "disconnected") == 1)
        try stage.start()
        // The client dials at 1, 3 and 7 s.
        stage.run(3)
        #expect(stage.count(a, "connected") == 2 && stage.count(b, "connected") == 2)
        #expect(stage.peers(a) == .list([Self.row("b", "agreed")]))
    }
    @Test func pings() throws {
        let stage = Stage()
        try stage.start()
        let a = try stage.join("a", ["keepalive": "10s"])
        stage.run(35)
        #expect(stage.count(a, "pong") == 3)
    }
    @Test func waits() throws {
        var redials = ClientRedials(nil)
        var now = Instant.zero
        var waits: [Int64] = []
        for _ in 0..<13 {
            redials.lost(.loopback(1), now)
            let at = try #require(redials.deadline)
            waits.append((at - now).nanoseconds / 1_000_000_000)
            now = at
            #expect(redials.due(now) == [.loopback(1)])
        }
        #expect(waits == [1, 2, 4, 8, 16, 30, 30, 30, 30, 30, 90, 30, 30])
        redials.stands(.loopback(1))
        redials.lost(.loopback(1), now)
        #expect(redials.deadline.map { $0 - now } == .seconds(1))
    }
    @Test func target() throws {
        let me = try #require(PeerID(String(repeating: "a", count: 40)))
        let id = "peerId=" + me.text
        #expect(ClientTarget.of("/", me, nil) == "/?" + id)
        #expect(ClientTarget.of("", me, nil) == "/?" + id)
        #expect(ClientTarget.of("/ws?a=1&peerId=x&b=2#part", me, nil) == "/ws?a=1&b=2&" + id)
    }
    @Test func sessions() {
        let offer = SessionText.description(7, "offer")
        #expect(SessionText.session(offer, "offer") == 7 && SessionText.session(offer, "answer") == nil)
        #expect(SessionText.session(.map([.init("type", .text("offer")), .init("sdp", .text("x"))]), "offer") == nil)
        #expect(SessionText.candidate(SessionText.candidate(9, from: "abcd")) == 9)
        let at = Endpoint.loopback(4001)
        #expect(SessionText.endpoint(SessionText.candidate(9, at: at)) == at)
        #expect(SessionText.endpoint(SessionText.candidate(9, from: "abcd")) == nil)
    }
}
