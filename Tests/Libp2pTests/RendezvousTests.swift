import Testing
import Wire

@testable import Libp2p
@testable import Node

/// A rendezvous point that peers send requests to.
struct Asked {
    var point: RendezvousPoint
    var now = Instant.zero

    init(_ fault: RendezvousFault? = nil, least: UInt64 = 1) {
        var limits = RendezvousLimits()
        limits.leastTTL = least
        point = RendezvousPoint(limits, Random(seed: 1), fault: fault)
    }
    static func identity(_ n: Int) -> Identity { Identity(seed: [UInt8](repeating: UInt8(n), count: 32)) }
    static func peer(_ n: Int) -> PeerID { identity(n).peer }
    static func record(_ n: Int, _ sequence: UInt64 = 1) -> [UInt8] {
        Envelope(of: identity(n), at: [Multiaddr(.loopback(4001))], sequence).encoded()
    }
    static func register(_ namespace: String, _ record: [UInt8]?, ttl: UInt64? = nil) -> RendezvousContent {
        var content = RendezvousContent()
        (content.type, content.register) = (.register, RendezvousRegister())
        content.register?.namespace = Text(namespace)
        content.register?.signedPeerRecord = record.map { Bytes($0) }
        content.register?.ttl = ttl
        return content
    }
    static func discover(_ namespace: String?, limit: UInt64? = nil, _ cookie: [UInt8]? = nil) -> RendezvousContent {
        var content = RendezvousContent()
        (content.type, content.discover) = (.discover, RendezvousDiscover())
        content.discover?.namespace = namespace.map { Text($0) }
        content.discover?.limit = limit
        content.discover?.cookie = cookie.map { Bytes($0) }
        return content
    }
    mutating func answer(_ content: RendezvousContent, _ n: Int) -> RendezvousContent? {
        guard case .message(let answer) = point.reply(content, of: Self.peer(n), now) else { return nil }
        return answer.rendezvous
    }
    @discardableResult
    mutating func register(_ namespace: String, _ n: Int, _ record: [UInt8]? = nil, ttl: UInt64? = nil)
        -> RendezvousRegisterResponse?
    {
        answer(Self.register(namespace, record ?? Self.record(n), ttl: ttl), n)?.registerResponse
    }
    mutating func discover(_ namespace: String?, limit: UInt64? = nil, _ cookie: [UInt8]? = nil)
        -> RendezvousDiscoverResponse?
    {
        answer(Self.discover(namespace, limit: limit, cookie), 99)?.discoverResponse
    }
    /// Returns the records in the answer.
    mutating func found(_ namespace: String?) -> [[UInt8]] {
        (discover(namespace)?.registrations ?? []).map { $0.signedPeerRecord?.own ?? [] }
    }
    mutating func unregister(_ namespace: String, _ n: Int) -> RendezvousPoint.Reply {
        var content = RendezvousContent()
        (content.type, content.unregister) = (.unregister, RendezvousUnregister())
        content.unregister?.namespace = Text(namespace)
        return point.reply(content, of: Self.peer(n), now)
    }
    mutating func pass(_ seconds: Int64) { now = now + .seconds(seconds) }
}

