import Glibc
import Network
import Node
import TestThreads
import Testing

@testable import Scenario

/// Hostile nodes over real sockets: each case ends within its window, with the verdict that it can justify.
@Suite(.waits) struct HostileNodeTests {
    static let steps = """
          - send: {via: c, msg: toy.say, fields: {text: hello}}
          - expect: {via: c, msg: toy.say, within: 400ms, fields: {text: a}}
        """
    /// Runs one case against a toy node in the same event loop.
    static func run(_ rules: [Rule], _ steps: String = steps, more: String = "") throws -> CaseResult {
        let driver = Driver(try SocketNetwork())
        let (listener, address) = try driver.listen(.loopback(0))
        driver.add(ToyNode(rules: rules, peers: [], dialsAfter: .zero), listeners: [listener])
        return try run(driver, address, steps, more: more)
    }
    static func run(
        _ driver: Driver, _ address: Endpoint, _ steps: String = steps, more: String = ""
    ) throws -> CaseResult {
        let definition = Definition.toy()
        let options = RunOptions(
            subject: .remote(Remote(address: address, listen: nil)), settings: try definition.settings(), seed: 1,
            // The test machine may be slow, and these tests are not about that.
            slack: .seconds(60))
        var out: [CaseResult] = []
        Runner(definition, toyRequirements, options)
            .run(Schedule(try toy(steps, more: more).cases), nil, driver, jobs: 1, progress: { _ in true }) {
                out.append($0)
            }
        #expect(out.count == 1)
        return try #require(out.first)
    }

