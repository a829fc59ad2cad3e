import Wire

/// An action of a description at one place, for other implementations of it, such as a dissector in another language.
struct ProgramStep: Sendable {
    /// The kind of the action.
    enum Operation: Sendable, Hashable {
        /// A number or a fixed byte string of `byteCount` bytes; for a varint, the maximum.
        case fixed(Kind, Encoding, byteCount: Int)
        /// Some of the bits of `total`, numbered from the highest. The bytes end after the last part.
        case bits(Kind, Range<Int>, of: Int)
        /// `count` bytes.
        case bytes(Kind)
        /// `count` values; numbers have the highest byte first.
        case values(Kind, byteCount: Int)
        /// `count` repetitions of the steps inside. With a `stride`, each takes that number of bytes.
        case messages
        /// Values, or messages if there are steps inside, up to the bytes `before`, or to the end of the enclosing
        /// length.
        case sequence(Kind?, byteCount: Int, before: [UInt8]?, atMost: Int)
        /// The steps inside. With a `length`, they are within that number of bytes.
        case message
        /// A field without bytes, whose value is `value`.
        case implied(Kind)
        /// A check that rejects the message unless `good` is 1.
        case require
        /// A protobuf field.
        case tag(Kind?, number: UInt32, wireType: UInt32, isList: Bool)
        /// A JSON member.
        case member(Kind?, JSONType, isList: Bool)
        /// All fields and members without a step of their own.
        case unknown
    }
    /// The name, which is a step of the path.
    var name: String
    /// The action.
    var operation: Operation
    /// The unique key among all steps of a program.
    var key: String
    /// The only accepted value: a number, or bytes.
    var expected: Value?
    /// The name of the nested message, such as `nano.block.state`.
    var message: String?
    /// The form of the nested message.
    var form = Form.binary
    /// The steps inside.
    var steps: [ProgramStep] = []
    /// The expressions of the attributes that are not constant at their default; see `Attribute`.
    var attributes: [Attribute: ProgramExpression] = [:]
    /// The attributes that vary, but for which no expression was found.
    var untold: [Attribute] = []

    /// A number that the description computes for a step.
    enum Attribute: String, Sendable, CaseIterable {
        /// 1 if the step is executed.
        case there
        /// 1 if the field is present.
        case present
        /// The number of elements or bytes.
        case count
        /// The number of bytes of each element; 0 if it is not fixed.
        case stride
        /// The number of bytes that a message must fill; -1 if it is not fixed.
        case length
        /// The value of a field without bytes.
        case value
        /// 1 if the value is accepted.
        case good
    }
    /// Returns the constant value of an attribute; nil if it is not constant, or the step does not have it.
    func constant(_ attribute: Attribute) -> Int? {
        if case .constant(let n) = attributes[attribute] { n } else { nil }
    }
}

/// The description of a message as a list of steps, with expressions for its conditions and counts.
///
/// Descriptions are functions that branch on the values they have read. They are run on many chosen inputs. The inputs
/// that change a count or a condition, and the way they change it, determine the expression. Each expression is
/// verified with all inputs that were tried. An attribute without a matching expression is reported
/// (`ProgramStep.untold`), never guessed.
struct Program: Sendable {
    /// A value that was read and that other steps depend on.
    struct Control: Sendable, Hashable {
        /// The source of the value.
        enum Source: Sendable, Hashable {
            /// The number of the field at this path.
            case number(bits: Int)
            /// 1 if the fixed byte string at this path is not all zeros, otherwise 0.
            case isNonzero
            /// `byteCount` bytes after the step, at the distance `ahead`; -1 if they are missing.
            case peek(byteCount: Int, ahead: Int)
            /// The number of bytes that remain in the enclosing length after the step.
            case remaining
        }
        /// The key in expressions.
        var key: String
        /// The source of the value.
        var source: Source
        /// The key of the step that reads the value, or after which the look-ahead occurs; empty for a position before
        /// the first step.
        var step: String
        /// The name of the field, or of the look-ahead.
        var name: String
    }
    /// The name of the message, such as `nano.keepalive`.
    var name: String
    /// The encoding of the message.
    var form: Form
    /// The steps in order.
    var steps: [ProgramStep]
    /// The controls by their keys.
    var controls: [String: Control]

    /// The path and name of the first attribute for which no expression was found; nil if all attributes have one.
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
