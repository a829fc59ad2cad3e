import Wire

/// A message of your own: its fields, described once.
struct Greeting: Message {
    static var name: StaticString { "example.greeting" }
    var version: UInt8 = 1
    var port: UInt16 = 7075
    /// Follows from the text when it is written.
    var length = Derived<UInt8>()
    var text = Text()

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("version", &version, 1)
        c.field("port", &port)
        c.derived("length", &length, UInt8(clamping: text.count))
        c.bytes("text", &text, count: length.count, by: "length")
    }
}

/// Written.
func greeting(_ text: String) -> [UInt8] {
    var message = Greeting()
    message.text = Text(text)
    return message.encoded()
}
/// Read, and shown as JSON. Throws what is wrong with the bytes, and where.
func greetingAsJSON(_ bytes: [UInt8]) throws(WireError) -> String { try Greeting(copying: bytes).value().json }
/// Taken apart: each field with its bytes, as far as they can be read.
func greetingFields(_ bytes: [UInt8]) -> [String] {
    let found = Greeting.dissect(bytes)
    return found.nodes.indices.map { "\(found.path(of: $0)) \(found.nodes[$0].range)" }
}
