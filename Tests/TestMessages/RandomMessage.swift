public import Wire

/// Fills a message with valid random content from a seed, for property tests. The same seed gives the same message on
/// each machine.
public struct RandomMessage: TreeCoder {
    private var state: UInt64
    private var depth = 0
    /// True if a member of the oneof in this group was chosen.
    private var chosen = false
    /// The depth at which lists and optional messages in nested messages end.
    private static let maximumDepth = 6

    /// Creates a filler from a seed.
    public init(seed: UInt64) { state = seed }

    /// Returns the next output of SplitMix64.
    private mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = (state ^ state >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }
    /// Returns a number below `n`, or 0 if `n` is not positive.
    private mutating func below(_ n: Int) -> Int { n > 0 ? Int(next() % UInt64(n)) : 0 }
    /// Returns a number with `n` bits. Sometimes it is the lowest or the highest one.
    private mutating func number(bits n: Int) -> UInt64 {
        let highest: UInt64 = n >= 64 ? .max : n <= 0 ? 0 : (1 << UInt64(n)) &- 1
        switch next() % 8 {
        case 0: return 0
        case 1: return highest
        default: return next() & highest
        }
    }
    private mutating func some(_ kind: Kind) -> Value {
        switch kind {
        case .uint(let n): return .uint(number(bits: n))
        case .int: return Value(Int64(Int32(truncatingIfNeeded: next())))
        case .float: return Value.decimal((Float(Int16(truncatingIfNeeded: next())) / 8).description)
        case .bool: return .bool(next() & 1 == 1)
        case .code(let n, let names):
            return .uint(names.isEmpty ? number(bits: n) : names[below(names.count)].number)
        case .bytes(let count):
            let n = count ?? below(40)
            return .bytes((0..<max(0, n)).map { _ in UInt8(truncatingIfNeeded: next()) })
        case .text: return .text(["", "BTC/USDT", "a \"quoted\" \n line", "žluťoučký 🐎", "x"][below(5)])
        case .json: return [["a": 1, "b": [true, "x"]], "text", 7][below(3)]
        }
    }
    private mutating func fill<V: Leaf>(_: V.Type) -> V { V(some(V.kind)) ?? V() }
    private mutating func one<M: Message>(_ m: inout M) {
        let outer = chosen
        (depth, chosen) = (depth + 1, false)
        m.code(&self)
        (depth, chosen) = (depth - 1, outer)
    }
    /// Returns true if no other member of the oneof was chosen.
    private mutating func isFree(_ layout: Layout) -> Bool {
        guard case .tag(_, .oneof, _) = layout else { return true }
        defer { chosen = true }
        return !chosen
    }

    /// Fills a field with a value of its kind. Constant and implied values do not change.
    public mutating func leaf<V: Leaf>(_ name: StaticString, _ value: inout V, _ layout: Layout) {
        switch layout {
        case .constant, .implied: return
        case .bits(let n): value = V(.uint(number(bits: n))) ?? V()
        default: value = fill(V.self)
        }
    }
    /// Fills a field with a value or leaves it out.
    public mutating func maybe<V: Leaf>(_ name: StaticString, _ value: inout V?, _ layout: Layout) {
        if case .constant = layout { return }
        if next() & 1 == 0, isFree(layout) { value = fill(V.self) }
    }
    /// Fills a list with up to three values. Unknown fields remain empty, because they need the syntax of the form.
    public mutating func leaves<V: Leaf>(_ name: StaticString, _ values: inout [V], _ layout: Layout) {
        if name.description != "unknown" { values = (0..<below(4)).map { _ in fill(V.self) } }
    }
    /// Does nothing, because the value is computed when it is encoded.
    public mutating func computed<V: FixedValue>(
        _ name: StaticString, _ value: inout Derived<V>, _ layout: Layout, as now: () -> V
    ) {}
    /// Fills the fields of a message.
    public mutating func group<M: Message>(_ name: StaticString, _ value: inout M) { one(&value) }
    /// Fills the fields of a message, or leaves it out.
    public mutating func maybe<M: Message>(
        _ name: StaticString, group: inout M?, like: () -> M, _ layout: Layout
    ) {
        guard depth < Self.maximumDepth, next() & 1 == 0, isFree(layout) else { return }
        var m = like()
        one(&m)
        group = m
    }
    /// Fills a list with up to three messages of any variant.
    public mutating func groups<M: Message>(_ name: StaticString, _ values: inout [M], _ layout: Layout) {
        guard depth < Self.maximumDepth else { return }
        let variants = M.variants
        values = []
        for _ in 0..<below(4) {
            var m = variants.isEmpty ? M() : variants[below(variants.count)]
            one(&m)
            values.append(m)
        }
    }
}

extension Message {
    /// Returns a message with valid random content from a seed. The seed also selects the variant.
    public static func sample(seed: UInt64) -> Self {
        let all = variants
        var m = all.isEmpty ? Self() : all[Int(seed % UInt64(all.count))]
        var filler = RandomMessage(seed: seed)
        m.code(&filler)
        return m
    }
}
