public import Wire

/// A time since 1970 (google.protobuf.Timestamp).
public struct Timestamp: Message {
    public static var name: StaticString { "dxos.timestamp" }
    public static var form: Form { .protobuf }
    public static var meanings: [String: FieldMeaning] { ["seconds": .time(step: 1_000_000_000)] }
    public var seconds: Int64?
    public var nanos: Int32?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "seconds", &seconds, as: .implicit)
        c.tag(2, "nanos", &nanos, as: .implicit)
        c.unknown(&unknown)
    }
}
