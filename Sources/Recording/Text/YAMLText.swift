internal import Scenario

/// What is written into a scenario file; `Formatter` gives it its form.
indirect enum YAMLText: Sendable {
    /// A word that means what it says: a name, a number, a duration, bytes.
    case word(String)
    /// Any text, from wherever: quoted, so that it is nothing else.
    case text(String)
    case list([YAMLText])
    case map([(key: String, value: YAMLText)])

    /// An expression alone.
    static func expression(_ e: String) -> Self { .text("$(\(e))") }
    static func words(_ members: KeyValuePairs<String, String>) -> Self {
        .map(members.map { ($0.key, .word($0.value)) })
    }
    /// Text from the wire: what would be an expression is none.
    static func foreign(_ s: String) -> Self { .text(s.replacing("$(", with: "$('$')(")) }

    /// In one line, with braces.
    var inFlow: String {
        switch self {
        case .word(let w): w
        case .text(let s): QuotedScalar.text(s)
        case .list(let items): "[" + items.map(\.inFlow).joined(separator: ", ") + "]"
        case .map(let members):
            "{" + members.map { "\(Self.key($0.key)): \($0.value.inFlow)" }.joined(separator: ", ") + "}"
        }
    }
    /// A key may be from the wire, too.
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
    /// Nodes of the file that it takes, as `YAMLTree` counts them: words, lists, maps and keys.
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
