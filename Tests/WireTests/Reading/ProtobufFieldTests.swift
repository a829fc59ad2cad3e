import Testing

@testable import Wire

struct ProtobufFieldTests {
    private static func all(_ text: String) -> [ProtobufField] {
        let bytes = [UInt8](hex: text) ?? []
        var out: [ProtobufField] = []
        var at = 0
        while let field = ProtobufField(at: at, in: bytes.span.bytes) {
            out.append(field)
            at = field.range.upperBound
        }
        return out
    }

    @Test func eachWireType() {
        let found = Self.all("08960112026869" + "1901020304050607082d01020304" + "33080134" + "4000")
        #expect(found.map(\.number) == [1, 2, 3, 5, 6, 8] && found.map(\.wireType) == [0, 2, 1, 5, 3, 0])
        #expect(found.map(\.content.count) == [2, 2, 8, 4, 3, 1])
        #expect(found[1].range == 3..<7 && found[1].content == 5..<7)
    }
    @Test(arguments: [
        "", "08", "0880", "1205616263", "19010203", "2d0102", "3308", "330834", "3335", "07", "0001", "0f",
        "08ffffffffffffffffff7f", "12ffffffffffffffffff01", "8080808080808080808001",
    ])
    func isNone(_ text: String) { #expect(Self.all(text) == []) }
    /// Nested groups are read in one loop, without recursion.
    @Test func groupsInGroups() {
        let deep = [UInt8](repeating: 0x0b, count: 200_000)
        #expect(ProtobufField(at: 0, in: deep.span.bytes) == nil)
        let closed = deep + [UInt8](repeating: 0x0c, count: 200_000)
        #expect(ProtobufField(at: 0, in: closed.span.bytes)?.range == 0..<400_000)
    }
    /// The contents of one field decide how another field is read, in any order.
    @Test(arguments: ["0a0178" + "120161", "120161" + "0a0178"]) func contentAhead(_ text: String) throws {
        var message = try Ahead(copying: [UInt8](hex: text) ?? [])
        #expect(message.seen == [0x78] && message.body == "a")
        message = try Ahead(copying: [UInt8](hex: text + "0a0179") ?? [])
        #expect(message.seen == nil)
    }
}

private struct Ahead: Message {
    static var name: StaticString { "test.ahead" }
    static var form: Form { .protobuf }
    var kind: Text?
    var body: Text?
    var seen: [UInt8]?
    init() {}
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        if C.reads, kind == nil, body == nil { seen = c.content(of: 1, by: Copying()) }
        c.tag(1, "kind", &kind, as: .implicit)
        c.tag(2, "body", &body, as: .implicit)
    }
}

private struct Copying: ContentReading {
    func read(_ bytes: RawSpan) -> [UInt8] { [UInt8](bytes) }
}
