public import Wire

/// A reliable payload came (dxos.mesh.messaging.Acknowledgement).
public struct Acknowledgement: Message {
    public static var name: StaticString { "dxos.acknowledgement" }
    public static var form: Form { .protobuf }
    /// That of the payload.
    public var messageID: PublicKey?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "message_id", &messageID, .implicit)
        c.unknown(&unknown)
    }
}
