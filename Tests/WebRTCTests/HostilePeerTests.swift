import Glibc
import Node
import Testing
import Wire

@testable import WebRTC

/// Floods, half handshakes and endless messages: the memory that they take is bounded.
@Suite struct HostilePeerTests {
    /// A node with one connection, to a peer whose credentials the test knows.
    private struct Target {
        var node: ChannelNode
        var now = Instant.zero
        private(set) var links: [Endpoint: LinkID] = [:]
        private(set) var ended: [String] = []
        /// The number of datagrams that the node sent.
        private(set) var sent = 0
        private(set) var requests: [(to: Endpoint, STUNMessage)] = []
        private var last: UInt64 = 0
        private(set) var own: SessionDescription
        static let password = "the password of the peer"

        init(candidates: [Endpoint] = []) throws {
            var random = Random(seed: 1)
            let identity = PlainIdentity(&random)
            var options = PeerConnection.Options(identity: identity, hosts: [.loopback(1)])
            // A server of DTLS has no timer: it waits for the other side.
            options.answersPassive = true
            node = ChannelNode(options, Random(seed: 2))
            var offer = SessionDescription(
                .offer, ufrag: "peer", password: Self.password, fingerprint: identity.fingerprint, setup: .actpass)
            offer.candidates = candidates.map { ICECandidate($0, .host) }
            own = SessionDescription(
                .answer, ufrag: "", password: "", fingerprint: identity.fingerprint, setup: .active)
            call { $0.carry(.signal(1, .offer(offer.text)), now: $1, &$2) }
        }
        mutating func receive(_ bytes: [UInt8], from peer: Endpoint) {
            if links[peer] == nil { open(peer, by: .them) }
            guard let link = links[peer] else { return }
            call { $0.received(bytes.span.bytes, on: link, now: $1, &$2) }
        }
        private mutating func open(_ peer: Endpoint, by opener: Opener) {
            last += 1
            let link = LinkID(last)
            links[peer] = link
            call { $0.opened(link, peer: peer, by: opener, now: $1, &$2) }
        }
        mutating func call(_ body: (inout ChannelNode, Instant, inout [Action]) -> Void) {
            var out: [Action] = []
            body(&node, now, &out)
            for event in node.takeChannelEvents() {
                if case .ended(_, let why) = event { ended.append(why) }
                if case .signal(_, .answer(let text)) = event, let read = try? SessionDescription(text, as: .answer) {
                    own = read
                }
            }
            for action in out {
                switch action {
                case .connect(let peer): open(peer, by: .us)
                case .close(let link, _): links = links.filter { $0.value != link }
                case .send(let link, let bytes):
                    sent += 1
                    guard let peer = links.first(where: { $0.value == link })?.key,
                        let message = try? STUNMessage(copying: bytes), message.type == .bindingRequest
                    else { continue }
                    requests.append((peer, message))
                default: break
                }
            }
        }
        mutating func takeRequests() -> [(to: Endpoint, STUNMessage)] {
            defer { requests = [] }
            return requests
        }
        mutating func pass(_ time: Duration, _ each: (inout Self) -> Void = { _ in }) {
            let end = now + time
            while let due = node.deadline, due <= end {
                now = max(now, due)
                call { $0.wake(now: $1, &$2) }
                each(&self)
            }
            now = end
        }
        func request(_ random: inout Random, key: [UInt8], nominates: Bool = false) -> [UInt8] {
            var message = STUNMessage(
                .bindingRequest, Fixed(random.bytes(12)) ?? Fixed(),
                [
                    STUNAttribute(.username, text: "\(own.ufrag):peer"), STUNAttribute(priority: 1),
                    STUNAttribute(tieBreaker: 1, controls: true),
                ])
            if nominates { message.attributes.append(STUNAttribute(.useCandidate)) }
            return message.encoded(signedWith: key)
        }
        /// Answers the requests of the node.
        mutating func answer() {
            for (peer, request) in takeRequests() {
                let success = STUNMessage(
                    .bindingSuccess, request.transaction,
                    [STUNAttribute(xorMapped: .loopback(1), in: request.transaction)])
                receive(success.encoded(signedWith: Array(Self.password.utf8)), from: peer)
            }
        }
    }

