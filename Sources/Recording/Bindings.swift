internal import Node
internal import Wire

/// Which values of the capture have a name in the scenario: keys of those who are played, what was drawn anew, what the
/// node said and somebody uses again, and the constants of the protocol.
struct Bindings {
    enum Binding {
        /// Always known under this expression.
        case fixed(String)
        case variable(Int)
    }
    private var all: [Value: Binding] = [:]
    /// Bytes that are looked for inside others, the longest first.
    private var long: [[UInt8]] = []
    /// So many of them at most.
    private static let longest = 1000
    /// Names in one expression, of which the language limits the parts.
    private static let named = 100
    /// How they begin: most places in other bytes begin none of them.
    private var starts: Set<UInt64> = []
    var variables: Variables

    init(_ variables: Variables) { self.variables = variables }

    subscript(value: Value) -> Binding? { all[value] }
    mutating func bind(_ value: Value, _ binding: Binding) {
        guard all[value] == nil else { return }
        all[value] = binding
        guard case .bytes(let b) = value, b.count >= 16, long.count < Self.longest else { return }
        let isAfter = { (other: [UInt8]) in
            other.count != b.count ? other.count < b.count : b.lexicographicallyPrecedes(other)
        }
        long.insert(b, at: long.firstIndex(where: isAfter) ?? long.count)
        starts.insert(Self.start(b[...]))
    }
    /// Binds a value to a variable of its own.
    mutating func bind(_ value: Value, as hint: String) -> Int {
        let id = variables.make(hint)
        bind(value, .variable(id))
        return id
    }
    /// The same for a value that already has a name: from here on it has this one.
    mutating func rebind(_ value: Value, as hint: String) -> Int {
        let id = variables.make(hint)
        if all[value] == nil { bind(value, .variable(id)) } else { all[value] = .variable(id) }
        return id
    }

    /// How an expression says it; nil for what has no name.
    mutating func name(_ value: Value) -> String? {
        switch all[value] {
        case .fixed(let e): e
        case .variable(let id): variables.use(id)
        case nil: nil
        }
    }
    /// A value inside an expression; nil for what no expression can say.
    mutating func expression(_ value: Value) -> String? {
        if let name = name(value) { return name }
        switch value {
        case .bytes(let b): return "hex('\(b.hex)')"
        case .uint(let n): return String(n)
        case .int(let n): return n < 0 ? "(0 - \(n.magnitude))" : String(n)
        case .bool(let b): return b ? "true" : "false"
        case .null: return "null"
        case .decimal(let s): return "'\(s)'"
        case .text(let s):
            let isPlain = s.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f && $0 != 0x27 && $0 != 0x5c }
            return isPlain ? "'\(s)'" : nil
        case .list(let items):
            var out: [String] = []
            for item in items {
                guard let e = expression(item) else { return nil }
                out.append(e)
            }
            return "[" + out.joined(separator: ", ") + "]"
        case .map: return nil
        }
    }
    /// The first eight bytes.
    private static func start(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
    /// Bytes as they are, with the named values inside them by their names.
    mutating func expression(raw bytes: [UInt8]) -> YAMLText {
        let known = long.filter { $0.count <= bytes.count }
        var parts: [String] = []
        var plain: [UInt8] = []
        var at = 0
        func flushed() -> [String] { plain.isEmpty ? [] : ["hex('\(plain.hex)')"] }
        while at < bytes.count {
            if parts.count < Self.named, at + 8 <= bytes.count, starts.contains(Self.start(bytes[at...])),
                let found = known.first(where: { bytes[at...].starts(with: $0) }), let name = name(.bytes(found))
            {
                parts += flushed() + [name]
                plain = []
                at += found.count
            } else {
                plain.append(bytes[at])
                at += 1
            }
        }
        parts += flushed()
        if parts.isEmpty { return .word("0x") }
        return parts.count == 1 && plain.count == bytes.count
            ? .word("0x" + bytes.hex) : .expression(parts.joined(separator: " + "))
    }
}
