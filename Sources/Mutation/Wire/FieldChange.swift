internal import Wire

/// An alteration of one field of a message, as a value tree.
struct FieldChange {
    let action: WireAction
    /// The steps of the path.
    let path: [String]

    /// Returns the tree with the field altered; nil if that changes nothing. `old` is the previous message of this
    /// type.
    func applied(to tree: Value, _ fields: [FieldInfo], before old: Value?) -> Value? {
        group(tree, at: path[...], of: fields, was: old)
    }
    private func group(_ v: Value, at steps: ArraySlice<String>, of fields: [FieldInfo], was old: Value?) -> Value? {
        guard case .map(var entries) = v, let name = steps.first,
            let f = fields.first(where: { $0.name == name }),
            let i = entries.firstIndex(where: { $0.key == name })
        else { return nil }
        let before = old?[name]
        if steps.count == 1 {
            // If null is a value, the field is removed by leaving out its entry.
            if action == .removed, f.kind == .json {
                entries.remove(at: i)
                return .map(entries)
            }
            let beside = f.neighbour(in: fields).flatMap { v[$0.name] }
            guard let new = leaf(entries[i].value, of: f, beside: beside, was: before), new != entries[i].value else {
                return nil
            }
            entries[i].value = new
            return .map(entries)
        }
        guard let new = inner(entries[i].value, at: steps.dropFirst(), of: f, was: before) else { return nil }
        entries[i].value = new
        return .map(entries)
    }
    private func inner(_ v: Value, at steps: ArraySlice<String>, of f: FieldInfo, was old: Value?) -> Value? {
        guard f.isList else { return group(v, at: steps, of: f.fields, was: old) }
        guard case .list(var items) = v else { return nil }
        var olds: [Value] = []
        if case .list(let l)? = old { olds = l }
        var isAltered = false
        for i in items.indices {
            guard let new = group(items[i], at: steps, of: f.fields, was: i < olds.count ? olds[i] : nil) else {
                continue
            }
            items[i] = new
            isAltered = true
        }
        return isAltered ? .list(items) : nil
    }

    private func leaf(_ v: Value, of f: FieldInfo, beside: Value?, was before: Value?) -> Value? {
        switch action {
        case .removed: return .null
        case .neighbour: return beside
        case .stale: return before
        default: break
        }
        if f.kind == .json { return action == .other ? json(v) : nil }
        if case .list(let items) = v { return list(items) }
        if let bits = f.numberBits { return number(v, f, bits) }
        switch v {
        case .bytes(let b): return bytes(b)
        case .bool(let b): return action == .other ? .bool(!b) : nil
        case .text(let s): return action == .lowest ? .text("") : .text(s + "x")
        case .uint, .int: return signed(v)
        default: return nil
        }
    }
    /// Returns another value of the same kind, or a text.
    private func json(_ v: Value) -> Value {
        switch v {
        case .bool(let b): .bool(!b)
        case .uint(let n): .uint(n &+ 1)
        case .text(let s): .text(s + "x")
        default: .text("x")
        }
    }
    private func list(_ items: [Value]) -> Value? {
        switch action {
        case .emptied: .list([])
        case .fewer: .list(Array(items.dropLast()))
        case .repeated: items.last.map { .list(items + [$0]) }
        case .reversed: .list(items.reversed())
        default: nil
        }
    }
    private func number(_ v: Value, _ f: FieldInfo, _ bits: Int) -> Value? {
        guard let n = f.number(of: v) else { return nil }
        let all: UInt64 = bits >= 64 ? .max : (1 << UInt64(max(0, bits))) - 1
        switch action {
        case .more: return .uint((n &+ 1) & all)
        case .less: return .uint((n &- 1) & all)
        case .lowest: return .uint(0)
        case .highest: return .uint(all)
        case .swapped: return .uint(n.byteSwapped >> UInt64(64 - bits))
        default: return nil
        }
    }
    private func signed(_ v: Value) -> Value? {
        guard let n = v.signedInteger else { return nil }
        switch action {
        case .more: return Value(n &+ 1)
        case .less: return Value(n &- 1)
        case .lowest: return .uint(0)
        default: return nil
        }
    }
    private func bytes(_ b: [UInt8]) -> Value? {
        var out = b
        switch action {
        case .first: if !out.isEmpty { out[0] ^= 1 }
        case .last: if !out.isEmpty { out[out.count - 1] ^= 1 }
        case .lowest: out = [UInt8](repeating: 0, count: b.count)
        case .swapped: out.reverse()
        case .emptied: out = []
        case .fewer: out = out.dropLast()
        default: return nil
        }
        return .bytes(out)
    }
}

extension FieldInfo {
    /// Returns the number of a value of this field. A code point may be given by its name.
    func number(of v: Value) -> UInt64? {
        if case .text(let s) = v, case .code(_, let names)? = kind, let known = names.first(where: { $0.name == s }) {
            return known.number
        }
        return v.integer
    }
}

extension [FieldInfo] {
    /// Returns the tree without the fields that are computed when it is encoded, except the field at `path`.
    func withoutDerived(_ v: Value, but path: [String]) -> Value { strip(v, path[...]) }
    private func strip(_ v: Value, _ kept: ArraySlice<String>?) -> Value {
        guard case .map(let entries) = v else { return v }
        return .map(
            entries.compactMap { e in
                guard let f = first(where: { $0.name == e.key }) else { return e }
                let rest = kept?.first == f.name ? kept?.dropFirst() : nil
                if f.isDerived { return rest != nil && rest?.isEmpty == true ? e : nil }
                if f.fields.isEmpty { return e }
                if case .list(let items) = e.value {
                    return Value.Entry(e.key, .list(items.map { f.fields.strip($0, rest) }))
                }
                return Value.Entry(e.key, f.fields.strip(e.value, rest))
            })
    }
}
