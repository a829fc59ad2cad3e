import Network
import Node
import Testing
import Wire

@testable import WebRTC

/// A node that passes its requests on and reports all events.
private struct ChannelLog: ChannelUser {
    var usesChannels: Bool { true }
    var deadline: Instant? { nil }
    private var calls: [ChannelCall] = []
    private(set) var events: [ChannelEvent] = []

    mutating func takeChannelCalls() -> [ChannelCall] {
        defer { calls = [] }
        return calls
    }
    mutating func hear(_ event: ChannelEvent, now: Instant, _ out: inout [Action]) {
        events.append(event)
        switch event {
        case .signal(let number, .offer(let text)): tell("offer", number, text, &out)
        case .signal(let number, .answer(let text)): tell("answer", number, text, &out)
        case .signal(let number, .candidate(let text, _)): tell("candidate", number, text, &out)
        case .opened(let number, let channel): tell("opened", number, channel.label, &out)
        case .message(let number, let bytes, _): tell("message", number, String(decoding: bytes, as: UTF8.self), &out)
        case .ended(let number, let why): tell("ended", number, why, &out)
        }
    }
    private func tell(_ name: String, _ number: UInt64, _ text: String, _ out: inout [Action]) {
        out.append(.report(Event(name, nil, [.init("number", .uint(number)), .init("text", .text(text))])))
    }
    mutating func control(_ name: String, _ arguments: [Value.Entry], now: Instant, _ out: inout [Action]) -> Value? {
        guard case .uint(let number)? = arguments.first?.value, case .text(let text)? = arguments.last?.value else {
            return nil
        }
        switch name {
        case "call": calls.append(.offer(number, label: text))
        case "offer": calls.append(.signal(number, .offer(text)))
        case "answer": calls.append(.signal(number, .answer(text)))
        case "send": calls.append(.send(number, Array(text.utf8), isText: true))
        case "end": calls.append(.end(number))
        default: return nil
        }
        return .null
    }
    mutating func start(now: Instant, _ out: inout [Action]) {}
    mutating func opened(_ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]) {}
    mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {}
    mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) {}
    mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) {}
    mutating func wake(now: Instant, _ out: inout [Action]) {}
}

/// A STUN server to which every socket seems to have the same address.
private struct STUNServer: Node {
    static let seen = Endpoint(v4: 0xcb00_7109, port: 40_000)
    var deadline: Instant? { nil }
    mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {
        guard let request = try? STUNMessage(copying: bytes.withUnsafeBytes { [UInt8]($0) }) else { return }
        let address = STUNAttribute(xorMapped: Self.seen, in: request.transaction)
        out.append(
            .send(link, STUNMessage(.bindingSuccess, request.transaction, [address]).encoded(signedWith: nil)))
    }
    mutating func start(now: Instant, _ out: inout [Action]) {}
    mutating func opened(_ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]) {}
    mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) {}
    mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) {}
    mutating func wake(now: Instant, _ out: inout [Action]) {}
}

/// Nodes with data channels on one network. The first offers a connection to each of the others.
private struct Star {
    let driver: Driver
    let network: any Network
    private(set) var users: [NodeID] = []
    private(set) var carriers: [NodeID] = []
    private(set) var reports: [(user: Int, event: Event)] = []

    init(
        _ network: any Network, _ count: Int, at endpoint: (Int) -> Endpoint, server: Endpoint? = nil,
        _ identity: (Int) -> any TransportIdentity
    ) throws {
        self.network = network
        driver = Driver(network)
        driver.tellsReports = true
        for i in 0..<count {
            let (socket, bound) = try driver.listen(endpoint(i), .udp)
            var options = PeerConnection.Options(identity: identity(i), hosts: [bound])
            options.server = server
            let user = driver.add(ChannelLog())
            let node = ChannelNode(options, Random(seed: UInt64(i)))
            let carrier = driver.add(node, listeners: [socket], transport: .udp)
            driver.join(user, channelsBy: carrier)
            users.append(user)
            carriers.append(carrier)
        }
    }
    func control(_ user: Int, _ name: String, _ number: Int, _ text: String) {
        _ = driver.control(
            users[user], name, [.init("number", .uint(UInt64(number))), .init("text", .text(text))])
    }
    /// Passes offers and answers on until `isDone` returns true, or for a time.
    mutating func run(for time: Duration, until isDone: (Self) -> Bool = { _ in false }) {
        let end = driver.now + time
        while !isDone(self), let what = driver.next(until: end) {
            guard case .reported(let node, let event) = what, let user = users.firstIndex(of: node) else { continue }
            reports.append((user, event))
            let words = Value.map(event.details)
            guard case .uint(let number)? = words["number"], case .text(let text)? = words["text"] else { continue }
            // The connection with the number n leads from the first to the n-th.
            if event.name == "offer" { control(Int(number), "offer", Int(number), text) }
            if event.name == "answer" { control(0, "answer", Int(number), text) }
        }
    }
    func texts(_ name: String, of user: Int) -> [String] {
        reports.filter { $0.user == user && $0.event.name == name }.compactMap {
            if case .text(let text)? = Value.map($0.event.details)["text"] { text } else { nil }
        }
    }
    func count(_ name: String) -> Int { reports.count { $0.event.name == name } }
}

