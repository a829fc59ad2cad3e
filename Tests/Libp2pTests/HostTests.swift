import Testing
import Wire

@testable import Libp2p
@testable import Node

/// Two hosts with one connection, which `a` dialed.
private struct Hosts {
    var a: Host
    var b: Host
    /// The events of each host, in order.
    var news: (a: [HostNews], b: [HostNews]) = ([], [])
    /// True for a host that has closed the connection.
    var closed = (a: false, b: false)
    private var waiting: (toA: [UInt8], toB: [UInt8]) = ([], [])
    let link = LinkID(1)
    static let address = Endpoint.loopback(4001)

    init(_ security: String, _ muxer: String, fault: Libp2pFault? = nil) {
        func host(_ seed: UInt64) -> Host {
            var options = Libp2pOptions()
            (options.security, options.muxers) = ([security], [muxer])
            (options.protocols, options.fault) = (["/echo"], seed == 2 ? fault : nil)
            return Host(options, Settings(profile: "", values: [:]), Random(seed: seed))
        }
        (a, b) = (host(1), host(2))
    }
    /// Calls a host, and delivers all bytes that follow from it.
    mutating func turn(ofA isA: Bool, _ body: (inout Host, inout [Action]) -> Void) {
        var out: [Action] = []
        if isA { body(&a, &out) } else { body(&b, &out) }
        take(out, ofA: isA)
        while !waiting.toA.isEmpty || !waiting.toB.isEmpty {
            let (toA, toB) = waiting
            waiting = ([], [])
            var out: [Action] = []
            if !toB.isEmpty { b.received(toB.span.bytes, on: link, .zero, &out) }
            take(out, ofA: false)
            out = []
            if !toA.isEmpty { a.received(toA.span.bytes, on: link, .zero, &out) }
            take(out, ofA: true)
        }
        news.a += a.takeNews()
        news.b += b.takeNews()
    }
    private mutating func take(_ out: [Action], ofA isA: Bool) {
        for action in out {
            switch action {
            case .send(_, let bytes): if isA { waiting.toB += bytes } else { waiting.toA += bytes }
            case .close: if isA { closed.a = true } else { closed.b = true }
            default: break
            }
        }
    }
    /// Connects `a` to `b`. `peer`: the peer that `a` expects.
    mutating func connect(expecting peer: PeerID? = nil) {
        var out: [Action] = []
        a.dial(Self.address, expecting: peer, &out)
        #expect(out == [.connect(Self.address)])
        // Both know the connection before bytes arrive on it.
        out = []
        b.opened(link, at: .loopback(50_000), by: .them, .zero, &out)
        take(out, ofA: false)
        turn(ofA: true) { [link] in $0.opened(link, at: Self.address, by: .us, .zero, &$1) }
    }
}

@Suite struct HostTests {
    /// Two hosts identify each other with each security protocol and muxer, and a stream carries bytes in both
    /// directions.
    @Test(arguments: [ProtocolID.noise, ProtocolID.plaintext], [ProtocolID.yamux, ProtocolID.mplex])
    func connects(security: String, muxer: String) {
        var hosts = Hosts(security, muxer)
        hosts.connect(expecting: hosts.b.identity.peer)
        let (a, b) = (hosts.a.identity.peer, hosts.b.identity.peer)
        #expect(hosts.news.a.contains(.connected(b, at: Hosts.address, by: .us)))
        #expect(hosts.news.b.contains(.connected(a, at: .loopback(50_000), by: .them)))
        #expect(hosts.a.identified(b)?.protocols.contains("/echo") == true)
        #expect(hosts.b.identified(a)?.protocols.contains("/echo") == true)
        var stream: HostStream?
        hosts.turn(ofA: true) { stream = $0.open(["/none", "/echo"], to: b, .zero, &$1) }
        guard let stream else { return #expect(Bool(false), "no stream") }
        #expect(hosts.news.a.contains(.opened(stream, b, "/echo", by: .us)))
        hosts.turn(ofA: true) { $0.send([1, 2, 3], on: stream, .zero, &$1) }
        #expect(hosts.news.b.contains { if case .received(_, [1, 2, 3]) = $0 { true } else { false } })
        hosts.turn(ofA: true) { $0.close(stream, isReset: true, .zero, &$1) }
        #expect(hosts.news.b.contains { if case .ended(_, isOver: true) = $0 { true } else { false } })
    }
    /// A host closes the connection before any other data if the peer is not the one that it dialed.
    @Test(arguments: [ProtocolID.noise, ProtocolID.plaintext])
    func another(security: String) {
        var hosts = Hosts(security, ProtocolID.yamux)
        hosts.connect(expecting: hosts.a.identity.peer)
        #expect(hosts.closed.a)
        #expect(hosts.news.a == [.unreachable(Hosts.address)])
        #expect(hosts.a.connected.isEmpty)
    }
    /// A stream without an agreed protocol is refused, and the connection continues.
    @Test func refused() {
        var hosts = Hosts(ProtocolID.noise, ProtocolID.yamux)
        hosts.connect()
        let b = hosts.b.identity.peer
        var stream: HostStream?
        hosts.turn(ofA: true) { stream = $0.open(["/none"], to: b, .zero, &$1) }
        guard let stream else { return #expect(Bool(false), "no stream") }
        #expect(hosts.news.a.contains(.refused(stream)))
        #expect(hosts.a.connected == [b] && !hosts.closed.a)
    }
    /// A host forgets a stream that both sides have ended, no matter which side ended it last.
    @Test(arguments: [true, false]) func forgets(isAFirst: Bool) {
        var hosts = Hosts(ProtocolID.noise, ProtocolID.yamux)
        hosts.connect()
        let b = hosts.b.identity.peer
        var stream: HostStream?
        hosts.turn(ofA: true) { stream = $0.open(["/echo"], to: b, .zero, &$1) }
        guard let stream else { return #expect(Bool(false), "no stream") }
        #expect(hosts.a.connections.values.first?.streams.count == 1)
        for isA in [isAFirst, !isAFirst] {
            hosts.turn(ofA: isA) { $0.close(stream, isReset: false, .zero, &$1) }
        }
        #expect(hosts.a.connections.values.first?.streams.count == 0)
        #expect(hosts.b.connections.values.first?.streams.count == 0)
    }
    /// Fields that are missing in a push stay unchanged.
    @Test func pushKeeps() {
        var known = Identified()
        (known.agent, known.protocols) = ("old", ["/echo"])
        var later = Identified()
        later.agent = "new"
        known.update(later)
        #expect(known.agent == "new" && known.protocols == ["/echo"])
    }
    /// Each fault of the layers is found by its name, and breaks a requirement.
    @Test func faults() {
        #expect(Libp2pFault.allCases.count >= 35)
        #expect(Libp2pFault.named.count == Libp2pFault.allCases.count)
        #expect(Libp2pFault.bugs.allSatisfy { $0.requirement.hasPrefix("GS-") && !$0.summary.isEmpty })
    }
    /// The part after the question mark of a target sets the options of an end.
    @Test func targets() {
        let target = EndTarget("/ip4/127.0.0.1/tcp/4001?security=plaintext&muxer=mplex,/other&early=&fault=ms-no-na")
        #expect(target.address?.endpoint == .loopback(4001))
        let options = Libp2pOptions().adjusted(by: target)
        #expect(options.security == [ProtocolID.plaintext] && options.muxers == [ProtocolID.mplex, "/other"])
        #expect(options.earlyMuxers == [] && options.fault == .msNoNa)
        #expect(EndTarget("").peer == nil && EndTarget("nothing").address == nil)
    }
}
