import Node
import Testing
import Wire

@testable import PeerPigeon

/// All connections of a capture, as a passive observer receives them.
struct HubObserverTests {
    private static let a = String(repeating: "a1", count: 20)
    private static let b = String(repeating: "b2", count: 20)
    private static let c = String(repeating: "c3", count: 20)
    private static let h = String(repeating: "f0", count: 20)

    private struct Heard {
        var observer = HubObserver(memory: 1 << 22)
        var findings: [Finding] = []
        var record = 0
        var now = Instant.zero
        /// Returns the server. Connections below 10 are to one hub, and others are to a second hub.
        private func server(_ connection: Int) -> Endpoint { .loopback(connection < 10 ? 3000 : 3001) }
        private func channel(_ connection: Int) -> HeardChannel {
            HeardChannel(connection: connection, path: "websocket/peerpigeon")
        }
        mutating func say(_ connection: Int, _ text: String) { hear(connection, .us, text) }
        mutating func tell(_ connection: Int, _ text: String) { hear(connection, .them, text) }
        private mutating func hear(_ connection: Int, _ sender: Opener, _ text: String) {
            record += 1
            let bytes = Array(text.utf8)
            var framing = MessageFraming()
            guard case .message(let type, _) = framing.next(bytes.span.bytes) else {
                Issue.record("\(text) is no message")
                return
            }
            let (client, hub) = (Endpoint.loopback(UInt16(40_000 + connection)), server(connection))
            let heard = HeardMessage(
                type, isGood: true, in: channel(connection), from: sender, sender == .us ? client : hub,
                to: sender == .us ? hub : client, isFromClient: sender == .us, record: record, at: now)
            observer.observe(heard, bytes.span.bytes, into: &findings)
        }
        mutating func join(_ connection: Int, _ id: String, _ network: String? = "global", isHub: Bool = false) {
            tell(
                connection,
                #"{"type":"connected","data":{"peerId":"\#(id)"},"fromPeerId":"system","timestamp":1000000}"#)
            guard let network else { return }
            say(connection, #"{"type":"announce","networkName":"\#(network)","data":{"isHub":\#(isHub)}}"#)
        }
        mutating func discover(_ connection: Int, _ id: String, to target: String, _ network: String = "global") {
            tell(
                connection,
                #"{"type":"peer-discovered","data":{"peerId":"\#(id)","isHub":false},"networkName":"\#(network)","fromPeerId":"system","targetPeerId":"\#(target)","timestamp":1}"#
            )
        }
        mutating func leave(_ connection: Int, _ id: String, _ network: String? = "global") {
            let name = network.map { #""networkName":"\#($0)","# } ?? ""
            tell(connection, #"{"type":"peer-disconnected","data":{"peerId":"\#(id)"},\#(name)"fromPeerId":"system"}"#)
        }
        mutating func end(_ connection: Int) {
            observer.end(channel(connection), by: .us, isClosed: true)
            observer.end(channel(connection), by: .them, isClosed: true)
        }
        mutating func miss(_ connection: Int) { observer.miss(channel(connection)) }
        /// The requirements of all findings, including those at the end.
        var all: [String?] {
            var out: [HeardFinding] = []
            var observer = observer
            observer.finish(into: &out)
            return findings.map(\.requirement) + out.map(\.finding.requirement)
        }
    }
    private static func offer(
        _ target: String, from: String? = nil, _ network: String? = "global", data: Int = 1, more: String = ""
    ) -> String {
        let sender = from.map { #","fromPeerId":"\#($0)","timestamp":1000000"# } ?? ""
        let name = network.map { #","networkName":"\#($0)""# } ?? ""
        return #"{"type":"offer","data":{"n":\#(data)},"targetPeerId":"\#(target)"\#(sender)\#(name)\#(more)}"#
    }
    /// Returns the peers a and b at one hub in one network.
    private static func pair() -> Heard {
        var all = Heard()
        all.join(1, a)
        all.join(2, b)
        all.discover(1, b, to: a)
        all.discover(2, a, to: b)
        return all
    }

    @Test func rightOnes() {
        var all = Self.pair()
        all.say(1, Self.offer(Self.b))
        all.tell(2, Self.offer(Self.b, from: Self.a))
        all.say(1, Self.offer(Self.b))
        all.tell(2, Self.offer(Self.b, from: Self.a))
        all.end(2)
        all.leave(1, Self.b)
        all.now = .zero + .seconds(60)
        all.tell(1, #"{"type":"cleanup"}"#)
        #expect(all.all == [])
    }
    /// An offer that no answer follows is reported as information, also if two hubs lost it between them.
    @Test func offersWithoutAnswer() {
        func told(answers: Bool = false, leaves: Bool = false, misses: Bool = false, after: Int = 10) -> [String] {
            var all = Heard()
            all.join(1, Self.a)
            all.join(11, Self.b)
            for _ in 0..<2 { all.say(1, Self.offer(Self.b)) }
            if answers { all.say(11, Self.offer(Self.a).replacing(#""offer""#, with: #""answer""#)) }
            all.now = .zero + .seconds(1)
            if leaves { all.end(11) }
            if misses { all.miss(1) }
            all.now = .zero + .seconds(after)
            all.say(1, #"{"type":"cleanup"}"#)
            var findings: [HeardFinding] = []
            all.observer.finish(into: &findings)
            return findings.filter { $0.finding.requirement == nil }.map { "\($0.finding.severity) \($0.finding.text)" }
        }
        #expect(told() == ["info an offer without an answer"])
        #expect(told(answers: true) == [] && told(leaves: true) == [])
        #expect(told(misses: true) == [] && told(after: 9) == [])
    }
    @Test func deliveredTwice() {
        var all = Self.pair()
        all.say(1, Self.offer(Self.b))
        all.tell(2, Self.offer(Self.b, from: Self.a))
        all.tell(2, Self.offer(Self.b, from: Self.a))
        #expect(all.findings == [] && all.all == ["HUB-65"])
        // The finding disappears if the second one was also sent and arrives late.
        var late = all
        late.say(1, Self.offer(Self.b))
        #expect(late.all == [])
        // The finding also disappears if a missed message may be the reason.
        all.miss(1)
        all.say(1, Self.offer(Self.b, data: 2))
        all.tell(2, Self.offer(Self.b, from: Self.a, data: 2))
        all.tell(2, Self.offer(Self.b, from: Self.a, data: 2))
        var out: [HeardFinding] = []
        all.observer.finish(into: &out)
        #expect(out.map(\.finding.severity) == [.warning])
    }
    @Test func spoofed() {
        var all = Self.pair()
        all.join(3, Self.c)
        all.discover(3, Self.a, to: Self.c)
        all.say(1, Self.offer(Self.b, from: Self.c))
        all.tell(2, Self.offer(Self.b, from: Self.a))
        #expect(all.findings == [])
        all.tell(2, Self.offer(Self.b, from: Self.c))
        #expect(all.findings.map(\.requirement) == ["HUB-30"] && all.findings.map(\.severity) == [.warning])
    }
    /// A hub forwards messages of other senders.
    @Test func relayed() {
        var all = Heard()
        all.join(11, Self.a)
        all.join(1, Self.h, "pigeonhub-mesh", isHub: true)
        all.join(2, Self.b)
        all.say(11, Self.offer(Self.b))
        all.say(1, Self.offer(Self.b, from: Self.a))
        all.tell(2, Self.offer(Self.b, from: Self.a))
        #expect(all.all == [])
        // The offer is in another network.
        all.say(11, Self.offer(Self.b, "room", data: 2))
        all.say(1, Self.offer(Self.b, from: Self.a, "room", data: 2))
        all.tell(2, Self.offer(Self.b, from: Self.a, "room", data: 2))
        #expect(all.all == ["HUB-67"])
    }
    @Test func loops() {
        var all = Heard()
        all.join(11, Self.a)
        all.join(1, Self.h, "pigeonhub-mesh", isHub: true)
        all.say(11, Self.offer(Self.c))
        for _ in 0..<2 {
            all.say(1, Self.offer(Self.c, from: Self.a))
            all.tell(1, Self.offer(Self.c, from: Self.a))
        }
        #expect(all.findings == [])
        all.say(1, Self.offer(Self.c, from: Self.a))
        all.tell(1, Self.offer(Self.c, from: Self.a))
        all.tell(1, Self.offer(Self.c, from: Self.a))
        #expect(all.findings.map(\.requirement) == ["HUB-69"])
    }
    @Test func networksAndTargets() {
        var all = Self.pair()
        all.say(1, Self.offer(Self.b, "room"))
        all.tell(2, Self.offer(Self.b, from: Self.a, "room"))
        all.tell(2, Self.offer(Self.c, from: Self.a))
        all.tell(2, Self.offer(Self.b, from: Self.a, nil))
        #expect(all.findings.map(\.requirement) == ["HUB-28", "HUB-23", "HUB-24"])
        all.findings = []
        // The message was under way while the network changed.
        all.say(2, #"{"type":"announce","networkName":"room"}"#)
        all.tell(2, Self.offer(Self.b, from: Self.a))
        all.tell(2, Self.offer(Self.b, from: Self.a, "room"))
        #expect(all.findings == [])
        all.now = .zero + .seconds(6)
        all.say(1, Self.offer(Self.b))
        all.tell(2, Self.offer(Self.b, from: Self.a))
        #expect(all.findings.map(\.requirement) == ["HUB-28"])
    }
    @Test func membersAndTimes() {
        var all = Self.pair()
        all.say(1, Self.offer(Self.b, more: #","timestamp":7,"maxPeers":3"#))
        all.tell(2, Self.offer(Self.b, from: Self.a, more: #","maxPeers":3"#))
        #expect(all.findings.map(\.requirement) == ["HUB-23"])
        all.findings = []
        all.say(1, Self.offer(Self.b, data: 2, more: #","timestamp":7"#))
        all.tell(2, Self.offer(Self.b, data: 2, more: #","timestamp":7,"fromPeerId":"\#(Self.a)""#))
        #expect(all.findings.map(\.requirement) == ["HUB-26"])
        all.findings = []
        // The sender and the hub have one clock.
        all.say(1, Self.offer(Self.b, data: 3, more: #","timestamp":1000000"#))
        all.tell(2, Self.offer(Self.b, from: Self.a, data: 3))
        #expect(all.findings == [])
    }
    @Test func afterGoodbye() {
        var all = Self.pair()
        all.say(2, #"{"type":"goodbye"}"#)
        all.say(1, Self.offer(Self.b))
        all.tell(2, Self.offer(Self.b, from: Self.a))
        #expect(all.findings == [])
        all.now = .zero + .seconds(2)
        all.say(1, Self.offer(Self.b))
        all.tell(2, Self.offer(Self.b, from: Self.a))
        #expect(all.findings.map(\.requirement) == ["HUB-43"])
    }
    @Test func discovery() {
        var all = Self.pair()
        all.discover(1, Self.b, to: Self.b)
        all.discover(1, Self.b, to: Self.a, "room")
        all.discover(1, "spoofed", to: Self.a)
        all.say(2, #"{"type":"announce","data":{"peerId":"\#(Self.c)"}}"#)
        all.discover(1, Self.c, to: Self.a)
        #expect(all.findings.map(\.requirement) == ["HUB-16", "HUB-20", "HUB-19", "HUB-19"])
    }
    @Test func neverDiscovered() {
        var all = Heard()
        all.join(1, Self.a)
        all.join(2, Self.b)
        all.discover(1, Self.b, to: Self.a)
        all.now = .zero + .seconds(6)
        all.tell(1, #"{"type":"cleanup"}"#)
        #expect(all.all == ["HUB-16"])
        var left = all
        left.end(2)
        #expect(left.all == [])
        all.miss(2)
        #expect(all.all == [])
    }
    /// Form 1 names no network. The hub must send it only to peers that share a network with the peer that left.
    @Test func departureWithoutNetworkIsOnlyForPeersOfSameNetwork() {
        var all = Self.pair()
        all.leave(1, Self.b, nil)
        #expect(all.findings == [])
        all.join(3, Self.c, "room")
        all.leave(3, Self.b, nil)
        #expect(all.findings.map(\.requirement) == ["HUB-47"])
    }
    /// A hub that connects to another hub again also reports its peers again.
    @Test func allowsRepeatedDeparturesOfReturningPeers() {
        var all = Self.pair()
        for _ in 0..<3 {
            all.leave(1, Self.b)
            all.discover(1, Self.b, to: Self.a)
        }
        #expect(all.findings == [])
    }
    /// HUB-102: the observer reports a notice that repeats without end, but not a peer that joins and leaves repeatedly.
    @Test func reportsNoticesThatRepeatWithoutEnd() {
        var all = Heard()
        all.join(1, Self.h, "pigeonhub-mesh", isHub: true)
        for _ in 0..<30 {
            all.leave(1, Self.b)
            all.discover(1, Self.b, to: Self.h)
        }
        #expect(all.findings == [])
        for _ in 0..<30 { all.leave(1, Self.c, "pigeonhub-mesh") }
        #expect(all.findings.map(\.requirement) == ["HUB-102"])
    }
    @Test func departures() {
        var all = Self.pair()
        all.leave(1, Self.b)
        #expect(all.findings == [])
        all.leave(1, Self.b)
        all.leave(1, Self.b, nil)
        all.leave(1, Self.b, "room")
        #expect(all.findings.prefix(3).map(\.requirement) == ["HUB-47", "HUB-47", "HUB-47"])
        var silent = Self.pair()
        silent.end(2)
        silent.now = .zero + .seconds(6)
        silent.tell(1, #"{"type":"cleanup"}"#)
        #expect(silent.all == ["HUB-45"])
    }
    /// If a capture begins in the middle, the observer blames no side for earlier messages.
    @Test func fromTheMiddle() {
        var all = Heard()
        all.miss(1)
        all.tell(1, Self.offer(Self.b, from: Self.a, "room"))
        all.discover(1, Self.b, to: Self.a, "room")
        all.leave(1, Self.c, nil)
        all.now = .zero + .seconds(60)
        all.tell(1, #"{"type":"cleanup"}"#)
        #expect(all.all == [])
    }
    /// The memory of the observer is limited, regardless of the number of messages.
    @Test func bounded() {
        var all = Heard()
        all.observer = HubObserver(memory: 1 << 18)
        all.join(1, Self.a)
        all.join(2, Self.b)
        for n in 0..<5000 {
            all.say(1, Self.offer(Self.b, data: n))
            all.tell(2, Self.offer(Self.b, from: Self.a, data: n))
        }
        #expect(all.findings == [])
    }
}
