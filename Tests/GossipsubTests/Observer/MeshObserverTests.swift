import Libp2p
import Node
import Testing
import Wire

@testable import Gossipsub

/// The two sides of connections, as an observer sees them.
private struct Heard {
    var observer = MeshObserver(.content, memory: 1 << 20)
    var now = Instant.zero
    var record = 0
    var told: [Finding] = []
    /// The protocols of the client's stream and of the server's stream.
    var versions = ["/meshsub/1.2.0", "/meshsub/1.2.0"]

    static func channel(_ isClient: Bool, _ connection: Int) -> HeardChannel {
        HeardChannel(connection: connection, path: "libp2p.yamux/#\(isClient ? 1 : 2)/gossipsub")
    }
    mutating func say(_ isClient: Bool, _ rpc: RPCContent, after time: Duration = .zero, on connection: Int = 1) {
        now = now + time
        record += 1
        let ends: [Endpoint] = [.loopback(40_000), .loopback(4001)]
        let heard = HeardMessage(
            RPC.self, isGood: true, in: Self.channel(isClient, connection), from: .us, ends[isClient ? 0 : 1],
            to: ends[isClient ? 1 : 0], isFromClient: isClient, record: record, at: now,
            speaks: versions[isClient ? 0 : 1])
        observer.observe(heard, RPC(rpc).encoded().span.bytes, into: &told)
    }
    /// Ends both streams of a connection, and the connection if `isOver`.
    mutating func end(_ connection: Int, isOver: Bool) {
        for isClient in [true, false] {
            for sender in [Opener.us, .them] {
                observer.end(Self.channel(isClient, connection), by: sender, isClosed: true)
            }
        }
        if isOver { observer.end(connection: connection) }
    }
    mutating func miss(_ isClient: Bool) { observer.miss(Self.channel(isClient, 1)) }
    /// The ids of the reported rules, with a question mark after a warning. Notes are left out.
    var rules: [String] {
        told.filter { $0.severity > .info }.map { ($0.requirement ?? "") + ($0.severity == .violation ? "" : "?") }
    }
    var notes: Int { told.count { $0.severity == .info } }
}

private let author = Identity(seed: [UInt8](repeating: 7, count: 32))
private func subscription(_ subscribe: Bool = true, _ topic: Text = "t") -> RPCContent {
    var (rpc, one) = (RPCContent(), Subscription())
    (one.subscribe, one.topic) = (subscribe, topic)
    rpc.subscriptions = [one]
    return rpc
}
private func control(_ body: (inout Control) -> Void) -> RPCContent {
    var (rpc, control) = (RPCContent(), Control())
    body(&control)
    rpc.control = control
    return rpc
}
private func graft() -> RPCContent {
    control {
        var graft = Graft()
        graft.topic = "t"
        $0.graft = [graft]
    }
}
private func prune(_ seconds: UInt64?, peers: [PeerInfo] = []) -> RPCContent {
    control {
        var prune = Prune()
        (prune.topic, prune.backoff, prune.peers) = ("t", seconds, peers)
        $0.prune = [prune]
    }
}
private func iwant(_ all: [UInt8]...) -> RPCContent {
    control {
        var iwant = IWant()
        iwant.messageIDs = all.map { Bytes($0) }
        $0.iwant = [iwant]
    }
}
private func idontwant(_ all: [UInt8]...) -> RPCContent {
    control {
        var idontwant = IDontWant()
        idontwant.messageIDs = all.map { Bytes($0) }
        $0.idontwant = [idontwant]
    }
}
private func ihave(_ all: [UInt8]...) -> RPCContent {
    control {
        var list = IHave()
        (list.topic, list.messageIDs) = ("t", all.map { Bytes($0) })
        $0.ihave = [list]
    }
}
private func message(_ number: UInt8, _ data: [UInt8] = [1], topic: Text = "t") -> PublishedMessage {
    var message = PublishedMessage()
    (message.topic, message.data) = (topic, Bytes(data))
    message.sequence = Bytes([0, 0, 0, 0, 0, 0, 0, number])
    return message.signed(by: author)
}
private func publish(_ messages: PublishedMessage...) -> RPCContent {
    var rpc = RPCContent()
    rpc.publish = messages
    return rpc
}
private func extensions(test: Bool) -> RPCContent {
    control {
        var extensions = ControlExtensions()
        extensions.testExtension = test
        $0.extensions = extensions
    }
}

