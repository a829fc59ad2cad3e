internal import Node
internal import Wire

/// The values of the capture that have a name in the scenario: the keys of the played actors, values that are drawn
/// anew, values from the node that are used again, and the constants of the protocol.
struct Bindings {
    enum Binding {
        /// A value that this expression always names.
        case fixed(String)
        case variable(Int)
    }
    private var all: [Value: Binding] = [:]
    /// The byte strings to look for inside others, the longest first.
    private var long: [[UInt8]] = []
    /// The maximum number of byte strings in `long`.
    private static let longest = 1000
    /// The maximum number of names in one expression. The language limits the parts of an expression.
    private static let named = 100
    /// The first eight bytes of each byte string in `long`. At most positions in other bytes none of them begins.
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
    /// Binds a value to a new variable.
    mutating func bind(_ value: Value, as hint: String) -> Int {
        let id = variables.make(hint)
        bind(value, .variable(id))
        return id
    }
    /// Binds a value to a new variable, also if the value already has a name. From here on the new name applies.
    mutating func rebind(_ value: Value, as hint: String) -> Int {
        let id = variables.make(hint)
        if all[value] == nil { bind(value, .variable(id)) } else { all[value] = .variable(id) }
        return id
    }

    /// Returns the expression that names a value; nil if the value has no name.
    mutating func name(_ value: Value) -> String? {
        switch all[value] {
        case .fixed(let e): e
        case .variable(let id): variables.use(id)
        case nil: nil
        }
    }
    /// Returns a value as part of an expression; nil if no expression can express it.
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
    /// Returns the first eight bytes as a number.
    private static func start(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
    /// Returns the bytes with the named values inside them replaced by their names.
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
