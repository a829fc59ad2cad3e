import Testing
import Text
import Wire

/// The sentences of messages.
struct SummaryWriterTests {
    struct Peer: Message {
        static var name: StaticString { "sample.peer" }
        static var form: Form { .protobuf }
        var id: Text?
        var words: [Text] = []
        init() {}
        init(_ id: Text, _ words: [Text] = []) { (self.id, self.words) = (id, words) }
        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.tag(1, "id", &id)
            c.tag(2, "words", &words)
        }
    }
    struct Sample: Message {
        static var name: StaticString { "sample.all" }
        static var form: Form { .protobuf }
        static var summary: MessageSummary {
            [
                .first([[.when("isHello", ["hello"])], ["bye"]]), .maybe(" ", .name("name")),
                .maybe(" with ", .count("peers", "peer")), .maybe(": ", .each("peers", [.name("id")])),
                .maybe(" in ", .name("key")), .maybe(" (", .size("key"), ")"), .maybe(", number ", .ordinal("number")),
                .maybe(.equal("number", 7, [", seven"])),
            ]
        }
        var isHello: Bool?
        var name: Text?
        var peers: [Peer] = []
        var key: Bytes?
        var number: UInt64?
        init() {}
        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.tag(1, "isHello", &isHello)
            c.tag(2, "name", &name)
            c.tag(3, "peers", &peers)
            c.tag(4, "key", &key)
            c.tag(5, "number", &number)
        }
    }
    struct Header: Message {
        static var name: StaticString { "sample.header" }
        static var form: Form { .protobuf }
        static var summary: MessageSummary {
            MessageSummary(
                [.found("fields", where: "id", is: "Host", ["for ", .each("words", [.name("")])]), .value("data")],
                elements: 8)
        }
        var fields: [Peer] = []
        var data: Text?
        init() {}
        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.tag(1, "fields", &fields)
            c.tag(2, "data", &data)
        }
    }
    struct Object: Message {
        static var name: StaticString { "sample.object" }
        static var form: Form { .json }
        static var summary: MessageSummary {
            [
                "object ", .name("data.peer"), .maybe(", ", .count("data.list", "item")),
                .maybe(.when("data.on", [", on"])),
            ]
        }
        var data: JSONValue?
        init() {}
        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) { c.member("data", &data) }
    }
    struct Lost: Message {
        static var name: StaticString { "sample.lost" }
        static var summary: MessageSummary {
            [.value("number"), .inside("number", [.value("inner")]), .name("nmae.x")]
        }
        var number: UInt8 = 0
        init() {}
        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) { c.field("number", &number) }
    }
    func summary<M: Message>(_ message: M) throws -> String {
        let plan = try #require(SummaryPlan(M.self))
        let bytes = message.encoded()
        var (dissector, unused) = (Dissector(), WordSet(plan.unused))
        let nodes = dissector.outline(M.self, bytes.span.bytes, leavingOut: &unused, keeping: plan.elements)
        var out: [UInt8] = []
        out.write(room: 64) { SummaryWriter.write(plan, nodes, in: bytes.span.bytes, to: &$0) }
        return String(decoding: out, as: UTF8.self)
    }
    func sample(_ change: (inout Sample) -> Void) throws -> String {
        var sample = Sample()
        change(&sample)
        return try summary(sample)
    }

    @Test func leavesOutPartsWhoseFieldsAreMissing() throws {
        #expect(try sample { _ in } == "bye")
        #expect(try sample { ($0.isHello, $0.name) = (true, "bob") } == "hello bob")
        #expect(try sample { $0.number = 6 } == "bye, number 7")
        #expect(try sample { $0.number = 7 } == "bye, number 8, seven")
    }
    @Test func countsElementsAndShowsTheFirst() throws {
        #expect(try sample { $0.peers = [Peer("a", ["x", "y"])] } == "bye with 1 peer: a")
        #expect(try sample { $0.peers = ["a", "b", "c"].map { Peer($0, ["x"]) } } == "bye with 3 peers: a +2")
        let many = Array(repeating: Peer("a"), count: 1204)
        #expect(try sample { $0.peers = many } == "bye with 1,204 peers: a +1203")
    }
    @Test func shortensKeysAndShowsReadableOnes() throws {
        #expect(try sample { $0.key = Bytes(Array("s0".utf8)) } == "bye in s0 (2 B)")
        #expect(try sample { $0.key = Bytes([UInt8](repeating: 0xab, count: 32)) } == "bye in abababab.. (32 B)")
        #expect(try sample { $0.name = Text(String(repeating: "a1", count: 20)) } == "bye a1a1a1a1..")
        #expect(
            try sample { $0.name = Text(String(repeating: "long ", count: 20)) }
                == "bye long long long long long long ..")
    }
    @Test func findsAnElementRegardlessOfCase() throws {
        var header = Header()
        header.fields = [Peer("a", ["b"]), Peer("HOST", ["here", "there"])]
        header.data = "!"
        #expect(try summary(header) == "for here +1!")
    }
    @Test func readsInsideOfJSON() throws {
        var object = Object()
        object.data = JSONValue(["peer": "p", "list": [1, 2], "on": true])
        #expect(try summary(object) == "object p, 2 items, on")
        object.data = JSONValue(["list": [], "on": false])
        #expect(try summary(object) == "object ?")
    }
    @Test func isSafeForATerminal() throws {
        #expect(try sample { $0.name = "\u{1b}[31m\u{202e}\n" } == #"bye \x1b[31m\u{202e}\n"#)
    }
    @Test func hasAtMost80Columns() throws {
        var header = Header()
        header.fields = [Peer("host", [Text(String(repeating: "界", count: 40))])]
        header.data = Text(String(repeating: "界", count: 100))
        let text = try summary(header)
        #expect(CharacterWidth.of(text) <= 80 && CharacterWidth.of(text) >= 79)
        #expect(text.hasSuffix("..") && text.hasPrefix("for 界界"))
    }
    @Test func namesPathsThatTheMessageLacks() throws {
        #expect(try #require(SummaryPlan(Lost.self)).unknownPaths == ["inner", "nmae.x"])
        #expect(try #require(SummaryPlan(Sample.self)).unknownPaths == [])
        #expect(SummaryPlan(Peer.self) == nil)
    }
}
