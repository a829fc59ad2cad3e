@testable import Node
import Wire

/// A message of a made-up protocol for tests: `5a a5`, a kind, a length, and that number of bytes.
struct ToyText: Message {
    static var name: StaticString { "toy.text" }
    var magic: UInt16 = 0x5aa5
    var kind: UInt8 = 1
    var count = Derived<UInt8>()
    var body = Bytes()
    init() {}
    init(_ text: String) { body = Bytes(Array(text.utf8)) }
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("magic", &magic, 0x5aa5)
        c.constant("kind", &kind, 1)
        c.derived("count", &count, UInt8(clamping: body.count))
        c.bytes("body", &body, count: count.count, by: "count")
    }
}

/// A message with four bytes of content. The first byte is at most 9.
struct ToyNumber: Message {
    static var name: StaticString { "toy.number" }
    var magic: UInt16 = 0x5aa5
    var kind: UInt8 = 2
    var count = Derived<UInt8>()
    var digit: UInt8 = 0
    var rest: UInt16 = 0
    init() {}
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("magic", &magic, 0x5aa5)
        c.constant("kind", &kind, 2)
        c.derived("count", &count, 3)
        c.field("digit", &digit)
        c.require("digit", digit <= 9, UInt64(digit))
        c.field("rest", &rest)
    }
}

struct ToyFraming: Framing {
    mutating func next(_ bytes: RawSpan) -> FramingResult {
        let head = bytes.extracting(first: 4).withUnsafeBytes { [UInt8]($0) }
        guard head.count == 4 else { return .needMore(4 - head.count) }
        guard head[0] == 0x5a, head[1] == 0xa5, head[2] == 1 || head[2] == 2 else {
            return .refused(ToyText.check(head) ?? WireError(reason: .unexplained, path: "", offset: 0))
        }
        let length = 4 + Int(head[3])
        guard bytes.byteCount >= length else { return .needMore(length - bytes.byteCount) }
        return .message(head[2] == 1 ? ToyText.self : ToyNumber.self, length: length)
    }
    func announced(by bytes: RawSpan) -> Announcement? {
        let head = bytes.extracting(first: 4).withUnsafeBytes { [UInt8]($0) }
        guard head.count == 4 else { return nil }
        return Announcement(head[2] == 1 ? ToyText.self : ToyNumber.self, length: 4 + Int(head[3]))
    }
    func resync(_ bytes: RawSpan) -> Int? {
        let all = bytes.withUnsafeBytes { [UInt8]($0) }
        return all.indices.dropFirst().first {
            all[$0] == 0x5a && ($0 + 1 == all.count || all[$0 + 1] == 0xa5)
        }
    }
}

/// An observer that reports a text "bad", and a server that sends first.
struct ToyObserver: Observer {
    var began = false
    var hasMissed = false
    mutating func miss() { (began, hasMissed) = (false, true) }
    /// Returns true for toys that begin with 0x7f, which count as a newer kind.
    func mayBeNewer(_ bytes: RawSpan) -> Bool {
        bytes.byteCount > 0 && bytes.unsafeLoad(fromUncheckedByteOffset: 0, as: UInt8.self) == 0x7f
    }
    mutating func observe(
        _ type: any Message.Type, _ bytes: RawSpan, isGood: Bool, from sender: Opener, at time: Instant,
        into out: inout [Finding]
    ) {
        defer { began = true }
        if !began, sender == .them {
            out.append(Finding(hasMissed ? .warning : .violation, "TOY-01", "the server speaks first"))
        }
        if (try? ToyText(copying: bytes))?.body == Bytes(Array("bad".utf8)) {
            out.append(Finding(.violation, "TOY-02", path: "body", "is bad"))
        }
    }
}

struct ToyNode: Node {
    mutating func start(now: Instant, _ out: inout [Action]) {}
    mutating func opened(_ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]) {}
    mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {}
    mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) {}
    mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) {}
    mutating func wake(now: Instant, _ out: inout [Action]) {}
    var deadline: Instant? { nil }
}

extension Definition {
    /// The toy protocol on port 9000.
    static let toy = Definition(
        name: "toy", title: "Toy", transport: .tcp, requirementPrefix: "TOY",
        messages: [ToyText.self, ToyNumber.self],
        configuration: .init(
            ports: [Port(9000)], profiles: [Named("only", "")], parameters: [],
            capabilities: []),
        reading: .init(framing: { _ in ToyFraming() }),
        judging: .init(observer: { _, _ in ToyObserver() }),
        playing: .init(algorithms: [], defaults: { _ in .map([]) }, constants: { _ in [] }),
        reference: .init(bugs: [], node: { _ in ToyNode() }))
}

func text(_ s: String) -> [UInt8] { ToyText(s).encoded() }
