public import Wire

/// Several signals at once (dxos.mesh.swarm.SignalBatch).
public struct SignalBatch: Message {
    public static var name: StaticString { "dxos.signal_batch" }
    public static var form: Form { .protobuf }
    public var signals: [Signal] = []
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "signals", &signals)
        c.unknown(&unknown)
    }
}
