import Nano
import Node
import Wire

/// A message of a made-up protocol: a kind, a length of one byte, and the bytes of the text.
struct Say: Message {
    static var name: StaticString { "toy.say" }
    var kind: UInt8 = 1
    var count = Derived<UInt8>()
    var text = Text()
    init() {}
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("kind", &kind, 1)
        c.derived("count", &count, UInt8(clamping: text.count))
        c.bytes("text", &text, count: count.count, by: "count")
    }
}

/// A message with a digit.
struct Num: Message {
    static var name: StaticString { "toy.num" }
    var kind: UInt8 = 2
    var count = Derived<UInt8>()
    var digit: UInt8 = 0
    init() {}
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("kind", &kind, 2)
        c.derived("count", &count, 1)
        c.field("digit", &digit)
        c.require("digit", digit <= 9, UInt64(digit))
    }
}

/// A message with a list of pairs, and a byte that may be missing.
struct Many: Message {
    static var name: StaticString { "toy.many" }
    var kind: UInt8 = 3
    var length = Derived<UInt8>()
    var number = Derived<UInt8>()
    var items: [Pair] = []
    var tail: UInt8?
    init() {}
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("kind", &kind, 3)
        c.derived("length", &length, UInt8(clamping: 1 + 2 * items.count + (tail == nil ? 0 : 1)))
        c.derived("number", &number, UInt8(clamping: items.count))
        c.list("items", &items, count: Int(number.value), by: "number")
        c.optional("tail", &tail, present: Int(length.value) > 1 + 2 * Int(number.value))
    }
    struct Pair: Message {
        static var name: StaticString { "toy.many.pair" }
        var n: UInt8 = 0
        var t: UInt8 = 0
        init() {}
        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.field("n", &n)
            c.field("t", &t)
        }
    }
}

/// A message with bytes.
struct Blob: Message {
    static var name: StaticString { "toy.blob" }
    var kind: UInt8 = 4
    var count = Derived<UInt8>()
    var data = Bytes()
    init() {}
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("kind", &kind, 4)
        c.derived("count", &count, UInt8(clamping: data.count))
        c.bytes("data", &data, count: count.count, by: "count")
    }
}

struct ToyFraming: Framing {
    mutating func next(_ bytes: RawSpan) -> FramingResult {
        let head = bytes.extracting(first: 2).withUnsafeBytes { [UInt8]($0) }
        guard let kind = head.first else { return .needMore(2) }
        guard (1...4).contains(kind) else {
            return .refused(WireError(reason: .unexplained, path: "kind", offset: 0))
        }
        guard head.count == 2 else { return .needMore(1) }
        let length = 2 + Int(head[1])
        guard bytes.byteCount >= length else { return .needMore(length - bytes.byteCount) }
        let types: [any Message.Type] = [Say.self, Num.self, Many.self, Blob.self]
        return .message(types[Int(kind) - 1], length: length)
    }
    func announced(by bytes: RawSpan) -> Announcement? {
        let head = bytes.extracting(first: 2).withUnsafeBytes { [UInt8]($0) }
        let types: [any Message.Type] = [Say.self, Num.self, Many.self, Blob.self]
        guard head.count == 2, types.indices.contains(Int(head[0]) - 1) else { return nil }
        return Announcement(types[Int(head[0]) - 1], length: 2 + Int(head[1]))
    }
    func resync(_ bytes: RawSpan) -> Int? { nil }
}

struct NoObserver: Observer {
    mutating func miss() {}
    mutating func observe(
        _ type: any Message.Type, _ bytes: RawSpan, isGood: Bool, from sender: Opener, at time: Instant,
        into findings: inout [Finding]
    ) {}
}

func say(_ text: String) -> [UInt8] { [1, UInt8(text.utf8.count)] + Array(text.utf8) }

/// An action of a toy node when an event happens.
struct Rule: Sendable {
    enum When: Sendable, Equatable {
        /// A connection is open, regardless of the side that opened it.
        case open
        /// The node received a text.
        case heard(String)
        /// The node received some bytes.
        case bytes
        /// A connection has ended. The node acts on all other connections.
        case closed
    }
    enum Deed: Sendable {
        case say(String)
        case raw([UInt8])
        /// Sends the texts that the node received so far, joined by a bar, and the number of pieces in which they
        /// arrived.
        case tell
        /// Sends the last bytes back unchanged.
        case echo
        case close
    }
    var when: When
    var after: Duration
    var deed: Deed

