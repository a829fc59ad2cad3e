import Node
import Wire

@testable import Scenario

/// A made-up protocol over UDP whose messages may take several datagrams. Each datagram has a header of 8 bytes: 0x50,
/// the type (1 words, 2 done), a number, the index and the count of the part, the length of the whole body, and the sum
/// of its bytes. The body of words is bytes. The body of done repeats the number of the answered message.
enum Parcel {
    static let header = 8
    static func whole(_ type: UInt8, _ id: UInt8, _ body: [UInt8]) -> [UInt8] {
        part(type, id, 0, 1, total: body.count, sum: sum(body), body)
    }
    static func part(
        _ type: UInt8, _ id: UInt8, _ index: Int, _ count: Int, total: Int, sum: UInt8, _ piece: [UInt8]
    ) -> [UInt8] {
        [0x50, type, id, UInt8(index), UInt8(count), UInt8(total >> 8), UInt8(total & 255), sum] + piece
    }
    static func sum(_ body: some Sequence<UInt8>) -> UInt8 { body.reduce(0, &+) }
    /// Splits a message into datagrams of at most `limit` bytes.
    static func split(_ message: [UInt8], _ limit: Int) -> [[UInt8]]? {
        guard message.count > header, message.count > limit else { return [message] }
        let body = Array(message[header...])
        let room = limit - header
        let count = (body.count + room - 1) / room
        guard count < 256 else { return nil }
        return (0..<count).map { i in
            part(
                message[1], message[2], i, count, total: body.count, sum: sum(body),
                Array(body[i * room..<min(body.count, (i + 1) * room)]))
        }
    }
}

struct ParcelPart: Message {
    static var name: StaticString { "parcel.part" }
    var magic: UInt8 = 0x50
    var type: UInt8 = 1
    var id: UInt8 = 0
    var index: UInt8 = 0
    var count: UInt8 = 1
    var total: UInt16 = 0
    var sum: UInt8 = 0
    var piece = Bytes()
    init() {}
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("magic", &magic, 0x50)
        c.field("type", &type)
        c.field("id", &id)
        c.field("index", &index)
        c.field("count", &count)
        c.require("count", index < count, UInt64(count))
        c.field("total", &total)
        c.field("sum", &sum)
        c.rest("piece", &piece)
    }
}

struct ParcelWords: Message {
    static var name: StaticString { "parcel.words" }
    var magic: UInt8 = 0x50
    var type: UInt8 = 1
    var id: UInt8 = 0
    var index: UInt8 = 0
    var count: UInt8 = 1
    var total = Derived<UInt16>()
    var sum: UInt8 = 0
    var body = Bytes()
    init() {}
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("magic", &magic, 0x50)
        c.constant("type", &type, 1)
        c.field("id", &id)
        c.constant("index", &index, 0)
        c.constant("count", &count, 1)
        c.derived("total", &total, UInt16(clamping: body.count))
        c.field("sum", &sum)
        c.bytes("body", &body, count: total.count, by: "total")
    }
}

struct ParcelDone: Message {
    static var name: StaticString { "parcel.done" }
    var magic: UInt8 = 0x50
    var type: UInt8 = 2
    var id: UInt8 = 0
    var index: UInt8 = 0
    var count: UInt8 = 1
    var total: UInt16 = 1
    var sum: UInt8 = 0
    var of: UInt8 = 0
    init() {}
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("magic", &magic, 0x50)
        c.constant("type", &type, 2)
        c.field("id", &id)
        c.field("index", &index)
        c.field("count", &count)
        c.constant("total", &total, 1)
        c.field("sum", &sum)
        c.field("of", &of)
    }
}

/// Rejoins parts by number and type. If parts of one message contradict each other, the layer drops all of them.
struct ParcelLayer: Layer {
    private struct Key: Hashable {
        var side: Opener
        var type: UInt8
        var id: UInt8
    }
    private struct Assembly {
        var head: [UInt8]
        var pieces: [UInt8: [UInt8]] = [:]
    }
    private var open: [Key: Assembly] = [:]

    static func message(_ bytes: RawSpan) -> (any Message.Type)? {
        let types: [UInt8: any Message.Type] = [1: ParcelWords.self, 2: ParcelDone.self]
        return bytes.byteCount > 1 ? types[UInt8.load(bytes, 1, .big)] : nil
    }
    var unfinished: [String] {
        open.sorted { $0.key.id < $1.key.id }.map {
            "\($0.key.id): \($0.value.pieces.count) of \($0.value.head[0]) parts"
        }
    }
    static func problem(_ path: String) -> WireError { WireError(reason: .unexplained, path: path, offset: 0) }

    mutating func next(_ bytes: RawSpan, from side: Opener, into output: inout LayerOutput) -> LayerStep {
        let b = bytes.withUnsafeBytes { [UInt8]($0) }
        guard b.count >= Parcel.header, b[0] == 0x50 else { return .refused(Self.problem("magic")) }
        output.append(.begins(.first, by: .us, speaks: "parcel"))
        if let path = take(b, side, into: &output) { output.append(.drops(.first, Self.problem(path))) }
        return .unit(ParcelPart.self, length: b.count)
    }
    /// Adds a part and returns the path of an invalid field, or nil.
    private mutating func take(_ b: [UInt8], _ side: Opener, into output: inout LayerOutput) -> String? {
        guard Self.message(b.span.bytes) != nil, b[3] < b[4] else { return "type" }
        let body = Array(b[Parcel.header...])
        let total = Int(b[5]) << 8 | Int(b[6])
        if b[4] == 1 {
            guard total == body.count, b[7] == Parcel.sum(body) else { return "sum" }
            output.append(.lent(.first, 0..<b.count))
            output.append(.whole(.first, kind: 0))
            return nil
        }
        let key = Key(side: side, type: b[1], id: b[2])
        let head = Array(b[4..<8])
        var a = open[key] ?? Assembly(head: head)
        guard a.head == head, a.pieces[b[3]].map({ $0 == body }) ?? true else {
            open[key] = nil
            return "piece"
        }
        a.pieces[b[3]] = body
        open[key] = a
        guard a.pieces.count == Int(b[4]) else { return nil }
        open[key] = nil
        let all = a.pieces.sorted { $0.key < $1.key }.flatMap(\.value)
        guard all.count == total, Parcel.sum(all) == b[7] else { return "sum" }
        output.made += Parcel.whole(b[1], b[2], all)
        output.append(.made(.first, 0..<output.made.count, unit: Parcel.header..<b.count))
        output.append(.whole(.first, kind: 0))
        return nil
    }
}

