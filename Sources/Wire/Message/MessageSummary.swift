/// A sentence that describes a message to people, such as `join s0 as bob`: text and fields in order.
///
/// A path names a field as filters do (`response.node_id`). It may continue into a JSON value (`data.peerId`). An empty
/// path is the element itself. Each part has its fields or lacks them: `optional`, `first` and `joined` leave out parts
/// that lack fields. A field that is missing elsewhere is shown as `?`.
public struct MessageSummary: Sendable, ExpressibleByArrayLiteral {
    /// The parts in order; empty if the message has no sentence of its own.
    public var parts: [Part]
    /// The number of elements of each list that the parts can read. Further elements are only counted.
    public var elements: Int
    /// Creates a sentence that can read one element of each list.
    public init(arrayLiteral parts: Part...) { self.init(parts) }
    public init(_ parts: [Part], elements: Int = 1) { (self.parts, self.elements) = (parts, elements) }

    /// A part of the sentence.
    public indirect enum Part: Sendable, ExpressibleByStringLiteral {
        case text(String)
        /// The value of a field in a short form. `as` replaces the meaning that the field has.
        case value(String, as: FieldMeaning? = nil)
        /// The value of a field that identifies something. Bytes are text if they are readable, and a long key is
        /// shortened to its first digits.
        case name(String)
        /// The number of a code point or another number, without its meaning.
        case number(String)
        /// A number counted from 0, as people count it, from 1.
        case ordinal(String)
        /// The time of day of a time.
        case clock(String)
        /// The last word of a text with dots.
        case lastWord(String)
        /// The part of a text after one word and before another one.
        case between(String, String, String)
        /// The number of a list's elements, or a number, with its noun in the singular: `1 peer`, `1,204 peers`. Its
        /// field is missing if the number is 0.
        case count(String, String)
        /// Like `count`, for a list whose elements have one size. Elements of zeros are empty places and do not count.
        case countSet(String, String)
        /// The number of bytes of a field: `212 B`.
        case size(String)
        /// These parts if the field is there and is neither false nor zero nor empty. They lack a field otherwise.
        case when(String, [Part])
        /// These parts if `when` would leave them out.
        case unless(String, [Part])
        /// These parts if the field has this value; they lack a field otherwise.
        case equal(String, Value, [Part])
        /// These parts, unless a field of them is missing.
        case optional([Part])
        /// The first of these sequences whose fields are all there.
        case first([[Part]])
        /// The sequences whose fields are all there, with a text between them. Without a sequence, a field is missing.
        case joined([[Part]], by: String)
        /// Parts whose paths begin in a group.
        case inside(String, [Part])
        /// Parts whose paths begin in the first element of a list, followed by the number of other elements: ` +2`.
        case each(String, [Part])
        /// Parts whose paths begin in the element of a list in which a field has this value, regardless of case.
        case found(String, where: String, is: String, [Part])

        public init(stringLiteral text: String) { self = .text(text) }
        /// Returns the sentence of a nested message at a path.
        public static func message<M: Message>(_ path: String, _: M.Type) -> Part { .inside(path, M.summary.parts) }
        /// Returns these parts after text if their fields are all there.
        public static func maybe(_ parts: Part...) -> Part { .optional(parts) }
    }
}
