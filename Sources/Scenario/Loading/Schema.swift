/// The type of the value under a key. The loader reads by it, messages mention it, and JSON Schema is made from it.
indirect enum FieldType: Sendable {
    /// Any single value.
    case text
    /// Bytes of any length.
    case bytes
    /// An unsigned number of at most 64 bits, or an expression.
    case natural
    /// A built-in protocol.
    case `protocol`
    /// The name of a message, or `any` if `orAny` is true.
    case message(orAny: Bool)
    /// A signature algorithm of the protocol.
    case algorithm
    /// `a -> b` or `a <-> b`.
    case ends
    /// `true` or `false`.
    case flag
    case number(ClosedRange<Int>)
    /// A duration such as `5s`, or an expression.
    case time
    /// An interval `a .. b` of durations.
    case window
    /// Any value, with expressions.
    case value
    /// One `$(...)`.
    case expression
    /// A word from this list.
    case choice([String])
    case list(FieldType)
    /// A list or map that is not empty.
    case some(FieldType)
    /// A map with keys that the author chooses. All values have this type.
    case map(FieldType)
    case shape(Schema)
    /// A value of either type.
    case either(FieldType, FieldType)
    /// The fields of the message that `msg` names, as values. `pattern` is the same as patterns.
    case fields
    case pattern
    /// An operand of an operator: a value for the same place (`here`), a pattern for it (`like`), a pattern for an
    /// element (`element`), or a pattern for the number of elements (`length`).
    case here
    case like
    case element
    case length
    /// An operand of an operator: the beginning, end or middle of a value.
    case piece
    case steps
}

/// A key that a map of a file can have.
struct Key: Sendable {
    var name: String
    var wants: FieldType
    var isRequired: Bool
    /// The purpose of the key in a few words.
    var summary: String
    init(_ name: String, _ wants: FieldType, _ summary: String, required: Bool = false) {
        self.name = name
        self.wants = wants
        self.isRequired = required
        self.summary = summary
    }
}

/// A rule about the combination of keys in a map.
struct Constraint: Sendable {
    enum Kind: Sendable {
        /// The map has exactly one key from the list.
        case one([String])
        /// The map has at least one key from the list.
        case some([String])
        /// The first key is present only if the second is.
        case needs(String, String)
        /// The first key is not present together with any of the others.
        case apart(String, [String])
    }
    var kind: Kind
    var code: DiagnosticCode
    /// The message if the rule is broken.
    var message: String
    /// True if the mistake is shown at the key that the map belongs to.
    var isAtKey = false

    init(_ kind: Kind, _ code: DiagnosticCode, _ message: String, atKey: Bool = false) {
        self.kind = kind
        self.code = code
        self.message = message
        isAtKey = atKey
    }
    /// Returns whether a map with these keys keeps the rule.
    func isKept(_ has: (String) -> Bool) -> Bool {
        switch kind {
        case .one(let names): names.filter(has).count == 1
        case .some(let names): names.contains(where: has)
        case .needs(let key, let other): !has(key) || has(other)
        case .apart(let key, let others): !has(key) || !others.contains(where: has)
        }
    }
    /// The key that breaks the rule; nil if the rule concerns the whole map.
    var culprit: String? {
        switch kind {
        case .one, .some: nil
        case .needs(let key, _), .apart(let key, _): key
        }
    }
}

/// The keys of one kind of map. The loader rejects all other keys. The keys are listed only here.
struct Schema: Sendable {
    var name: String
    var keys: [Key]
    var rules: [Constraint] = []
    /// True if names that are not keys are allowed too.
    var isOpen = false
}