    /// Each request with a wrong password has one answer, and leaves no link.
    @Test func forgetsSendersWithWrongPassword() throws {
        var (target, random) = (try Target(), Random(seed: 3))
        for i in 0..<5000 as Range<UInt32> {
            let bytes = target.request(&random, key: Array("wrong".utf8))
            target.receive(bytes, from: Endpoint(v4: 0x0a00_0000 + i, port: 9))
            #expect(target.links.isEmpty)
        }
        #expect(target.sent == 5000)
    }
    /// A peer that knows the password can use at most 64 addresses.
    @Test func limitsAddressesOfFloodingPeer() throws {
        var (target, random) = (try Target(), Random(seed: 4))
        let key = Array(target.own.password.utf8)
        for i in 0..<5000 as Range<UInt32> {
            target.receive(target.request(&random, key: key), from: Endpoint(v4: 0x0a00_0000 + i, port: 9))
        }
        #expect(target.links.count == ICEAgent.maximumPairs)
        // One answer each, and one check of each address that it keeps.
        #expect(target.sent == 5000 + ICEAgent.maximumPairs)
        target.pass(.seconds(40))
        #expect(target.sent <= 5000 + 7 * ICEAgent.maximumPairs && target.ended == ["no path was found in time"])
        #expect(target.links.isEmpty && target.node.deadline == nil)
    }
    /// The links to candidates that never answered are closed with their connection.
    @Test func closesLinksToSilentCandidates() throws {
        let candidates = (1...100).map { Endpoint(v4: 0x0a00_0000 + $0, port: 9) }
        var target = try Target(candidates: candidates)
        target.pass(.seconds(29))
        #expect(target.links.count == SessionDescription.maximumCandidates)
        target.pass(.seconds(2))
        #expect(target.ended == ["no path was found in time"] && target.links.isEmpty)
    }
    /// A peer that keeps its path but never begins the handshake.
    @Test func endsHalfHandshake() throws {
        var (target, random) = (try Target(), Random(seed: 5))
        let (key, peer) = (Array(target.own.password.utf8), Endpoint.loopback(9))
        target.receive(target.request(&random, key: key, nominates: true), from: peer)
        target.answer()
        target.pass(.seconds(59)) { $0.answer() }
        #expect(target.ended.isEmpty && target.links.count == 1)
        // The hello of another certificate, cut, and bytes that are no handshake.
        for bytes in [[PlainTransport.marker], [PlainTransport.marker, 9], [22, 0xfe, 0xfd] + random.bytes(40)] {
            target.receive(bytes, from: peer)
        }
        target.pass(.seconds(2)) { $0.answer() }
        #expect(target.ended == ["the handshake was not completed in time"] && target.links.isEmpty)
    }
    /// Datagrams that arrive before the path is nominated wait, but only a few of them.
    @Test func limitsEarlyDatagrams() throws {
        var (target, random) = (try Target(), Random(seed: 6))
        let (key, peer) = (Array(target.own.password.utf8), Endpoint.loopback(9))
        target.receive(target.request(&random, key: key), from: peer)
        let before = target.sent
        for _ in 0..<1000 { target.receive([PlainTransport.marker] + random.bytes(1000), from: peer) }
        #expect(target.sent == before && target.links.count == 1)
    }

    /// The parts of a message without an end are given up at the limit.
    @Test func endsOnMessageWithoutEnd() throws {
        var pair = ConnectionPair(changing: { $0.maximumMessage = 100_000 })
        _ = pair.offerer.open("messages", now: .zero)
        try pair.introduce()
        pair.run(for: .seconds(1))
        let stream = try #require(pair.answerer.streams.keys.first)
        var most = 0
        for _ in 0..<1000 where !pair.answerer.isEnded {
            pair.answerer.received([UInt8](repeating: 1, count: 1000), 53, on: stream, isEnd: false, pair.now)
            most = max(most, pair.answerer.partial)
        }
        #expect(most == 100_000 && pair.answerer.isEnded && pair.answerer.partial == 0)
    }
    /// Parts that follow the end of their stream are ignored. Otherwise they would count against later messages for ever.
    @Test func ignoresPartsAfterEndOfStream() throws {
        var pair = ConnectionPair()
        _ = pair.offerer.open("messages", now: .zero)
        try pair.introduce()
        pair.run(for: .seconds(1))
        let stream = try #require(pair.answerer.streams.keys.first)
        pair.answerer.received([1, 2, 3], 53, on: stream, isEnd: false, pair.now)
        pair.answerer.reset(stream, isOurs: false, pair.now)
        pair.answerer.received([1, 2, 3], 53, on: stream, isEnd: false, pair.now)
        pair.answerer.reset(stream, isOurs: true, pair.now)
        #expect(pair.answerer.partial == 0 && pair.answerer.channels.isEmpty)
    }
    /// usrsctp holds at most its buffer of a message without an end, and of data after a gap.
    @Test(arguments: [false, true]) func boundsEndlessMessage(_ hasGap: Bool) throws {
        var association = try #require(Association())
        let piece = [UInt8](repeating: 7, count: 1100)
        let before = Self.resident
        association.receive(piece: piece, flags: 2)
        if hasGap { association.receive(piece: piece, flags: 0, gap: 1) }
        var (answers, delivered) = (0, 0)
        for n in 1...100_000 {
            association.receive(piece: piece, flags: 0)
            guard n % 100 == 0 else { continue }
            answers += association.near.takeDatagrams().count
            for case .message(_, _, let bytes, let isEnd) in association.near.takeEvents() {
                #expect(!isEnd)
                delivered += bytes.count
            }
        }
        // The peer sent 110 MB.
        #expect(Self.resident - before < 64 << 20)
        #expect(answers <= 100_100, "\(answers) answers")
        #expect(hasGap ? delivered <= 1100 : delivered <= 100_001 * 1100, "\(delivered) bytes are delivered")
    }
    /// The number of bytes of this process in memory.
    private static var resident: Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 200)
        guard fgets(&line, 200, file) != nil else { return 0 }
        let words = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).split(
            separator: " ")
        return (words.count > 1 ? Int(words[1]) ?? 0 : 0) * Int(getpagesize())
    }
    /// A peer that sends random chunks may end its own association, but no other one.
    @Test func forgedChunksEndOnlyTheirAssociation() throws {
        let association = try #require(Association())
        var other = try #require(Association())
        var random = Random(seed: 7)
        var (answers, ends) = (0, 0)
        for count in 0..<5000 {
            var chunk = random.bytes(4 + count % 60)
            (chunk[2], chunk[3]) = (0, UInt8(chunk.count))
            association.receive(chunk)
            answers += association.near.takeDatagrams().count
            ends += association.near.takeEvents().count { if case .ended = $0 { true } else { false } }
        }
        #expect(answers <= 5000 && ends <= 1, "\(answers) answers, \(ends) ends")
        other.receive(piece: Array("still here".utf8), flags: 3)
        let message = TransportEvent.message(stream: 1, payload: 53, Array("still here".utf8), isEnd: true)
        #expect(other.near.takeEvents() == [message])
    }
}
