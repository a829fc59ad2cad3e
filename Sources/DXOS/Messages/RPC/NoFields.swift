public import Wire

/// A message that has no fields, such as dxos.rpc.Bye and dxos.mesh.swarm.Offer.
public struct NoFields: Message {
    public static var name: StaticString { "dxos.no_fields" }
    public static var form: Form { .protobuf }
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.unknown(&unknown)
    }
}
