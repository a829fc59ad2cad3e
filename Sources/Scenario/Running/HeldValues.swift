/// A count of the memory that the named values of a case take. Each expression has its own limit, but a loop could
/// still name values without end.
struct HeldValues {
    /// The limit in bytes for all values together, and for everything that the case sends: 256 MiB.
    static let limit = 256 << 20
    private var sizes: [String: Int] = [:]
    private var all = 0

    /// Records the value of a name. Returns whether the limit allows it.
    mutating func hold(_ name: String, _ value: Term) -> Bool {
        let size = Self.size(value)
        all += size - (sizes.updateValue(size, forKey: name) ?? 0)
        return all <= Self.limit
    }
    private static func size(_ t: Term) -> Int {
        // The memory that a value takes besides its bytes.
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
