/// A type that a JSON member may have.
public enum JSONType: UInt8, Sendable {
    /// A string.
    case text
    /// A number without fraction or exponent, of 64 bits with a sign.
    case integer
    /// Any number, kept as its original text.
    case number
    /// True or false.
    case bool
    /// An object with members.
    case object
    /// A list with elements.
    case list
    /// Any value, kept as its original text.
    case any

    /// The name for errors.
    var name: String {
        switch self {
        case .text: "text"
        case .integer: "an integer"
        case .number: "a number"
        case .bool: "true or false"
        case .object: "an object"
        case .list: "a list"
        case .any: "any"
        }
    }
}

/// The content of any JSON leaf, in one common form.
@frozen public struct MemberContent: Sendable {
    @usableFromInline var bytes = Bytes()
    @usableFromInline var escaped = false
    @usableFromInline var number: Int64 = 0
    @inlinable @inline(__always) init(_ bytes: Bytes, _ number: Int64 = 0, escaped: Bool = false) {
        self.bytes = bytes
        self.number = number
        self.escaped = escaped
    }
    @inlinable @inline(__always) init(_ number: Int64) { self.number = number }
}

/// A leaf that a JSON member can carry.
public protocol MemberValue: Leaf {
    /// The type that the member must have.
    static var jsonType: JSONType { get }
    /// Creates a value from the content that was read.
    init(_ content: MemberContent)
    /// The content to write.
    var content: MemberContent { get }
}
extension Text: MemberValue {
    @inlinable @inline(__always) public static var jsonType: JSONType { .text }
    @inlinable @inline(__always) public init(_ c: MemberContent) { self.init(bytes: c.bytes, escaped: c.escaped) }
    @inlinable @inline(__always) public var content: MemberContent { MemberContent(bytes, escaped: escaped) }
}
extension Int64: MemberValue {
    @inlinable @inline(__always) public static var jsonType: JSONType { .integer }
    @inlinable @inline(__always) public init(_ c: MemberContent) { self = c.number }
    @inlinable @inline(__always) public var content: MemberContent { MemberContent(self) }
}
extension Bool: MemberValue {
    @inlinable @inline(__always) public static var jsonType: JSONType { .bool }
    @inlinable @inline(__always) public init(_ c: MemberContent) { self = c.number == 1 }
    @inlinable @inline(__always) public var content: MemberContent { MemberContent(self ? 1 : 0) }
}
extension JSONValue: MemberValue {
    @inlinable @inline(__always) public static var jsonType: JSONType { .any }
    @inlinable @inline(__always) public init(_ c: MemberContent) { self.init(bytes: c.bytes) }
    @inlinable @inline(__always) public var content: MemberContent { MemberContent(bytes) }
}
extension JSONNumber: MemberValue {
    @inlinable @inline(__always) public static var jsonType: JSONType { .number }
    @inlinable @inline(__always) public init(_ c: MemberContent) { self.init(bytes: c.bytes) }
    @inlinable @inline(__always) public var content: MemberContent { MemberContent(bytes) }
}
