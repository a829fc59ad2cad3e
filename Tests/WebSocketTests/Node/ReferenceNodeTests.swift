import Node
import Testing
import Wire

@testable import WebSocket

/// Two nodes that are connected to each other.
private struct Wired {
    var nodes: [any Node]
    var events: [[Event]] = [[], []]
    var now = Instant.zero
    var bytes: [[UInt8]] = [[], []]
    var isClosed = false
    let link = LinkID(1)

    init(_ client: String = "echo", _ parameters: [String: String] = [:]) throws {
        let definition = Definition.webSocket
        let settings = try definition.settings(parameters)
        var options = NodeOptions(settings, random: Random(seed: 4), peers: [.loopback(9000)])
        options.kind = client
        let server = NodeOptions(settings, random: Random(seed: 5), listening: .loopback(9000))
        nodes = [definition.reference.node(options), definition.reference.node(server)]
    }
    mutating func call(_ i: Int, _ body: (inout any Node, Instant, inout [Action]) -> Void) {
        var out: [Action] = []
        body(&nodes[i], now, &out)
        for action in out {
            switch action {
            case .send(_, let bytes): self.bytes[1 - i] += bytes
            case .report(let event): events[i].append(event)
            case .close: isClosed = true
            case .connect: break
            }
        }
    }
    /// Opens the connection and lets both nodes act until neither has a message to send.
    mutating func talk() {
        let link = link
        call(0) { $0.start(now: $1, &$2) }
        call(1) { $0.start(now: $1, &$2) }
        call(1) { $0.opened(link, peer: .loopback(1), by: .them, now: $1, &$2) }
        call(0) { $0.opened(link, peer: .loopback(9000), by: .us, now: $1, &$2) }
        pass()
    }
    mutating func pass() {
        let link = link
        for _ in 0..<10 {
            for i in 0..<2 where !bytes[i].isEmpty {
                let all = bytes[i]
                bytes[i] = []
                call(i) { $0.received(all.span.bytes, on: link, now: $1, &$2) }
            }
        }
    }
}

@Test(arguments: ["on", "no_context_takeover", "off"])
func nodesOpenAConnection(deflate: String) throws {
    var wired = try Wired("echo", ["deflate": deflate, "subprotocol": "echo", "window_bits": "9"])
    wired.talk()
    for events in wired.events {
        let opened = try #require(events.first { $0.name == "opened" })
        let details = Value.map(opened.details)
        #expect(details["target"] == "/" && details["subprotocol"] == "echo")
        #expect(details["deflate"] == .bool(deflate != "off"))
    }
}

/// The server echoes the messages, in order with the answers to control frames.
@Test func nodeEchoes() throws {
    var wired = try Wired("echo", ["deflate": "off"])
    wired.talk()
    let link = wired.link
    let bytes =
        masked(.text, utf8("a")) + masked(.ping, utf8("p")) + masked(.binary, [1]) + masked(.close, hex("03 e8"))
    wired.call(1) { $0.received(bytes.span.bytes, on: link, now: $1, &$2) }
    let answer = frames(wired.bytes[0])
    #expect(answer.map(\.header.opcode) == [.text, .pong, .binary, .close])
    #expect(answer.map { $0.payload.own ?? [] } == [utf8("a"), utf8("p"), [1], hex("03 e8")])
    #expect(wired.isClosed && answer.allSatisfy { $0.header.maskingKey == nil })
}

/// A relay forwards a message only to clients with the same target, in one piece for each call.
@Test func nodeRelays() throws {
    var options = NodeOptions(try Definition.webSocket.settings(), random: Random(seed: 8), listening: .loopback(9))
    options.kind = "relay"
    var node = Definition.webSocket.reference.node(options)
    func receive(_ bytes: [UInt8], on link: UInt64) -> [LinkID: [UInt8]] {
        var out: [Action] = []
        node.received(bytes.span.bytes, on: LinkID(link), now: .zero, &out)
        let sent = out.compactMap { if case .send(let to, let bytes) = $0 { (to, bytes) } else { nil } }
        return Dictionary(sent) { first, _ in
            #expect(Bool(false), "two pieces")
            return first
        }
    }
    for (link, target) in [(1, "/a"), (2, "/a"), (3, "/b"), (4, "/a")] as [(UInt64, String)] {
        var seeded = Seeded(link)
        var request = ClientHandshake(key: seeded.key()).request
        request.target = Delimited(target)
        var out: [Action] = []
        node.opened(LinkID(link), peer: .loopback(UInt16(link)), by: .them, now: .zero, &out)
        #expect(receive(request.encoded(), on: link).keys.map(\.number) == [link])
    }
    let sent = receive(masked(.text, utf8("a")) + masked(.binary, [1]), on: 1)
    #expect(sent.keys.map(\.number).sorted() == [2, 4])
    for bytes in sent.values {
        #expect(frames(bytes).map(\.header.opcode) == [.text, .binary])
        #expect(frames(bytes).map { $0.payload.own ?? [] } == [utf8("a"), [1]])
    }
    #expect(receive(masked(.text, utf8("b")), on: 3).isEmpty, "nobody else is there")
    var out: [Action] = []
    node.closed(LinkID(2), now: .zero, &out)
    #expect(receive(masked(.text, []), on: 4).keys.map(\.number) == [1])
}

