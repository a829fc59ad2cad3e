/// How a message finds its fields: by position, by number or by name.
public enum Form: Sendable {
    /// By position.
    case binary
    /// By number: protobuf, proto2 and proto3 alike.
    case protobuf
    /// By name: one JSON object.
    case json
    /// A JSON value of any type, such as a list: the message has one member, whose name is not on the wire.
    case jsonValue
}

/// When an absent protobuf field and a default value are different things.
public enum Presence: Sendable {
    /// proto3 scalar: absent means default; canonical encodings leave defaults out.
    case implicit
    /// `optional`, message or proto2 field: present or not.
    case explicit
    /// Member of a oneof: the last one on the wire wins.
    case oneof
}

/// A function over bytes whose value a message carries.
public protocol Checksum {
    /// The value over these bytes, in the low bits.
    static func of(_ s: RawSpan) -> UInt64
}

/// A message: its fields as properties, its layout as one function.
public protocol Message: Equatable, Sendable {
    /// As in `nano.keepalive`.
    static var name: StaticString { get }
    /// How its fields are found; binary by default.
    static var form: Form { get }
    /// The defaults of all fields. Runs for each decode, so it must not allocate.
    init()
    /// Values that between them show every field; needed when `code` has branches.
    static var variants: [Self] { get }
    /// What its own fields stand for, by name, such as `extensions`; those of messages in it have theirs there.
    static var meanings: [String: FieldMeaning] { get }
    /// Lists the fields in the order of the specification.
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C)

    // One implementation each. They stand here so that operations, nested messages and `any Message.Type` reach code
    // that was compiled for the message in its own module, and in no other.
    /// Reads it; not called by messages.
    @_lifetime(r: copy r) mutating func decode(_ r: inout Reader<Silent>)
    /// Reads it and keeps its fields; not called by messages.
    @_lifetime(r: copy r) mutating func trace(_ r: inout Reader<Tree>)
    /// Reads it and writes its fields as JSON; not called by messages.
    @_lifetime(r: copy r) mutating func writeJSON(_ r: inout Reader<JSONTrace>)
    /// Looks for derived fields that contradict the rest; not called by messages.
    @_lifetime(c: copy c) mutating func compare(_ c: inout Consistency)
    /// How many of its first bytes, 8 at most, decide together with its length the result of `inspect`; 0 where more
    /// do. A decoder of many messages caches the result by these bytes.
    static var decisiveBytes: Int { get }
    /// Validates a whole message; not called by messages.
    static func inspect(_ bytes: RawSpan) -> Inspection
    /// Writes it, and stores what is computed of derived fields; not called by messages.
    @_lifetime(w: copy w) mutating func write(_ w: inout Writer)
}

extension Message {
    /// By position.
    @inlinable @inline(__always) public static var form: Form { .binary }
    /// 0: the whole message decides.
    public static var decisiveBytes: Int { 0 }
    /// The one form there is.
    public static var variants: [Self] { [Self()] }
}

// Compiled once for each message, in its own module: the witnesses of these defaults.
extension Message {
    /// The walk of a decoder.
    @inlinable @_lifetime(r: copy r)
    public mutating func decode(_ r: inout Reader<Silent>) { r.walk(&self) }
    /// The walk of a locator or dissector.
    @inlinable @_lifetime(r: copy r)
    public mutating func trace(_ r: inout Reader<Tree>) { r.walk(&self) }
    /// The walk of a writer of JSON.
    @inlinable @_lifetime(r: copy r)
    public mutating func writeJSON(_ r: inout Reader<JSONTrace>) { r.walk(&self) }
    /// The walk of an audit.
    @inlinable @_lifetime(c: copy c)
    public mutating func compare(_ c: inout Consistency) { code(&c) }
    /// A decoder's walk, and an audit's.
    @inlinable
    public static func inspect(_ bytes: RawSpan) -> Inspection {
        var m = Self()
        var r = Reader<Silent>(bytes, checksOnly: true)
        m.decode(&r)
        guard r.finish(form) else { return .refused }
        var c = Consistency(bytes)
        m.compare(&c)
        return r.trace.hasNotes || c.isBroken ? .remarkable : .plain
    }
    /// The walk of an encoder.
    @inlinable @_lifetime(w: copy w)
    public mutating func write(_ w: inout Writer) {
        switch Self.form {
        case .json:
            let outer = w.openObject()
            code(&w)
            w.closeObject(outer)
        case .jsonValue:
            let outer = w.openValue()
            code(&w)
            w.closeValue(outer)
        case .binary, .protobuf: code(&w)
        }
    }
}
