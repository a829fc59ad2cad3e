/// What a JSON member may hold.
public enum JSONType: UInt8, Sendable {
    /// A string.
    case text
    /// A number without fraction or exponent, of 64 bits with a sign.
    case integer
    /// Any number, kept as it stands.
    case number
    /// True or false.
    case bool
    /// Members.
    case object
    /// Elements.
    case list
    /// Any value, kept as it stands.
    case any

    /// As errors call it.
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

/// What any JSON leaf comes down to.
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
    /// What the member must be.
    static var jsonType: JSONType { get }
    /// From what stood there.
    init(_ content: MemberContent)
    /// What is to be written.
    var content: MemberContent { get }
}
extension Text: MemberValue {
    /// What the member must be.
    @inlinable @inline(__always) public static var jsonType: JSONType { .text }
    /// From what stood there.
    @inlinable @inline(__always) public init(_ c: MemberContent) { self.init(bytes: c.bytes, escaped: c.escaped) }
    /// What is to be written.
    @inlinable @inline(__always) public var content: MemberContent { MemberContent(bytes, escaped: escaped) }
}
extension Int64: MemberValue {
    /// What the member must be.
    @inlinable @inline(__always) public static var jsonType: JSONType { .integer }
    /// From what stood there.
    @inlinable @inline(__always) public init(_ c: MemberContent) { self = c.number }
    /// What is to be written.
    @inlinable @inline(__always) public var content: MemberContent { MemberContent(self) }
}
extension Bool: MemberValue {
    /// What the member must be.
    @inlinable @inline(__always) public static var jsonType: JSONType { .bool }
    /// From what stood there.
    @inlinable @inline(__always) public init(_ c: MemberContent) { self = c.number == 1 }
    /// What is to be written.
    @inlinable @inline(__always) public var content: MemberContent { MemberContent(self ? 1 : 0) }
}
extension JSONValue: MemberValue {
    /// What the member must be.
    @inlinable @inline(__always) public static var jsonType: JSONType { .any }
    /// From what stood there.
    @inlinable @inline(__always) public init(_ c: MemberContent) { self.init(bytes: c.bytes) }
    /// What is to be written.
    @inlinable @inline(__always) public var content: MemberContent { MemberContent(bytes) }
}
extension JSONNumber: MemberValue {
    /// What the member must be.
    @inlinable @inline(__always) public static var jsonType: JSONType { .number }
    /// From what stood there.
    @inlinable @inline(__always) public init(_ c: MemberContent) { self.init(bytes: c.bytes) }
    /// What is to be written.
    @inlinable @inline(__always) public var content: MemberContent { MemberContent(bytes) }
}