/// The layer decodes the contents of a datagram.
struct ParcelFraming: Framing {
    mutating func next(_ bytes: RawSpan) -> FramingResult { .refused(ParcelLayer.problem("")) }
    func resync(_ bytes: RawSpan) -> Int? { nil }
}

/// A node that answers words with done. It sends words that begin with `echo` back in small datagrams. It answers `who`
/// with its kind, its identity and its peers, and `big` with 600 bytes. On `dial`, it sends to all its peers.
struct ParcelNode: Node {
    var options: NodeOptions
    var layers: [LinkID: ParcelLayer] = [:]
    var heard = 0
    var told = Array("hello".utf8)
    let deadline: Instant? = nil

    mutating func start(now: Instant, _ out: inout [Action]) {}
    mutating func opened(_ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]) {
        if opener == .us { out.append(.send(link, Parcel.whole(1, 9, told))) }
    }
    mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {
        var output = LayerOutput()
        let step = layers[link, default: ParcelLayer()].next(bytes, from: .us, into: &output)
        var whole: [[UInt8]] = []
        for item in output.items {
            output.withBytes(of: item, in: bytes) { b in
                if b.byteCount > 0 { whole.append(b.withUnsafeBytes { [UInt8]($0) }) }
            }
        }
        if options.bug == "tiny", case .unit = step, whole.isEmpty {
            whole = [bytes.withUnsafeBytes { [UInt8]($0) }]
        }
        heard += whole.count
        for b in whole where b[1] == 1 {
            let body = Array(b[Parcel.header...])
            switch String(decoding: body, as: UTF8.self) {
            case "who":
                let told = options.acquaintances.map { "\($0.name)=\($0.kind ?? "")=\(($0.identity ?? []).hex)" }
                let text = ([options.kind ?? "", (options.identity ?? []).hex] + told).joined(separator: " ")
                say(link, Array(text.utf8), &out)
            case "big": say(link, [UInt8](repeating: 7, count: 600), &out)
            case let s where s.hasPrefix("echo"): say(link, body, &out)
            case let s:
                out.append(.send(link, Parcel.whole(2, b[2], [b[2]])))
                if s == "dial" { out += options.peers.map { .connect($0) } }
            }
        }
    }
    func say(_ link: LinkID, _ body: [UInt8], _ out: inout [Action]) {
        for d in Parcel.split(Parcel.whole(1, 200, body), 100) ?? [] { out.append(.send(link, d)) }
    }
    /// Answers questions and carries out controls. `heard` returns the number of complete messages. `tell` sends `text`
    /// to all peers.
    func answer(_ question: String, _ arguments: [Value.Entry], now: Instant) -> Value? {
        question == "heard" ? ["messages": .uint(UInt64(heard)), "kind": .text(options.kind ?? "")] : nil
    }
    mutating func control(
        _ name: String, _ arguments: [Value.Entry], now: Instant, _ out: inout [Action]
    ) -> Value? {
        switch name {
        case "tell":
            guard case .text(let text)? = arguments.first(where: { $0.key == "text" })?.value else { return nil }
            told = Array(text.utf8)
            out += options.peers.map { .connect($0) }
            return .null
        default: return nil
        }
    }
    mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) {}
    mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) {}
    mutating func wake(now: Instant, _ out: inout [Action]) {}
}

extension Definition {
    static let parcel: Self = {
        var d = Definition.toy()
        d.name = "parcel"
        d.transport = .udp
        d.messages = [ParcelPart.self, ParcelWords.self, ParcelDone.self]
        d.reference.bugs = [Bug("tiny", breaks: "TOY-1", "takes the first part for the whole message")]
        d.reference.kinds = [Named("hub", "keeps lists"), Named("leaf", "has none")]
        d.reference.controls = [
            NodeControl(asks: "heard", "how many messages came", columns: ["messages", "kind"]),
            NodeControl(tells: "tell", "says something to all peers"),
        ]
        d.reading.framing = { _ in ParcelFraming() }
        d.reference.node = { ParcelNode(options: $0) }
        d.playing.functions = [
            ProtocolFunction("parcel.sum", arguments: 1...1, usage: "parcel.sum(bytes)") {
                v throws(ProtocolFunction.Refusal) in
                guard case .bytes(let b) = v[0] else { throw ProtocolFunction.Refusal("bytes are wanted") }
                return .uint(UInt64(Parcel.sum(b)))
            }
        ]
        d.reading.datagrams = DatagramRules(
            parts: [ParcelPart.self], limits: 16...256, layer: { _ in ParcelLayer() }, message: ParcelLayer.message
        ) {
            _, bytes, limit, _ throws(ProtocolFunction.Refusal) in
            guard let parts = Parcel.split(bytes, limit ?? 256) else {
                throw ProtocolFunction.Refusal("that are more than 255 parts")
            }
            return parts
        }
        return d
    }()
}
