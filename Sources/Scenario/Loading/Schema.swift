/// What may stand under a key: read by the loader, shown in messages, turned into JSON Schema.
indirect enum FieldType: Sendable {
    /// Any single value.
    case text
    /// Bytes of any number.
    case bytes
    /// A number of 64 bits from zero up, or an expression.
    case natural
    /// A built-in protocol.
    case `protocol`
    /// The name of a message, or (`orAny`) `any`.
    case message(orAny: Bool)
    /// A signature algorithm of the protocol.
    case algorithm
    /// `a -> b` or `a <-> b`.
    case ends
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
    case list(FieldType)
    /// A list or map that is not empty.
    case some(FieldType)
    /// Names chosen by the author, each with this.
    case map(FieldType)
    case shape(Schema)
    /// Either of them.
    case either(FieldType, FieldType)
    /// Fields of the message that `msg` names: values, or patterns.
    case fields
    case pattern
    /// In operators: a value for the same place, a pattern for it, for an element of it, or for its number of elements.
    case here
    case like
    case element
    case length
    /// In operators: the beginning, end or middle of a value.
    case piece
    case steps
}

/// A key that a map of a file may have.
struct Key: Sendable {
    var name: String
    var wants: FieldType
    var isRequired: Bool
    /// What it is for, in a few words.
    var summary: String
    init(_ name: String, _ wants: FieldType, _ summary: String, required: Bool = false) {
        self.name = name
        self.wants = wants
        self.isRequired = required
        self.summary = summary
    }
}

/// How the keys of a map go together.
struct Constraint: Sendable {
    enum Kind: Sendable {
        /// Exactly one of them.
        case one([String])
        /// At least one of them.
        case some([String])
        /// The first one only beside the second.
        case needs(String, String)
        /// The first one not beside any of the others.
        case apart(String, [String])
    }
    var kind: Kind
    var code: DiagnosticCode
    /// What is said when it is broken.
    var message: String
    /// The mistake is shown at the key that the map stands under.
    var isAtKey = false

    init(_ kind: Kind, _ code: DiagnosticCode, _ message: String, atKey: Bool = false) {
        self.kind = kind
        self.code = code
        self.message = message
        isAtKey = atKey
    }
    /// Whether a map with such keys keeps it.
    func isKept(_ has: (String) -> Bool) -> Bool {
        switch kind {
        case .one(let names): names.filter(has).count == 1
        case .some(let names): names.contains(where: has)
        case .needs(let key, let other): !has(key) || has(other)
        case .apart(let key, let others): !has(key) || !others.contains(where: has)
        }
    }
    /// The key that breaks it; nil when it is about the whole map.
    var culprit: String? {
        switch kind {
        case .one, .some: nil
        case .needs(let key, _), .apart(let key, _): key
        }
    }
}

/// The keys of one kind of map. The loader refuses all others; nothing else lists them.
struct Schema: Sendable {
    var name: String
    var keys: [Key]
    var rules: [Constraint] = []
    /// Whether names that are not keys may stand there too.
    var isOpen = false
}
