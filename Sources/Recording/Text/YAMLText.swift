internal import Scenario

/// A value in a scenario file. `Formatter` formats it.
indirect enum YAMLText: Sendable {
    /// A word without quotes: a name, a number, a duration, bytes.
    case word(String)
    /// Any text from any source. It is quoted, so that it cannot be read as another type.
    case text(String)
    case list([YAMLText])
    case map([(key: String, value: YAMLText)])

    /// Returns a text that is a single expression.
    static func expression(_ e: String) -> Self { .text("$(\(e))") }
    static func words(_ members: KeyValuePairs<String, String>) -> Self {
        .map(members.map { ($0.key, .word($0.value)) })
    }
    /// Returns text from the wire, escaped so that it cannot become an expression.
    static func foreign(_ s: String) -> Self { .text(s.replacing("$(", with: "$('$')(")) }

    /// The value on one line, with braces.
    var inFlow: String {
        switch self {
        case .word(let w): w
        case .text(let s): QuotedScalar.text(s)
        case .list(let items): "[" + items.map(\.inFlow).joined(separator: ", ") + "]"
        case .map(let members):
            "{" + members.map { "\(Self.key($0.key)): \($0.value.inFlow)" }.joined(separator: ", ") + "}"
        }
    }
    /// Returns a key, quoted if necessary. A key can also be from the wire.
    private static func key(_ key: String) -> String {
        let isPlain = key.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "_"), UInt8(ascii: "$"):
                true
            default: false
            }
        }
        return isPlain && !key.isEmpty ? key : QuotedScalar.text(key)
    }
    /// The number of YAML nodes, as `YAMLTree` counts them: words, lists, maps and keys.
    var nodes: Int {
        switch self {
        case .word, .text: 1
        case .list(let items): items.reduce(1) { $0 + $1.nodes }
        case .map(let members): members.reduce(1) { $0 + 1 + $1.value.nodes }
        }
    }
    var isEmpty: Bool {
        switch self {
        case .list(let items): items.isEmpty
        case .map(let members): members.isEmpty
        case .word, .text: false
        }
    }
}
