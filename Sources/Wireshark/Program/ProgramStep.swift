import Wire

/// What a description does at one place, for those who have to do the same without it, such as a dissector in another
/// language.
struct ProgramStep: Sendable {
    /// What stands there.
    enum Operation: Sendable, Hashable {
        /// A number or a fixed byte string of so many bytes; of a varint, at most.
        case fixed(Kind, Encoding, byteCount: Int)
        /// Some of the bits of `total`, numbered from the highest; the bytes end behind the part that ends them.
        case bits(Kind, Range<Int>, of: Int)
        /// `count` bytes.
        case bytes(Kind)
        /// `count` values, numbers highest byte first.
        case values(Kind, byteCount: Int)
        /// `count` times the steps inside; with a `stride`, each in so many bytes.
        case messages
        /// Values or, with steps inside, messages, up to where these bytes stand, or to the end of the enclosing length.
        case sequence(Kind?, byteCount: Int, before: [UInt8]?, atMost: Int)
        /// The steps inside, with a `length` within so many bytes.
        case message
        /// No bytes: `value` tells it.
        case implied(Kind)
        /// Refused unless `good`.
        case require
        /// A protobuf field.
        case tag(Kind?, number: UInt32, wireType: UInt32, isList: Bool)
        /// A JSON member.
        case member(Kind?, JSONType, isList: Bool)
        /// All fields and members that no other step names.
        case unknown
    }
    /// Its name, a step of the path.
    var name: String
    /// What stands there.
    var operation: Operation
    /// Names it among all steps of a program.
    var key: String
    /// The only value that is not refused: a number, or bytes.
    var expected: Value?
    /// The message that stands there, such as `nano.block.state`.
    var message: String?
    /// Of that message.
    var form = Form.binary
    /// The steps inside.
    var steps: [ProgramStep] = []
    /// What it depends on, where that is not always the same; see `Attribute`.
    var attributes: [Attribute: ProgramExpression] = [:]
    /// Those that depend on something, but no expression was found for them.
    var untold: [Attribute] = []

    /// A number that the description works out for a step.
    enum Attribute: String, Sendable, CaseIterable {
        /// Whether the step is there at all.
        case there
        /// Whether the field is there.
        case present
        /// Elements or bytes.
        case count
        /// Bytes of each element; 0: as many as it takes.
        case stride
        /// Bytes that a message must fill; -1: as many as it takes.
        case length
        /// The value of a field without bytes.
        case value
        /// Whether it is accepted.
        case good
    }
    /// An attribute that is always the same; nil where it is not, or the step has none.
    func constant(_ attribute: Attribute) -> Int? {
        if case .constant(let n) = attributes[attribute] { n } else { nil }
    }
}

/// The description of a message as a list of steps, with the conditions and counts in it as expressions.
///
/// Descriptions are functions with branches on what they have read. They are run on many chosen inputs; which of them
/// change a count or a condition, and how, tells the expression. Each is held against all inputs that were tried, and one
/// for which nothing fits is told as such (`ProgramStep.untold`), never guessed.
struct Program: Sendable {
    /// Something read that others depend on.
    struct Control: Sendable, Hashable {
        /// What it is.
        enum Source: Sendable, Hashable {
            /// The number of the field of this path.
            case number(bits: Int)
            /// 1 where the fixed byte string of this path is not zeros, else 0.
            case isNonzero
            /// So many bytes ahead of the step behind which it is looked at; -1 where they are not there.
            case peek(byteCount: Int, ahead: Int)
            /// Bytes left of the enclosing length, behind this step.
            case remaining
        }
        /// Names it in expressions.
        var key: String
        /// What it is.
        var source: Source
        /// The key of the step that reads it, or behind which it is looked at; empty: before the first one.
        var step: String
        /// The name of the field, or of what is looked at.
        var name: String
    }
    /// The message, such as `nano.keepalive`.
    var name: String
    /// How its fields are found.
    var form: Form
    /// In order.
    var steps: [ProgramStep]
    /// What expressions name.
    var controls: [String: Control]

    /// The first attribute for which nothing fits, with the path of its step; nil when all are told.
    var untold: (path: String, attribute: String)? {
        func find(_ steps: [ProgramStep]) -> (String, String)? {
            for step in steps {
                if let attribute = step.untold.first { return (step.key, attribute.rawValue) }
                if let inner = find(step.steps) { return inner }
            }
            return nil
        }
        return find(steps)
    }
}
