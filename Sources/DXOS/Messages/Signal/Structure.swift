public import Wire

/// A JSON object (google.protobuf.Struct).
public struct Structure: Message {
    public static var name: StaticString { "dxos.struct" }
    public static var form: Form { .protobuf }
    /// The members, in any order.
    public var fields: [StructureField] = []
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "fields", &fields)
        c.unknown(&unknown)
    }
}

/// A member of a JSON object.
public struct StructureField: Message {
    public static var name: StaticString { "dxos.struct_field" }
    public static var form: Form { .protobuf }
    public var key: Text?
    public var value: StructureValue?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "key", &key, as: .explicit)
        c.tag(2, "value", &value, as: .explicit)
        c.unknown(&unknown)
    }
}

/// A JSON value (google.protobuf.Value).
public struct StructureValue: Message {
    public static var name: StaticString { "dxos.struct_value" }
    public static var form: Form { .protobuf }
    public var null: UInt32?
    public var number: Double?
    public var string: Text?
    public var bool: Bool?
    public var structure: Structure?
    public var list: StructureList?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "null", &null, as: .oneof)
        c.tag(2, "number", &number, as: .oneof)
        c.tag(3, "string", &string, as: .oneof)
        c.tag(4, "bool", &bool, as: .oneof)
        c.tag(5, "struct", &structure, as: .oneof)
        c.tag(6, "list", &list, as: .oneof)
        c.unknown(&unknown)
    }
}

/// A JSON list (google.protobuf.ListValue).
public struct StructureList: Message {
    public static var name: StaticString { "dxos.struct_list" }
    public static var form: Form { .protobuf }
    public var values: [StructureValue] = []
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "values", &values)
        c.unknown(&unknown)
    }
}