@Suite struct ChannelNodeTests {
    private static func simulated(_ count: Int, server: Endpoint? = nil) throws -> Star {
        var random = Random(seed: 1)
        let identities = (0..<count).map { _ in PlainIdentity(&random) }
        return try Star(
            SimulatedNetwork(seed: 1), count, at: { Endpoint(v4: 0x0a00_0001 + UInt32($0), port: 5000) },
            server: server, { identities[$0] })
    }
    private func talk(_ start: Star, _ count: Int, within time: Duration) {
        var star = start
        for i in 1..<count { star.control(0, "call", i, "messages") }
        star.run(for: time) { $0.count("opened") == 2 * (count - 1) }
        #expect(star.texts("opened", of: 0) == Array(repeating: "messages", count: count - 1))
        for i in 1..<count {
            star.control(0, "send", i, "to \(i)")
            star.control(i, "send", i, "from \(i)")
        }
        star.run(for: time) { $0.count("message") == 2 * (count - 1) }
        for i in 1..<count { #expect(star.texts("message", of: i) == ["to \(i)"]) }
        #expect(Set(star.texts("message", of: 0)) == Set((1..<count).map { "from \($0)" }))
        for i in 1..<count { star.control(0, "end", i, "") }
        star.run(for: time) { $0.count("ended") == count - 1 }
        #expect(star.texts("ended", of: 0).isEmpty && star.texts("ended", of: 1).count == 1)
    }
    @Test func opensManyConnectionsOverOneSocket() throws { talk(try Self.simulated(100), 100, within: .seconds(5)) }
    @Test func opensConnectionsOverSockets() throws {
        let identity = try #require(SecureIdentity())
        talk(
            try Star(try SocketNetwork(), 6, at: { _ in .loopback(0) }, { _ in identity }), 6, within: .seconds(30))
    }
    /// Datagrams of unknown senders leave no links behind.
    @Test func forgetsUnknownSenders() throws {
        let star = try Self.simulated(1)
        var random = Random(seed: 2)
        for i in 0..<500 as Range<UInt32> {
            let link = star.driver.dial(Endpoint(v4: 0x0a00_0001, port: 5000), .udp)
            let user = STUNAttribute(.username, text: "nobody:\(i)")
            let request = STUNMessage(.bindingRequest, Fixed(random.bytes(12)) ?? Fixed(), [user])
            star.driver.send(
                i % 2 == 0 ? request.encoded(signedWith: Array("x".utf8)) : random.bytes(Int(i)), on: link)
            while star.driver.next(until: star.driver.now + .milliseconds(1)) != nil {}
        }
        #expect(!star.driver.hasLinks(star.carriers[0]))
    }
    /// Three connections of one socket ask the same server. Each of them signals the address in the server's answer.
    @Test func asksServer() throws {
        let server = Endpoint(v4: 0xc000_0201, port: 3478)
        var star = try Self.simulated(4, server: server)
        let (socket, _) = try star.driver.listen(server, .udp)
        star.driver.add(STUNServer(), listeners: [socket], transport: .udp)
        for i in 1...3 { star.control(0, "call", i, "messages") }
        star.run(for: .seconds(5))
        let seen = "203.0.113.9 40000 typ srflx raddr 10.0.0.1 rport 5000"
        #expect(star.texts("candidate", of: 0).count { $0.contains(seen) } == 3)
        #expect(star.texts("candidate", of: 1).count == 1 && star.count("opened") == 6)
    }
    @Test func refusesMalformedOffer() throws {
        var star = try Self.simulated(2)
        star.control(1, "offer", 1, "v=0\r\n")
        star.run(for: .seconds(1))
        #expect(star.count("answer") == 0 && star.texts("ended", of: 1).first?.contains("UDP/DTLS/SCTP") == true)
        // The number is free.
        star.control(0, "call", 1, "messages")
        star.run(for: .seconds(2))
        #expect(star.count("opened") == 2)
    }
    /// A second connection with a used number is ignored.
    @Test func ignoresSecondOfferOfNumber() throws {
        var star = try Self.simulated(2)
        star.control(0, "call", 1, "messages")
        star.control(0, "call", 1, "messages")
        star.run(for: .seconds(2))
        #expect(star.count("offer") == 1 && star.count("opened") == 2)
    }
}