@Suite struct RendezvousTests {
    @Test func registers() {
        var asked = Asked()
        #expect(asked.register("a", 1, ttl: 10)?.status == .ok && asked.register("b", 2)?.ttl == 7200)
        #expect(asked.found("a") == [Asked.record(1)] && asked.found("b") == [Asked.record(2)])
        #expect(asked.found("c") == [] && asked.found(nil) == [Asked.record(1), Asked.record(2)])
        #expect(asked.found("") == [Asked.record(1), Asked.record(2)])
        #expect(asked.discover("a")?.registrations.first?.ttl == 10)
        asked.pass(4)
        #expect(asked.discover("a")?.registrations.first?.ttl == 6)
        // A repeated registration replaces the first one, with the new record and a new duration.
        asked.register("a", 1, Asked.record(1, 2), ttl: 10)
        #expect(asked.found("a") == [Asked.record(1, 2)])
        asked.pass(9)
        #expect(asked.found("a").count == 1)
        asked.pass(1)
        #expect(asked.found("a").isEmpty && asked.found(nil).count == 1)
        #expect(asked.unregister("b", 1) == .nothing && asked.found("b").count == 1)
        #expect(
            asked.unregister("b", 2) == .nothing && asked.found("b").isEmpty && asked.unregister("b", 2) == .nothing)
    }
    @Test func refuses() {
        var asked = Asked(least: 7200)
        let long = String(repeating: "x", count: 255)
        #expect(asked.register("", 1)?.status == .invalidNamespace)
        #expect(asked.register(long, 1)?.status == .ok && asked.register(long + "x", 1)?.status == .invalidNamespace)
        #expect(asked.register("a", 1, Asked.record(2))?.status == .invalidSignedPeerRecord)
        #expect(asked.register("a", 1, [])?.status == .invalidSignedPeerRecord)
        #expect(asked.register("a", 1, [UInt8](repeating: 0, count: 5000))?.status == .invalidSignedPeerRecord)
        #expect(asked.answer(Asked.register("a", nil), 1)?.registerResponse?.status == .invalidSignedPeerRecord)
        for ttl in [0, 7199, 259_201, .max] as [UInt64] {
            #expect(asked.register("a", 1, ttl: ttl)?.status == .invalidTTL)
        }
        #expect(asked.register("a", 1, ttl: 259_200)?.ttl == 259_200)
        #expect(asked.discover(long + "x")?.status == .invalidNamespace)
        var wrong = RendezvousContent()
        #expect(asked.point.reply(wrong, of: Asked.peer(1), .zero) == .refused)
        for type in [RendezvousType.register, .registerResponse, .unregister, .discover, .discoverResponse] {
            wrong.type = type
            #expect(asked.point.reply(wrong, of: Asked.peer(1), .zero) == .refused)
        }
    }
    /// A record belongs to the peer that it names. With any changed byte it is invalid.
    @Test func records() {
        let good = Asked.record(1)
        for at in good.indices {
            var other = good
            other[at] ^= 1
            #expect(PeerRecord.owner(of: other) != Asked.peer(1), "\(at)")
            #expect(PeerRecord.owner(of: Array(good[..<at])) == nil, "\(at)")
        }
        #expect(PeerRecord.owner(of: good) == Asked.peer(1))
    }
    @Test func manyOfOnePeer() {
        var asked = Asked()
        for n in 0..<1000 { #expect(asked.register("n\(n)", 1)?.status == .ok) }
        #expect(asked.register("more", 1)?.status == .notAuthorized && asked.register("n7", 1)?.status == .ok)
        #expect(asked.register("more", 2)?.status == .ok)
        #expect(asked.unregister("n7", 1) == .nothing && asked.register("more", 1)?.status == .ok)
        // An answer has at most 1000 registrations; the cookie leads to the rest.
        let first = asked.discover(nil)
        #expect(first?.registrations.count == 1000)
        #expect(asked.discover(nil, first?.cookie?.own)?.registrations.count == 1)
    }
    @Test func cookies() throws {
        var asked = Asked()
        for n in 1...5 { asked.register("a", n) }
        asked.register("b", 6)
        var told: [[UInt8]] = []
        var cookie: [UInt8]?
        for size in [2, 2, 1, 0] {
            let next = asked.discover("a", limit: 2, cookie)
            let answer = try #require(next)
            #expect(answer.registrations.count == size && answer.status == .ok)
            told += answer.registrations.compactMap { $0.signedPeerRecord?.own }
            cookie = answer.cookie?.own
        }
        #expect(told == (1...5).map { Asked.record($0) })
        asked.register("a", 7)
        #expect(asked.discover("a", cookie)?.registrations.count == 1)
        // A cookie for another namespace, for all namespaces, of another point, changed or cut is invalid.
        let mine = try #require(cookie)
        #expect(
            asked.discover("b", mine)?.status == .invalidCookie && asked.discover(nil, mine)?.status == .invalidCookie)
        var other = RendezvousPoint(RendezvousLimits(), Random(seed: 2))
        let foreign = other.reply(Asked.discover("a", mine), of: Asked.peer(9), .zero)
        guard case .message(let answer) = foreign else { return #expect(Bool(false), "no answer") }
        #expect(answer.rendezvous.discoverResponse?.status == .invalidCookie)
        for at in mine.indices {
            var changed = mine
            changed[at] ^= 1
            #expect(asked.discover("a", changed)?.status == .invalidCookie)
            #expect(at == 0 || asked.discover("a", Array(mine[..<at]))?.status == .invalidCookie)
        }
    }
    /// Each fault has the described effect, so the tests above can fail.
    @Test func faults() {
        var asked = Asked(.acceptsForeignRecord)
        #expect(asked.register("a", 1, Asked.record(2))?.status == .ok)
        asked = Asked(.ignoresTTLLimit)
        #expect(asked.register("a", 1, ttl: .max)?.ttl == .max)
        asked = Asked(.discoversExpired)
        asked.register("a", 1, ttl: 1)
        asked.pass(5)
        #expect(asked.found("a").count == 1)
        asked = Asked(.ignoresCookie)
        asked.register("a", 1)
        #expect(asked.discover("a", asked.discover("a")?.cookie?.own)?.registrations.count == 1)
    }

    // Streams

    private static let stream = HostStream(LinkID(1), [ChannelID(1)])
    private static func message(_ content: RendezvousContent) -> [UInt8] { RendezvousMessage(content).encoded() }

    /// Several requests on a stream, in pieces of any size, are answered in order.
    @Test(arguments: [1, 2, 7, 100_000]) func server(pieces: Int) {
        var server = RendezvousServer(RendezvousPoint(RendezvousLimits(), Random(seed: 1)))
        #expect(server.opened(Self.stream, by: Asked.peer(1), .zero).isEmpty)
        let said = Self.message(Asked.register("a", Asked.record(1))) + Self.message(Asked.discover("a"))
        var (answers, at) = ([UInt8](), 0)
        while at < said.count {
            let end = min(said.count, at + pieces)
            for case .send(let bytes, _) in server.received(Array(said[at..<end]), on: Self.stream, .zero) {
                answers += bytes
            }
            at = end
        }
        var (reader, read) = (UnitReader(), [RendezvousContent]())
        at = 0
        while at < answers.count {
            let result = reader.next(RendezvousMessage.self, in: answers.span.bytes, at: &at) { _, unit in
                if let one = try? RendezvousMessage(copying: unit) { read.append(one.rendezvous) }
            }
            guard case .unit = result else { return #expect(Bool(false), "not whole") }
        }
        #expect(read.map(\.type) == [.registerResponse, .discoverResponse])
        #expect(read.last?.discoverResponse?.registrations.count == 1)
        #expect(server.ended(Self.stream, isOver: false) == [.end(Self.stream)] && server.count == 0)
    }
    /// A message that is not a request resets the stream after the earlier answers are sent. So does a minute of
    /// silence.
    @Test func unreadable() {
        for bad in [[0], [3, 0xff, 0xff, 0xff], [0x81, 0x80, 0x80, 1], [2, 8, 4]] as [[UInt8]] {
            var server = RendezvousServer(RendezvousPoint(RendezvousLimits(), Random(seed: 1)))
            _ = server.opened(Self.stream, by: Asked.peer(1), .zero)
            let out = server.received(Self.message(Asked.discover("a")) + bad, on: Self.stream, .zero)
            #expect(out.count == 2 && out.last == .reset(Self.stream) && server.count == 0, "\(bad)")
        }
        var server = RendezvousServer(RendezvousPoint(RendezvousLimits(), Random(seed: 1)))
        for n in 0..<17 as Range<UInt64> {
            let stream = HostStream(LinkID(1), [ChannelID(n)])
            #expect(server.opened(stream, by: Asked.peer(1), .zero) == (n < 16 ? [] : [.reset(stream)]))
        }
        #expect(server.wake(.zero + .seconds(59)).isEmpty && server.wake(.zero + .seconds(60)).count == 16)
        #expect(server.deadline == nil)
    }
    /// If a byte of the conversation changes, the server never traps, and no unregistered peer is found.
    @Test func changed() {
        let said = Self.message(Asked.register("a", Asked.record(1)))
        for at in said.indices {
            for change in [UInt8(1), 0x80, 0xff] {
                var other = said
                other[at] ^= change
                var point = RendezvousServer(RendezvousPoint(RendezvousLimits(), Random(seed: 1)))
                _ = point.opened(Self.stream, by: Asked.peer(1), .zero)
                _ = point.received(other, on: Self.stream, .zero)
            }
        }
    }

    /// A client sends the cookie of the last answer, and accepts only valid records.
    @Test func client() {
        func ask(_ client: inout RendezvousClient) -> RendezvousContent? {
            client.asking(Asked.peer(9), .discover(Array("a".utf8), limit: nil), on: Self.stream, .zero)
            guard case .send(let bytes, _)? = client.opened(Self.stream).first else { return nil }
            return (try? RendezvousMessage(copying: bytes))?.rendezvous
        }
        func answer(_ records: [[UInt8]], _ namespace: String = "a") -> [UInt8] {
            var content = RendezvousContent()
            (content.type, content.discoverResponse) = (.discoverResponse, RendezvousDiscoverResponse())
            content.discoverResponse?.cookie = Bytes([7])
            content.discoverResponse?.registrations = records.map {
                var one = RendezvousRegister()
                (one.namespace, one.signedPeerRecord) = (Text(namespace), Bytes($0))
                return one
            }
            return Self.message(content)
        }
        var wrong = Asked.record(2)
        wrong[wrong.count - 1] ^= 1
        for (fault, count) in [(nil, 1), (.discoveredNotChecked, 2)] as [(RendezvousFault?, Int)] {
            var client = RendezvousClient(fault: fault)
            #expect(ask(&client)?.discover?.cookie == nil)
            let (actions, outcome) = client.received(answer([Asked.record(1), wrong]), on: Self.stream)
            #expect(actions == [.reset(Self.stream)])
            guard case .discovered(_, _, .ok, let found)? = outcome else { return #expect(Bool(false), "nothing") }
            #expect(found.count == count && found[0].peer == Asked.peer(1) && found[0].addresses.count == 1)
            #expect(ask(&client)?.discover?.cookie?.own == [7])
            let other = client.received(answer([Asked.record(1)], "b"), on: Self.stream).outcome
            #expect(other == .discovered(at: Asked.peer(9), Array("a".utf8), .ok, []))
        }
        var client = RendezvousClient(fault: .cookieNotSaid)
        _ = ask(&client)
        _ = client.received(answer([]), on: Self.stream)
        #expect(ask(&client)?.discover?.cookie == nil)
        // A message that is not an answer, and no answer in time
        #expect(
            client.received([0], on: Self.stream).outcome
                == .failed(at: Asked.peer(9), "the answer does not fit the request"))
        _ = ask(&client)
        #expect(client.wake(.zero + .seconds(60)).first?.outcome == .failed(at: Asked.peer(9), "the stream ended"))
        #expect(client.deadline == nil)
    }
}
