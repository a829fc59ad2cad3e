import Node
import Scenario
import Wire

@testable import Mutation

/// A made-up protocol over a stream: a question with a number, its answer, and a tick that the node sends on its own.
struct Ask: Message {
    static var name: StaticString { "toy.ask" }
    var kind: UInt8 = 1
    var number: UInt16 = 0
    var other: UInt16 = 0
    init() {}
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("kind", &kind, 1)
        c.field("number", &number)
        c.field("other", &other)
    }
}
struct Answer: Message {
    static var name: StaticString { "toy.answer" }
    var kind: UInt8 = 2
    var number: UInt16 = 0
    var other: UInt16 = 0
    var spare: UInt8 = 0
    var count = Derived<UInt8>()
    var items: [Item] = []
    init() {}
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("kind", &kind, 2)
        c.field("number", &number)
        c.field("other", &other)
        c.field("spare", &spare)
        c.derived("count", &count, UInt8(clamping: items.count))
        c.list("items", &items, count: count.count, by: "count")
    }
    struct Item: Message {
        static var name: StaticString { "toy.answer.item" }
        var id = Fixed<4>()
        init() {}
        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) { c.field("id", &id) }
    }
}
struct Tick: Message {
    static var name: StaticString { "toy.tick" }
    var kind: UInt8 = 3
    var value: UInt8 = 0
    init() {}
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("kind", &kind, 3)
        c.field("value", &value)
    }
}
/// A message that no node sends.
struct Unsaid: Message {
    static var name: StaticString { "toy.unsaid" }
    var kind: UInt8 = 4
    var value: UInt8 = 0
    init() {}
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("kind", &kind, 4)
        c.field("value", &value)
    }
}

struct ToyFraming: Framing {
    mutating func next(_ bytes: RawSpan) -> FramingResult {
        let head = bytes.extracting(first: 7).withUnsafeBytes { [UInt8]($0) }
        let types: [any Message.Type] = [Ask.self, Answer.self, Tick.self, Unsaid.self]
        guard let kind = head.first else { return .needMore(1) }
        guard (1...4).contains(kind) else {
            return .refused(WireError(reason: .unexplained, path: "kind", offset: 0))
        }
        var length = kind == 1 ? 5 : 2
        if kind == 2 {
            guard head.count == 7 else { return .needMore(7 - head.count) }
            length = 7 + 4 * Int(head[6])
        }
        guard bytes.byteCount >= length else { return .needMore(length - bytes.byteCount) }
        return .message(types[Int(kind) - 1], length: length)
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

/// A node that answers each question with its number and two items, and ticks each five seconds.
struct ToyNode: Node {
    var links: [LinkID] = []
    var ticksAt: Instant?
    /// A seeded fault: the answer has another number.
    var isWrong = false

    var deadline: Instant? { ticksAt }
    mutating func start(now: Instant, _ out: inout [Action]) {}
    mutating func opened(_ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]) {
        links.append(link)
        if ticksAt == nil { ticksAt = now + .seconds(5) }
    }
    mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {
        guard let ask = try? Ask(copying: bytes) else { return }
        var answer = Answer()
        (answer.number, answer.other) = (ask.number &+ (isWrong ? 1 : 0), ask.other)
        for i in [1, 2] as [UInt8] {
            var item = Answer.Item()
            item.id = Fixed([i, 0, 0, 9 &+ i])
            answer.items.append(item)
        }
        out.append(.send(link, answer.encoded()))
    }
    mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) { links.removeAll { $0 == link } }
    mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) {}
    mutating func wake(now: Instant, _ out: inout [Action]) {
        guard let at = ticksAt, at <= now else { return }
        ticksAt = at + .seconds(5)
        for link in links { out.append(.send(link, Tick().encoded())) }
    }
}