    @Test func aGoodOne() throws {
        let r = try Self.run([.on(.heard("hello"), .say("a"))])
        #expect(r.told == "pass")
        #expect(r.lines == [">connection", ">hello", "<a"])
    }
    @Test func refuses() throws {
        let driver = Driver(try SocketNetwork())
        let (listener, address) = try driver.listen(.loopback(0))
        driver.stopListening(listener)
        let r = try Self.run(driver, address)
        #expect(
            r.told == "error TOY-1 1: cannot connect to \(address): connection refused"
                || r.told.lowercased().hasSuffix("connection refused"))
        #expect(r.verdict == .error)
    }
    @Test func neverAnswers() throws {
        #expect(try Self.run([]).told == "fail TOY-1 3: no toy.say like this within 400ms")
    }
    @Test func neverEvenAccepts() throws {
        // The operating system accepts for the peer.
        let peer = try RawPeer { RawPeer.waitForEnd($0) }
        #expect(
            try Self.run(Driver(try SocketNetwork()), peer.address).told
                == "fail TOY-1 3: no toy.say like this within 400ms")
    }
    @Test func garbage() throws {
        let r = try Self.run([.on(.open, .raw(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)))])
        #expect(r.told.hasPrefix("fail TOY-1 3: unexpected bytes that are no message instead of toy.say like this"))
        #expect(r.problem?.culprit.map { r.trace[$0].bytes.prefix(4) } == Array("HTTP".utf8)[...])
    }
    @Test func closesMidMessage() throws {
        #expect(
            try Self.run([.on(.heard("hello"), .raw([1, 5, 0x61])), .on(.heard("hello"), .close)]).told
                == "fail TOY-1 3: connection closed in the middle of a message instead of toy.say like this")
        #expect(try Self.run([.on(.open, .close)]).verdict > .pass)
        let reset = try RawPeer { fd in
            var l = linger(l_onoff: 1, l_linger: 0)
            setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, socklen_t(MemoryLayout<linger>.size))
        }
        let r = try Self.run(
            Driver(try SocketNetwork()), reset.address, "  - expect: {via: c, msg: toy.say, within: 5s}")
        #expect(r.told == "fail TOY-1 2: connection reset instead of toy.say" || r.verdict == .error)
    }
    @Test(arguments: [true, false]) func endsAfterUsOrNever(ends: Bool) throws {
        let peer = try RawPeer { fd in
            var byte: UInt8 = 0
            while recv(fd, &byte, 1, 0) > 0 {}
            // The peer has seen the runner's end and still sends something.
            _ = RawPeer.send([1, 1, 0x61], on: fd)
            if !ends { usleep(600_000) }
        }
        let steps = """
              - close: {via: c, how: half}
              - expect: {via: c, msg: toy.say, within: 5s, fields: {text: a}}
              - expect: {via: c, event: closed, within: \(ends ? "5s" : "200ms")}
            """
        let r = try Self.run(Driver(try SocketNetwork()), peer.address, steps)
        let open = "fail TOY-1 4: the connection was not closed within 200ms after it was half-closed"
        #expect(r.told == (ends ? "pass" : open))
    }
    @Test func dripsOneByteEvery50Milliseconds() throws {
        let bytes = say("a") + say("b")
        let rules = bytes.enumerated().map {
            Rule.on(.heard("hello"), after: .milliseconds(50 * $0.offset), .raw([$0.element]))
        }
        let steps =
            Self.steps.replacing("400ms", with: "20s")
            + "\n  - expect: {via: c, msg: toy.say, within: 20s, fields: {text: b}}"
        #expect(try Self.run(rules, steps).told == "pass")
    }
    @Test func dripsWithoutEnd() throws {
        // The message is never complete, and further bytes do not extend the window. The number of bytes that arrive
        // depends on the machine.
        let rules =
            [Rule.on(.open, .raw([1, 255]))]
            + (1..<40).map { Rule.on(.open, after: .milliseconds(50 * $0), .raw([0x61])) }
        let told = try Self.run(rules).told
        #expect(told.hasPrefix("fail TOY-1 3: no toy.say like this within 400ms; "), "\(told)")
        #expect(told.contains(" bytes of a toy.say that announces 257 (0x01ff6161"), "\(told)")
    }
    @Test(arguments: [[9], [2, 1, 5], [1]] as [[UInt8]])
    func sendsTwentyMegabytesWithoutReading(_ pattern: [UInt8]) throws {
        let bytes = Self.repeated(pattern, upTo: 20_971_520)
        let peer = try RawPeer { fd in
            _ = RawPeer.send(bytes, on: fd)
            RawPeer.waitForEnd(fd)
        }
        let r = try Self.run(Driver(try SocketNetwork()), peer.address, more: "defaults: [{ignore: {msg: toy.num}}]")
        #expect(r.verdict == .fail || r.verdict == .inconc)
        #expect(r.trace.count < 110_000)
    }
    /// Returns a pattern, repeated as often as it fits.
    static func repeated(_ pattern: [UInt8], upTo count: Int) -> [UInt8] {
        var out = pattern
        while out.count < count { out += out }
        return Array(out[..<(count / pattern.count * pattern.count)])
    }
    @Test func doesNotReadWhatIsSent() throws {
        let peer = try RawPeer { RawPeer.waitForEnd($0) }
        let steps =
            "  - send: {via: c, raw: \"$(bytes(16777216, 1))\"}\n  - send: {via: c, raw: \"$(bytes(16777216, 1))\"}\n  - expect: {via: c, msg: toy.say, within: 5s}"
        let r = try Self.run(Driver(try SocketNetwork()), peer.address, steps)
        #expect(r.verdict == .inconc)
        #expect(r.problem?.reason == "link `c`: cannot send to \(peer.address): it does not read")
    }
    @Test func severalAtOnceKeepTheirLinksApart() throws {
        let driver = Driver(try SocketNetwork())
        let (listener, address) = try driver.listen(.loopback(0))
        driver.add(
            ToyNode(
                rules: [.on(.heard("hello"), .say("a")), .on(.heard("bye"), .close)], peers: [], dialsAfter: .zero),
            listeners: [listener])
        let definition = Definition.toy()
        let options = RunOptions(
            subject: .remote(Remote(address: address, listen: nil)), settings: try definition.settings(), seed: 1,
            slack: .seconds(60))
        let good = try toy(Self.steps.replacing("400ms", with: "20s"))
        let bad = try toy(
            "  - send: {via: c, msg: toy.say, fields: {text: bye}}\n  - expect: {via: c, msg: toy.say, within: 20s}")
        var verdicts: [Verdict] = []
        Runner(definition, toyRequirements, options).run(
            Schedule([good, bad, good, bad, good, bad, good].flatMap(\.cases)), nil, driver, jobs: 4,
            progress: { _ in true }
        ) { verdicts.append($0.verdict) }
        #expect(verdicts.sorted() == [.pass, .pass, .pass, .pass, .fail, .fail, .fail])
    }
}
