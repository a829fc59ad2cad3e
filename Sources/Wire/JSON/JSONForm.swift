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
    /// The text follows from the number and is made once.
    case named
    /// Text, most of which needs no escaping.
    case text
    /// By way of the value tree.
    case other
}
