import Wire

/// JSON with lists of objects, of values and of lists, and with numbers in all forms.
struct Mesh: Message {
    static var name: StaticString { "test.mesh" }
    static var form: Form { .json }
    var type: Text?
    var peers: [Peer]?
    var tags: [Text]?
    var load: JSONNumber?
    var rows: [Row]?
    var first: Peer?
    var unknown = Unknown()

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("type", &type, "mesh")
        c.member("peers", &peers)
        c.member("tags", &tags)
        c.member("load", &load)
        c.member("rows", &rows)
        c.member("first", &first)
        c.unknown(&unknown)
    }

    struct Peer: Message {
        static var name: StaticString { "test.mesh.peer" }
        static var form: Form { .json }
        var id: Text?
        var weight: JSONNumber?
        var isUp: Bool?
        var unknown = Unknown()
        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.member("id", &id)
            c.member("weight", &weight)
            c.member("up", &isUp)
            c.unknown(&unknown)
        }
    }

    /// A list inside a list.
    struct Row: Message {
        static var name: StaticString { "test.mesh.row" }
        static var form: Form { .jsonValue }
        var cells: [Int64]?
        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) { c.member("cells", &cells) }
    }
}

/// A list of objects that is the whole text.
struct PeerList: Message {
    static var name: StaticString { "test.peer_list" }
    static var form: Form { .jsonValue }
    var peers: [Mesh.Peer]?
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) { c.member("peers", &peers) }
}

/// Any JSON text.
struct AnyText: Message {
    static var name: StaticString { "test.any_text" }
    static var form: Form { .jsonValue }
    var value: JSONValue?
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) { c.member("value", &value) }
}
