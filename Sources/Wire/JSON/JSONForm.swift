/// The way in which values of a leaf type are written as JSON. The text always equals the text of
/// `Leaf.value(of:_:isJSON:)`, but is produced faster.
public enum JSONForm: Sendable {
    /// A number from zero up.
    case unsigned
    /// A number with a sign.
    case signed
    /// `true` or `false`.
    case bool
    /// Lower-case hexadecimal digits in quotes.
    case hex
    /// A text that follows from the number and is created once.
    case named
    /// Text, which seldom needs escaping.
    case text
    /// The slow way through the value tree.
    case other
}
