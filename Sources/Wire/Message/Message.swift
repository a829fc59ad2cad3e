/// The way in which a message finds its fields: by position, by number or by name.
public enum Form: Sendable {
    /// Fields by position.
    case binary
    /// Fields by number: protobuf, proto2 and proto3 alike.
    case protobuf
    /// Fields by name: one JSON object.
    case json
    /// A JSON value of any type, such as a list. The message has one member, whose name is not on the wire.
    case jsonValue
}

/// The rule that decides whether a missing protobuf field differs from a default value.
public enum Presence: Sendable {
    /// proto3 scalar: a missing field has the default; canonical encodings leave defaults out.
    case implicit
    /// `optional`, message or proto2 field: present or missing.
    case explicit
    /// Member of a oneof: the last one on the wire wins.
    case oneof
}

/// A function over bytes. A message carries its value.
public protocol Checksum {
    /// Returns the value over these bytes, in the low bits.
    static func of(_ s: RawSpan) -> UInt64
}

/// A message: its fields as properties, its layout as one function.
public protocol Message: Equatable, Sendable {
    /// The name, such as `nano.keepalive`.
    static var name: StaticString { get }
    /// The way in which its fields are found; binary by default.
    static var form: Form { get }
    /// Creates a message with the defaults of all fields. It runs for each decode, so it must not allocate.
    init()
    /// Values that together show every field; needed if `code` has branches.
    static var variants: [Self] { get }
    /// The meanings of its own fields, by name, such as `extensions`. A nested message has the meanings of its fields
    /// itself.
    static var meanings: [String: FieldMeaning] { get }
    /// The sentence that describes the message to people; without parts, its fields are listed instead.
    static var summary: MessageSummary { get }
    /// The paths that statistics count in messages of this type: the elements of a list, a group that is there, or each
    /// value of a field. They tell messages apart that have one name.
    static var parts: [String] { get }
    /// Lists the fields in the order of the specification.
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C)

    // Each of these has one implementation. They are requirements of the protocol for a reason: operations, nested
    // messages and `any Message.Type` reach code that was compiled for the message in its own module only.
    /// Reads the message; not called by messages.
    @_lifetime(r: copy r) mutating func decode(_ r: inout Reader<Silent>)
    /// Reads the message and keeps its fields; not called by messages.
    @_lifetime(r: copy r) mutating func trace(_ r: inout Reader<Tree>)
    /// Reads the message and writes its fields as JSON; not called by messages.
    @_lifetime(r: copy r) mutating func writeJSON(_ r: inout Reader<JSONTrace>)
    /// Looks for derived fields that contradict the rest; not called by messages.
    @_lifetime(c: copy c) mutating func compare(_ c: inout Consistency)
    /// The number of first bytes, at most 8, that together with the length decide the result of `inspect`. 0 if more
    /// bytes decide. A decoder of many messages caches the result by these bytes.
    static var decisiveBytes: Int { get }
    /// Validates a whole message; not called by messages.
    static func inspect(_ bytes: RawSpan) -> Inspection
    /// Writes the message and stores the values that it computes for derived fields; not called by messages.
    @_lifetime(w: copy w) mutating func write(_ w: inout Writer)
}

extension Message {
    /// The default: fields by position.
    @inlinable @inline(__always) public static var form: Form { .binary }
    /// The default, 0: the whole message decides.
    public static var decisiveBytes: Int { 0 }
    /// The default: no sentence.
    public static var summary: MessageSummary { [] }
    /// The default: a single form.
    public static var variants: [Self] { [Self()] }
}

// These defaults are the witnesses, compiled once for each message, in its own module.
extension Message {
    /// Walks the message for a decoder.
    @inlinable @_lifetime(r: copy r)
    public mutating func decode(_ r: inout Reader<Silent>) { r.walk(&self) }
    /// Walks the message for a locator or dissector.
    @inlinable @_lifetime(r: copy r)
    public mutating func trace(_ r: inout Reader<Tree>) { r.walk(&self) }
    /// Walks the message for a writer of JSON.
    @inlinable @_lifetime(r: copy r)
    public mutating func writeJSON(_ r: inout Reader<JSONTrace>) { r.walk(&self) }
    /// Walks the message for an audit.
    @inlinable @_lifetime(c: copy c)
    public mutating func compare(_ c: inout Consistency) { code(&c) }
    /// Walks the message as a decoder and then as an audit.
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
    /// Walks the message for an encoder.
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
