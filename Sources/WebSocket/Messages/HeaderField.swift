public import Wire

/// A header field of an upgrade (RFC 9112, section 5): `name: value` and the end of the line.
public struct HeaderField: Message {
    public static var name: StaticString { "websocket.header_field" }
    /// The name, shown without the colon.
    public var name = Delimited<Colon>()
    /// The value, shown without surrounding spaces and the end of the line.
    public var value = Delimited<FieldEnd>()

    public init() {}
    /// Creates a field from its name and value.
    public init(_ name: String, _ value: String) { (self.name, self.value) = (.init(name), .init(value)) }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.part("name", &name)
        c.require("name", name.bytes.count != 1 || !C.reads, 0)
        c.part("value", &value)
    }
}