/// A client of the Autobahn suite requests the number of cases, runs each case, and requests the report.
@Test func autobahnClient() throws {
    var options = NodeOptions(try Definition.webSocket.settings(), random: Random(seed: 6), peers: [.loopback(9)])
    options.kind = "autobahn"
    var node = Definition.webSocket.reference.node(options)
    var targets: [String] = []
    var out: [Action] = []
    node.start(now: .zero, &out)
    var number: UInt64 = 0
    while out.contains(.connect(.loopback(9))), number < 10 {
        number += 1
        let link = LinkID(number)
        out = []
        node.opened(link, peer: .loopback(9), by: .us, now: .zero, &out)
        guard case .send(_, let request)? = out.first, let head = try? Upgrade(copying: request) else { break }
        targets.append(head.target.string())
        var server = End.server()
        server.begin()
        server.receive(request)
        if number == 1 { server.send(Received("2")) }
        out = []
        node.received(server.take().span.bytes, on: link, now: .zero, &out)
        #expect(!out.contains { if case .send = $0 { true } else { false } }, "the number is not sent back")
        out = []
        node.closed(link, now: .zero, &out)
    }
    #expect(
        targets == [
            "/getCaseCount", "/runCase?case=1&agent=meshspec", "/runCase?case=2&agent=meshspec",
            "/updateReports?agent=meshspec",
        ])
    #expect(out.contains { if case .report(let event) = $0 { event.name == "cases_done" } else { false } })
}

@Test(arguments: [
    ("ws://127.0.0.1:9001/a?b", "127.0.0.1:9001", "/a?b"), ("WS://[::1]:80", "[::1]:80", "/"),
    ("ws://127.0.0.1?x", "127.0.0.1:80", "/?x"), ("ws://[::1]/a:b", "[::1]:80", "/a:b"),
    ("wss://127.0.0.1/", "127.0.0.1:443", "/"), ("wss://a.example:8443/@", "a.example:8443", "/@"),
])
func urls(text: String, authority: String, target: String) {
    let url = WebSocketURL(text)
    #expect(url?.authority == authority && url?.target == target)
    // A request omits the default port of the scheme.
    let preset = text.lowercased().hasPrefix("wss") ? ":443" : ":80"
    let isPreset = authority.hasSuffix(preset)
    #expect(url?.hostField == (isPreset ? String(authority.dropLast(preset.count)) : authority))
    #expect(url?.isSecure == text.hasPrefix("wss"))
    #expect(url?.endpoint?.description == (authority.contains("example") ? nil : authority))
}

@Test(arguments: [
    "ws://127.0.0.1/#a", "http://127.0.0.1/", "ws:///a", "ws://:80/", "ws://127.0.0.1:99999/", "ws://127.0.0.1:0/",
    "ws://127.0.0.1:/", "ws://127.0.0.1:8x/", "ws://127.0.0.1:+8/", "ws://1.2.3.4/a b", "ws://me@127.0.0.1/",
    "ws://::1/", "ws://::1:80/", "ws://[::1/", "ws://[::1]80/", "ws://[a]/", "ws://1.2.3.4/\u{e9}", "ws:/1.2.3.4",
])
func notURLs(text: String) { #expect(WebSocketURL(text) == nil) }

/// A connection that a control opens requests the path of the URL.
@Test func toldToOpen() throws {
    var node = Definition.webSocket.reference.node(
        NodeOptions(try Definition.webSocket.settings(), random: Random(seed: 7)))
    var out: [Action] = []
    for url in ["http://x", "wss://127.0.0.1:7/", "ws://a.example/"] {
        let refused = node.control("open", [.init("url", .text(url))], now: .zero, &out)
        #expect(refused == nil && out.isEmpty)
    }
    let accepted = node.control("open", [.init("url", "ws://127.0.0.1:7/deep?x=y")], now: .zero, &out)
    #expect(accepted == true)
    #expect(out == [.connect(.loopback(7))])
    out = []
    node.opened(LinkID(1), peer: .loopback(7), by: .us, now: .zero, &out)
    guard case .send(_, let request)? = out.first else { return #expect(Bool(false), "no request") }
    #expect(try Upgrade(copying: request).target.string() == "/deep?x=y")
}
