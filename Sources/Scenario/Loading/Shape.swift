/// What may stand under a key: read by the loader, shown in messages, turned into JSON Schema.
indirect enum Wants: Sendable {
    /// Any single value.
    case text
    /// `true` or `false`.
    case flag
    case number(ClosedRange<Int>)
    /// `5s`, or an expression.
    case time
    /// `a .. b` of times.
    case window
    /// Anything, with expressions.
    case value
    /// One `$(...)`.
    case expression
    /// One of these words.
    case choice([String])
    case list(Wants)
    /// Names chosen by the author, each with this.
    case map(Wants)
    case shape(String)
    /// Either of them.
    case either(Wants, Wants)
    /// Fields of the message that `msg` names: values, or patterns.
    case fields
    case pattern
    case steps
}

/// A key that a map of a file may have.
struct Key: Sendable {
    var name: String
    var wants: Wants
    var isRequired: Bool
    /// What it is for, in a few words.
    var summary: String
    init(_ name: String, _ wants: Wants, _ summary: String, required: Bool = false) {
        self.name = name
        self.wants = wants
        self.isRequired = required
        self.summary = summary
    }
}

/// The keys of one kind of map. The loader refuses all others; nothing else lists them.
struct Shape: Sendable {
    var name: String
    var keys: [Key]
    /// Whether names that are not keys may stand there too.
    var isOpen = false

    /// The shape that a key names.
    static func named(_ name: String) -> Shape? { all.first { $0.name == name } }
    static let all: [Shape] = [
        scenario, fragment, actor, parameter, vector, `default`, record, open, accept, send, part, expect, never, branch, close,
        poll, fault, faultSpec, dut, `repeat`, verifies, near, bits, requirementUse,
    ]
    static let files: [Shape] = [requirement, source, target, capabilities, ready, baseline, baselineEntry]
}