    static func on(_ when: When, after: Duration = .zero, _ deed: Deed) -> Self {
        Self(when: when, after: after, deed: deed)
    }
}

/// A node that follows rules.
struct ToyNode: Node {
    var rules: [Rule]
    /// The peers that the node dials, and the time when it dials.
    var peers: [Endpoint]
    var dialsAfter: Duration
    var agenda: [(at: Instant, link: LinkID?, deed: Rule.Deed)] = []
    var buffers: [LinkID: [UInt8]] = [:]
    var heard: [String] = []
    var pieces = 0
    var last: [UInt8] = []
    var links: [LinkID] = []

    var deadline: Instant? { agenda.map(\.at).min() }

    mutating func start(now: Instant, _ out: inout [Action]) {
        if !peers.isEmpty { agenda.append((now + dialsAfter, nil, .close)) }
    }
    mutating func happened(_ when: Rule.When, _ link: LinkID, _ now: Instant, _ out: inout [Action]) {
        for r in rules where r.when == when {
            if r.after == .zero { perform(r.deed, link, &out) } else { agenda.append((now + r.after, link, r.deed)) }
        }
    }
    func perform(_ deed: Rule.Deed, _ link: LinkID, _ out: inout [Action]) {
        switch deed {
        case .say(let text): out.append(.send(link, say(text)))
        case .raw(let bytes): out.append(.send(link, bytes))
        case .tell: out.append(.send(link, say("\(pieces):" + heard.joined(separator: "|"))))
        case .echo: out.append(.send(link, last))
        case .close: out.append(.close(link))
        }
    }
    mutating func opened(_ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]) {
        links.append(link)
        happened(.open, link, now, &out)
    }
    mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {
        pieces += 1
        last = bytes.withUnsafeBytes { [UInt8]($0) }
        var all = buffers[link, default: []] + bytes.withUnsafeBytes { [UInt8]($0) }
        while all.count >= 2, all.count >= 2 + Int(all[1]) {
            let text = String(decoding: all[2..<2 + Int(all[1])], as: UTF8.self)
            all.removeSubrange(..<(2 + Int(all[1])))
            heard.append(text)
            happened(.heard(text), link, now, &out)
        }
        buffers[link] = all
        happened(.bytes, link, now, &out)
    }
    mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) {
        buffers[link] = nil
        links.removeAll { $0 == link }
        for other in links { happened(.closed, other, now, &out) }
    }
    mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) {}
    mutating func wake(now: Instant, _ out: inout [Action]) {
        let due = agenda.enumerated().filter { $0.element.at <= now }.sorted {
            ($0.element.at, $0.offset) < ($1.element.at, $1.offset)
        }
        agenda.removeAll { $0.at <= now }
        for (_, d) in due {
            if let link = d.link { perform(d.deed, link, &out) } else { out += peers.map { .connect($0) } }
        }
    }
}

extension Definition {
    static func toy(_ rules: [Rule] = [], dialsAfter: Duration = .milliseconds(10)) -> Self {
        Self(
            name: "toy", title: "Toy", transport: .tcp, requirementPrefix: "TOY",
            messages: [Say.self, Num.self, Many.self, Blob.self],
            configuration: .init(
                ports: [],
                profiles: [Named("one", ""), Named("two", "")], parameters: [],
                capabilities: [Named("server", ""), Named("client", ""), Named("singing", "")]),
            reading: .init(
                framing: { _ in ToyFraming() },
                inner: InnerMessages(of: Many.self, [InnerMessages.Kind(Many.Pair.self, at: "items")])),
            judging: .init(observer: { _, _ in NoObserver() }),
            playing: .init(
                algorithms: Definition.nano.playing.algorithms,
                defaults: { _ in .map([]) }, constants: { _ in [Value.Entry("answer", .uint(42))] },
                durations: { _ in [("period", .seconds(3))] },
                functions: [
                    ProtocolFunction("toy.twice", arguments: 1...1, usage: "toy.twice(x)") { v in .list([v[0], v[0]]) }
                ]),
            reference: .init(
                bugs: [],
                node: { ToyNode(rules: rules, peers: $0.peers, dialsAfter: dialsAfter) }))
    }
}