extension Definition {
    static let toy = Definition(
        name: "toy", title: "Toy", transport: .tcp, requirementPrefix: "TOY",
        messages: [Ask.self, Answer.self, Tick.self, Unsaid.self],
        configuration: .init(
            ports: [], profiles: [Named("one", "")],
            parameters: [], capabilities: []),
        reading: .init(framing: { _ in ToyFraming() }),
        judging: .init(observer: { _, _ in NoObserver() }),
        playing: .init(algorithms: [], defaults: { _ in .map([]) }, constants: { _ in [] }),
        reference: .init(
            bugs: [Bug("wrong-number", breaks: "TOY-2", also: ["TOY-1"], "answers with another number")],
            node: { ToyNode(isWrong: $0.bug == "wrong-number") }))
}

enum Toy {
    static let requirements = RequirementList([
        Requirement(id: "TOY-1", level: .must, kind: "server", text: "the number comes back", source: "", quote: ""),
        Requirement(id: "TOY-2", level: .must, kind: "server", text: "two items", source: "", quote: ""),
        Requirement(id: "TOY-3", level: .should, kind: "server", text: "a tick in five seconds", source: "", quote: ""),
    ])
    static func scenario(
        _ id: String, _ covers: String, needs: String = "", _ steps: String, _ definition: Definition
    ) throws -> Scenario {
        let text = """
            meshspec: 1
            id: \(id)
            title: A case
            protocol: toy
            covers: [\(covers)]\(needs.isEmpty ? "" : "\nneeds: " + needs)
            actors:
              peer: {role: ref}
              node: {role: dut}
            defaults:
              - ignore: {msg: toy.tick}
            steps:
              - open: {from: peer, to: node, as: c}
            \(steps)
            """
        let source = SourceFile(name: id + ".yaml", bytes: Array(text.utf8))
        let library = Library(definitions: [definition], requirements: ["toy": requirements])
        let (scenario, problems) = Scenario.load(source, library)
        guard let scenario, problems.allSatisfy({ $0.severity != .error }) else { throw Failure(text: "\(problems)") }
        return scenario
    }
    struct Failure: Error { var text: String }
    static func cases(_ definition: Definition = .toy) throws -> [Case] {
        try [
            scenario(
                "toy.number", "TOY-1",
                """
                  - send: {via: c, msg: toy.ask, fields: {number: 0x0102, other: 0x0304}}
                  - expect: {via: c, msg: toy.answer, within: 1s, fields: {number: 0x0102, other: 0x0304}}
                    req: TOY-1
                """, definition),
            scenario(
                "toy.items", "TOY-2",
                """
                  - send: {via: c, msg: toy.ask}
                  - expect: {via: c, msg: toy.answer, within: 1s, fields: {items: {$len: 2}}}
                    req: TOY-2
                """, definition),
            scenario(
                "toy.tick", "TOY-3",
                """
                  - expect: {via: c, msg: toy.tick, window: 4s .. 6s}
                    req: TOY-3
                """, definition),
        ].flatMap(\.cases)
    }
    static func rules(_ text: String) -> (rules: MutationRules, diagnostics: [Diagnostic]) {
        MutationRules.load(
            SourceFile(name: "mutations.yaml", bytes: Array(text.utf8)), requirements,
            actions: WireAction.allCases.map(\.rawValue))
    }
    static let rows = """
        meshspec-mutations: 1
        late: 3s
        rows:
          - says: toy.answer.spare
            because: nobody looks at it
          - says: toy.answer.other
            breaks: [TOY-2]
          - says: ["toy.answer.items", "toy.answer.items.*", toy.answer.count]
            breaks: [TOY-2]
          - says: ["toy.answer", "toy.answer.*"]
            breaks: [TOY-1, TOY-2]
          - hears: ["toy.ask", "toy.ask.*"]
            breaks: [TOY-1]
          - timer: toy.tick
            breaks: [TOY-3]
          - says: ["toy.unsaid", "toy.unsaid.*"]
            breaks: [TOY-1]
        """
}
