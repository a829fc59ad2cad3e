import Testing
import Wire

@testable import Wireshark

/// An enumeration of protobuf.
private struct Colour: CodePoint, TagValue {
    var rawValue: UInt32
    static let names = [CodeName(1, "red"), CodeName(4, "blue")]
}

/// A protobuf message with a field of each kind, a nested field of its own type, and two fields with one number.
private struct Sample: Message {
    static var name: StaticString { "test.sample" }
    static var form: Form { .protobuf }
    var count: UInt32?
    var total: UInt64?
    var isOpen: Bool?
    var text: Text?
    var content: Bytes?
    var colour: Colour?
    var keys: [Bytes] = []
    var sizes: [UInt64] = []
    var places: [Place] = []
    var either: Text?
    var other: Place?
    var unknown = Unknown()
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "count", &count)
        c.tag(2, "total", &total, as: .implicit)
        c.tag(3, "is_open", &isOpen)
        c.tag(5, "text", &text)
        c.tag(6, "content", &content, as: .implicit)
        c.tag(7, "colour", &colour)
        c.tag(8, "keys", &keys)
        c.tag(9, "sizes", &sizes, packed: true)
        c.tag(10, "places", &places)
        c.tag(4, "either", &either)
        c.tag(4, "other", &other)
        c.unknown(&unknown)
    }
    struct Place: Message {
        static var name: StaticString { "test.place" }
        static var form: Form { .protobuf }
        var height: UInt64?
        // These are arrays, because a type cannot contain itself directly.
        var within: [Place] = []
        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.tag(1, "height", &height)
            c.tag(3, "within", &within)
        }
    }
}

/// A JSON message.
private struct Notice: Message {
    static var name: StaticString { "test.notice" }
    static var form: Form { .json }
    var type: Text?
    var author: Text?
    var parts: [Text]?
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("type", &type, "notice")
        c.member("author", &author)
        c.member("parts", &parts)
    }
}

@Suite struct MessageTablesTests {
    private let tables = MessageTables([Sample.self, Notice.self])

    @Test func fieldsHaveNumberTypeAndKind() {
        let wanted = """
            types["test.sample"] = {
                { name = "count", number = 1, wire = 0, kind = "uint" },
                { name = "total", number = 2, wire = 0, kind = "uint64" },
                { name = "is_open", number = 3, wire = 0, kind = "bool" },
                { name = "text", number = 5, wire = 2, kind = "text" },
                { name = "content", number = 6, wire = 2, kind = "bytes" },
                { name = "colour", number = 7, wire = 0, kind = "uint" },
                { name = "keys", number = 8, wire = 2, kind = "bytes", list = true },
                { name = "sizes", number = 9, wire = 0, kind = "uint64", list = true },
                { name = "places", number = 10, wire = 2, type = "test.place", list = true },
                { name = "either", number = 4, wire = 2, kind = "text" },
                { name = "other", number = 4, wire = 2, type = "test.place" },
                { name = "unknown", kind = "bytes", list = true },
            }
            types["test.place"] = {
                { name = "height", number = 1, wire = 0, kind = "uint64" },
                { name = "within", number = 3, wire = 2, type = "test.place", list = true },
            }
            types["test.notice"] = {
                { name = "type", kind = "text", expected = "notice" },
                { name = "author", kind = "text" },
                { name = "parts", kind = "text", list = true },
            }

            """
        #expect(tables.lua == wanted)
    }
    @Test func fieldsOfOneNumberAreTold() { #expect(tables.ambiguous == ["test.sample"]) }
    @Test func pathsEndWhereATypeIsInItself() {
        let paths = tables.paths(of: "test.sample").map(\.path)
        #expect(paths.contains("places.within"))
        #expect(!paths.contains("places.within.height"))
        #expect(paths.contains("other.height"))
    }
    @Test func fieldsOfWiresharkAreDeclared() {
        var fields = LuaFields()
        fields.add("test.sample", tables)
        fields.add("test.notice", tables)
        func declares(_ name: String, _ type: String, _ more: String = "") -> Bool {
            let title = name.split(separator: ".").last ?? ""
            return fields.declarations.contains(
                #"fields["\#(name)"] = ProtoField.\#(type)("\#(name)", "\#(title)"\#(more))"#)
        }
        #expect(fields.tables == [#"names.colour = { [1] = "red", [4] = "blue" }"#])
        #expect(declares("test.sample.colour", "uint32", ", base.DEC, names.colour"))
        #expect(declares("test.sample.is_open", "bool"))
        #expect(declares("test.sample.places", "none"))
        #expect(declares("test.sample.places.height", "uint64", ", base.DEC"))
        #expect(declares("test.sample.keys", "bytes"))
        #expect(declares("test.notice.parts", "string"))
    }
}
