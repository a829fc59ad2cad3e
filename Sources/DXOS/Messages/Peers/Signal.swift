public import Wire

/// A WebRTC signal, such as SDP or a candidate (dxos.mesh.swarm.Signal). Builds of 2022 write it as JSON text, later
/// ones as a Struct, both in field 1. The bytes decide which one it is: a JSON object begins with a brace.
public struct Signal: Message {
    public static var name: StaticString { "dxos.signal" }
    public static var form: Form { .protobuf }
    /// The signal in builds of 2022.
    public var json: Text?
    /// The signal in later builds.
    public var payload: Structure?
    public var unknown = Unknown()
    private var opening = Opening<Bool>()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        if C.reads, opening.kind == nil { opening.kind = !(c.content(of: 1, by: IsGood<Structure>()) ?? false) }
        let isText = C.reads ? opening.kind ?? true : true
        if isText, payload == nil { c.tag(1, "json", &json, as: .implicit) }
        if !C.reads || !isText { c.tag(1, "payload", &payload, as: .explicit) }
        c.unknown(&unknown)
    }
}
