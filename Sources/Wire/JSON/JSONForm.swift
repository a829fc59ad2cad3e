/// How values of a leaf type are written as JSON: always the text of `Leaf.value(of:_:isJSON:)`, by a shorter way.
public enum JSONForm: Sendable {
    /// A number from zero up.
    case unsigned
    /// A number with a sign.
    case signed
    /// `true` or `false`.
    case bool
    /// Lower-case hexadecimal digits in quotes.
    case hex
    /// The number tells the text, which is made once.
    case named
    /// Text, most of which needs no escaping.
    case text
    /// By way of the value tree.
    case other
}

extension Leaf {
    /// By way of the value tree: right for every type.
    @inlinable @inline(__always) public static var jsonForm: JSONForm { .other }
}
extension Leaf where Self: FixedWidthInteger {
    @inlinable @inline(__always) public static var jsonForm: JSONForm { isSigned ? .signed : .unsigned }
}
extension Bool {
    /// `true` or `false`.
    @inlinable @inline(__always) public static var jsonForm: JSONForm { .bool }
}
extension Fixed {
    /// Hexadecimal digits.
    @inlinable @inline(__always) public static var jsonForm: JSONForm { .hex }
}
extension Bytes {
    /// Hexadecimal digits.
    @inlinable @inline(__always) public static var jsonForm: JSONForm { .hex }
}
extension CodePoint {
    /// The name, or the number where there is none.
    @inlinable @inline(__always) public static var jsonForm: JSONForm { .named }
}
extension Text {
    @inlinable @inline(__always) public static var jsonForm: JSONForm { .text }
}
