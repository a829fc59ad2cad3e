import Wire

/// A message of your own. Its fields are described once.
struct Greeting: Message {
    static var name: StaticString { "example.greeting" }
    var version: UInt8 = 1
    var port: UInt16 = 7075
    /// The encoder computes this field from the text.
    var length = Derived<UInt8>()
    var text = Text()

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("version", &version, 1)
        c.field("port", &port)
        c.derived("length", &length, UInt8(clamping: text.count))
        c.bytes("text", &text, count: length.count, by: "length")
    }
}

/// Encodes a greeting.
func greeting(_ text: String) -> [UInt8] {
    var message = Greeting()
    message.text = Text(text)
    return message.encoded()
}
/// Decodes a greeting to JSON. Throws an error with the reason and the place in the bytes.
func greetingAsJSON(_ bytes: [UInt8]) throws(WireError) -> String { try Greeting(copying: bytes).value().json }
/// Returns each field with its byte range, as far as the bytes can be decoded.
func greetingFields(_ bytes: [UInt8]) -> [String] {
    let found = Greeting.dissect(bytes)
    return found.nodes.indices.map { "\(found.path(of: $0)) \(found.nodes[$0].range)" }
}