@Suite struct MeshObserverTests {
    /// The messages of the client and of the server, each with the seconds before it.
    private typealias Script = [(Bool, RPCContent, Double)]
    private func heard(_ script: Script, _ versions: [String] = ["/meshsub/1.2.0", "/meshsub/1.2.0"]) -> Heard {
        var heard = Heard()
        heard.versions = versions
        for (isClient, rpc, seconds) in script {
            heard.say(isClient, rpc, after: .milliseconds(Int64(seconds * 1000)))
        }
        return heard
    }
    private func rules(_ script: Script, _ versions: [String] = ["/meshsub/1.2.0", "/meshsub/1.2.0"]) -> [String] {
        heard(script, versions).rules
    }
    private let both: Script = [(true, subscription(), 0), (false, subscription(), 0)]
    private let a = message(1).defaultID

    /// Nodes that follow the rules get no findings for topics, GRAFT, messages, IHAVE, IWANT, IDONTWANT, PRUNE and
    /// backoffs.
    @Test func rightNodes() {
        let talk =
            both + [
                (true, graft(), 0.1), (false, publish(message(1)), 1), (true, publish(message(2)), 1),
                (true, idontwant(message(3).defaultID), 0), (false, idontwant(message(3).defaultID), 0.1),
                (true, subscription(false), 1), (true, prune(10), 0), (true, subscription(), 1),
                (false, ihave(message(4).defaultID), 1), (true, iwant(message(4).defaultID), 0),
                (false, publish(message(4)), 0), (true, ihave(message(5).defaultID), 1),
                (false, iwant(message(5).defaultID), 0), (true, publish(message(5)), 0), (false, graft(), 10),
                (false, prune(60), 5), (true, graft(), 60), (true, ihave(message(5).defaultID), 0),
            ]
        #expect(rules(talk) == [])
    }
    @Test func backoff() {
        // Right after the PRUNE, the GRAFT was in transit. Soon after, a breach is possible. Long after, it is certain.
        // At the end of the backoff, the GRAFT is allowed.
        for (seconds, wanted) in [(0.5, []), (5, ["GS-74?"]), (30, ["GS-74"]), (59, [])] as [(Double, [String])] {
            #expect(rules(both + [(false, prune(60), 1), (true, graft(), seconds)]) == wanted, "\(seconds)")
        }
        #expect(rules(both + [(false, prune(nil), 1), (true, graft(), 30)]) == ["GS-55?", "GS-75?"])
        // A node of 1.0 knows no backoff time.
        let old = ["/meshsub/1.0.0", "/meshsub/1.0.0"]
        #expect(rules(both + [(false, prune(nil), 1), (true, graft(), 30)], old) == [])
        // The backoff that the node itself gave when it left.
        let left =
            both + [
                (true, graft(), 0), (true, subscription(false), 1), (true, prune(10), 0), (true, subscription(), 1),
            ]
        #expect(rules(left + [(true, graft(), 3)]) == ["GS-76?"] && rules(left + [(true, graft(), 9)]) == [])
    }
    @Test func topics() {
        let late = both + [(true, graft(), 0), (true, subscription(false), 1)]
        #expect(rules(late + [(true, subscription(true, "u"), 4)]) == ["GS-54"])
        #expect(rules(late + [(false, prune(10), 0), (true, subscription(true, "u"), 4)]) == [])
        #expect(rules(late + [(true, prune(10), 0), (true, subscription(true, "u"), 4)]) == [])
        let server: Script = [(false, subscription(), 0)]
        #expect(rules(server + [(true, graft(), 0), (true, subscription(true, "u"), 4)]) == ["GS-50"])
        #expect(
            rules(server + [(true, graft(), 0), (true, subscription(), 0.1), (true, subscription(true, "u"), 4)]) == [])
        // PRUNE to a peer that asked for a topic that the node never had
        #expect(rules([(false, subscription(), 0), (true, graft(), 1), (false, prune(60), 0)]) == [])
        #expect(
            rules([(true, subscription(), 0), (false, RPCContent(), 0), (true, graft(), 1), (false, prune(60), 0)]) == [
                "GS-72?"
            ])
    }
    @Test func messages() {
        let left = both + [(true, graft(), 0), (false, subscription(false), 1), (false, prune(10), 0)]
        #expect(rules(left + [(true, publish(message(1)), 0.5)]) == [])
        #expect(rules(left + [(true, publish(message(1)), 5)]) == ["GS-51?"])
        #expect(rules(left + [(true, publish(message(1)), 15)]) == ["GS-51"])
        let sent = both + [(true, publish(message(1)), 0)]
        #expect(rules(sent + [(true, publish(message(1)), 1)]) == ["GS-65?"])
        #expect(rules(sent + [(false, iwant(a), 0), (true, publish(message(1)), 1)]) == [])
        #expect(
            rules(sent + [(false, publish(message(1)), 5)]) == ["GS-68?"]
                && rules(sent + [(false, publish(message(1)), 0.1)]) == [])
        #expect(rules(both + [(true, idontwant(a), 0), (false, publish(message(1)), 1)]) == ["GS-98?"])
        #expect(rules(both + [(true, idontwant(a), 0), (false, publish(message(1)), 0.1)]) == [])
        #expect(rules(sent + [(true, publish(message(1, [2])), 20)]) == ["GS-63?"])
        let notes = heard(both + [(true, publish(message(2)), 0), (true, publish(message(1)), 1)])
        #expect(notes.rules == [] && notes.notes == 3, "outside the mesh twice, and a number that goes back")
    }
    @Test func gossip() {
        #expect(
            rules(both + [(true, iwant(a), 1)]) == ["GS-86"]
                && rules(both + [(false, ihave(a), 1), (true, iwant(a), 1)]) == [])
        #expect(
            rules(both + [(true, publish(message(1)), 0), (false, ihave(a), 1), (true, iwant(a), 1)]) == ["GS-86?"])
        #expect(rules(both + [(true, graft(), 0), (true, ihave(a), 2)]) == ["GS-84"])
        #expect(rules(both + [(true, graft(), 0), (false, prune(60), 1), (true, ihave(a), 2)]) == [])
        #expect(
            rules([(true, subscription(), 0), (false, subscription(true, "u"), 0), (true, ihave(a), 1)]) == ["GS-84"])
    }
    @Test func versions() {
        func rules(_ version: String, _ rpcs: RPCContent...) -> [String] {
            self.rules(rpcs.map { (true, $0, 0) }, ["/meshsub/\(version)", "/meshsub/1.2.0"])
        }
        #expect(rules("1.0.0", prune(60)) == ["GS-97"] && rules("1.0.0", prune(nil)) == [])
        #expect(rules("1.1.0", prune(nil)) == ["GS-55?"] && rules("1.1.0", idontwant([1])) == ["GS-97"])
        #expect(rules("1.2.0", extensions(test: true)) == ["GS-97"] && rules("1.3.0", extensions(test: true)) == [])
        #expect(rules("1.3.0", subscription(), extensions(test: true)) == ["GS-101"])
        #expect(rules("1.3.0", RPCContent(), extensions(test: true)) == [], "an RPC without content is none")
        #expect(rules("1.3.0", extensions(test: true), extensions(test: true)) == ["GS-101"])
        var test = RPCContent()
        test.testExtension = TestExtension()
        #expect(
            rules("1.3.0", extensions(test: false), test) == ["GS-102"]
                && rules("1.3.0", extensions(test: true), test) == [])
    }
    @Test func policies() {
        func rules(_ body: (inout PublishedMessage) -> Void) -> [String] {
            var one = message(1)
            body(&one)
            return self.rules([(true, publish(one), 0)])
        }
        #expect(rules { _ in } == [])
        #expect(rules { $0.from = nil } == ["GS-56"] && rules { $0.from = Bytes([1, 2]) } == ["GS-56"])
        #expect(
            rules { $0.sequence = Bytes([1, 2, 3, 4]) } == ["GS-56", "GS-58"]
                && rules { $0.data = Bytes([9]) } == ["GS-58"])
        #expect(
            rules { $0.key = Bytes(Identity(seed: [UInt8](repeating: 1, count: 32)).publicKey.encoded()) } == ["GS-58"])
        #expect(rules { $0.from = Bytes([0x12, 32] + [UInt8](repeating: 1, count: 32)) } == ["GS-56"])
        // A message without a signature belongs to no certain policy. Only an empty field is a finding.
        #expect(rules { $0.signature = nil } == [])
        #expect(
            rules {
                $0 = PublishedMessage()
                ($0.topic, $0.data, $0.from) = ("t", Bytes([1]), Bytes())
            } == ["GS-60?"])
        // An unknown field: some implementations sign without it.
        #expect(rules { $0.unknown.items = [Bytes([0x3a, 1, 0x61])] } == [])
    }
    @Test func peersOfPrune() {
        func rules(_ body: (inout PeerInfo) -> Void) -> [String] {
            var peer = PeerInfo()
            peer.peerID = Bytes(author.peer.bytes)
            let address = Multiaddr("/ip4/127.0.0.1/tcp/4001")
            peer.signedPeerRecord = Bytes(Envelope(of: author, at: address.map { [$0] } ?? [], 1).encoded())
            body(&peer)
            return self.rules([(true, prune(60, peers: [peer]), 0)])
        }
        #expect(rules { _ in } == [] && rules { $0.signedPeerRecord = nil } == [])
        #expect(
            rules { $0.peerID = Bytes([1]) } == ["GS-95"] && rules { $0.signedPeerRecord = Bytes([1]) } == ["GS-95"])
        #expect(rules { $0.peerID = Bytes(Identity(seed: [UInt8](repeating: 1, count: 32)).peer.bytes) } == ["GS-95"])
        #expect(
            rules {
                var bytes = $0.signedPeerRecord?.own ?? []
                bytes[bytes.count - 1] ^= 1
                $0.signedPeerRecord = Bytes(bytes)
            } == ["GS-95"])
    }
    /// Unseen messages may explain a breach, so an incomplete capture gives no findings.
    @Test func incompleteCaptures() {
        for isClient in [true, false] {
            var heard = Heard()
            heard.say(true, subscription())
            heard.say(false, subscription())
            heard.miss(isClient)
            heard.say(true, iwant(a), after: .seconds(1))
            heard.say(true, graft())
            heard.say(true, ihave(a), after: .seconds(2))
            heard.say(true, subscription(false))
            heard.say(true, subscription(), after: .seconds(5))
            #expect(heard.rules == [], "\(isClient)")
        }
        // The messages of one side do not show what the other side sent.
        #expect(rules([(true, iwant(a), 0), (true, ihave(a), 1), (true, publish(message(1)), 1)]) == [])
        // After a stream has ended, its side may still send on a new stream.
        var heard = Heard()
        heard.say(true, subscription())
        heard.say(false, subscription())
        heard.observer.end(Heard.channel(false, 1), by: .us, isClosed: true)
        heard.say(true, iwant(a), after: .seconds(1))
        #expect(heard.rules == [])
        // The other side has not forgotten the messages of the ended stream.
        heard.say(false, subscription())
        heard.say(true, iwant(a), after: .seconds(1))
        #expect(heard.rules == [])
    }
    /// An observer that has forgotten state reports no breach that depends on it.
    @Test func bounded() {
        var heard = Heard()
        heard.observer = MeshObserver(.content, memory: 1)
        heard.say(true, subscription())
        heard.say(false, subscription())
        for n in 0..<40 as Range<UInt8> {
            heard.say(false, ihave([n, 0]), after: .seconds(1))
            heard.say(true, ihave(Array(repeating: n, count: 9), [n, 1], [n, 2]))
        }
        for n in 0..<1000 { heard.say(false, ihave([UInt8(n & 255), UInt8(n >> 8), 7]), after: .milliseconds(1)) }
        heard.say(true, iwant([5, 0]))
        #expect(heard.rules == [])
        for n in 2..<400 { heard.say(true, subscription(), on: n) }
        #expect(heard.rules == [])
    }
    /// Ended connections use no memory: later ones are judged like the first.
    @Test func manyConnections() {
        for isOver in [true, false] {
            var heard = Heard()
            heard.observer = MeshObserver(.content, memory: 1)
            for n in 1...1000 {
                heard.say(true, subscription(), on: n)
                heard.say(false, subscription(), on: n)
                heard.say(true, publish(message(1)), on: n)
                heard.end(n, isOver: isOver)
            }
            #expect(isOver ? heard.notes == 1000 : heard.notes < 1000)
        }
    }
    /// The observer reports an RPC on the stream that the other side opened.
    @Test func streams() {
        var findings: [Finding] = []
        var observer = StreamObserver()
        for sender in [Opener.us, .them] {
            observer.observe(RPC.self, [0].span.bytes, isGood: true, from: sender, at: .zero, into: &findings)
        }
        #expect(findings.map(\.requirement) == ["GS-42"])
    }
    /// The observer reports once that a stream is filled after its receiver has ended its direction, as rust does when
    /// it stops to read. An end of the sender is no finding.
    @Test func streamThatReceiverLeft() {
        var findings: [Finding] = []
        var observer = StreamObserver()
        func say() { observer.observe(RPC.self, [0].span.bytes, isGood: true, from: .us, at: .zero, into: &findings) }
        say()
        observer.end(by: .us, into: &findings)
        say()
        #expect(findings.isEmpty)
        observer.end(by: .them, into: &findings)
        #expect(findings.isEmpty)
        say()
        say()
        #expect(findings.map(\.severity) == [.info] && findings[0].requirement == nil)
        #expect(findings[0].text.contains("has ended its direction"))
    }
}
