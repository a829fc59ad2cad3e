/// How much memory the values take that the steps of a case give to names. Each expression is bounded by itself; a loop
/// could still put one beside the other without end.
struct HeldValues {
    /// Bytes of all of them together, and of all that the case sends: 256 MiB.
    static let limit = 256 << 20
    private var sizes: [String: Int] = [:]
    private var all = 0

    /// A name has a value from here on. Returns whether the limit allows it.
    mutating func hold(_ name: String, _ value: Term) -> Bool {
        let size = Self.size(value)
        all += size - (sizes.updateValue(size, forKey: name) ?? 0)
        return all <= Self.limit
    }
    private static func size(_ t: Term) -> Int {
        // What a value takes beside its bytes.
        let own = 32
        switch t {
        case .text(let s): return own + s.utf8.count
        case .bytes(let b): return own + b.count
        case .list(let items): return items.reduce(own) { $0 + size($1) }
        case .map(let members): return members.reduce(own) { $0 + $1.name.utf8.count + size($1.value) }
        case .null, .bool, .number, .duration, .function: return own
        }
    }
}
