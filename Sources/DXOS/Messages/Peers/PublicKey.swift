public import Wire

/// A key in a payload (dxos.keys.PublicKey); in signaling itself keys are raw.
public struct PublicKey: Message {
    public static var name: StaticString { "dxos.public_key" }
    public static var form: Form { .protobuf }
    public var data: Bytes?
    public var unknown = Unknown()

    public init() {}
    public init(_ data: [UInt8]) { self.data = Bytes(data) }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "data", &data, as: .implicit)
        c.unknown(&unknown)
    }
}
