internal import Node
internal import Scenario
internal import Wire

/// A search for the fields that a sent message must be given. The others follow from defaults and from other fields.
struct Pruning {
    let type: any Message.Type
    let defaults: Value
    /// The bytes that the fields must produce.
    let bytes: [UInt8]
    /// A function that returns all fields of the message for the members of one of its groups.
    private typealias Whole = ([Value.Entry]) -> Value
    /// The maximum number of groups in one list that are pruned individually.
    private static let groups = 64

    /// Returns the fewest fields that produce the bytes; nil if fields cannot produce them.
    func least(_ fields: Value, _ known: [FieldInfo]) -> Value? {
        guard case .map(let entries) = fields, made(fields) == bytes else { return nil }
        return .map(pruned(entries, known, { .map($0) }, alone: nil, trusts: false))
    }
    /// Returns the bytes for the fields; nil if there are errors.
    private func made(_ fields: Value) -> [UInt8]? {
        let made = SentMessage.encode(type, fields, defaults: defaults)
        return made.errors.isEmpty ? made.bytes : nil
    }
    /// Returns the members without those that are not needed. `alone` returns fields in which the group is the only
    /// element of its list: a member that matters there matters in the whole message too, which takes longer to encode.
    /// `trusts`: a member that does not matter there is assumed not to matter in the whole message.
    private func pruned(
        _ entries: [Value.Entry], _ known: [FieldInfo], _ whole: @escaping Whole, alone: Whole?, trusts: Bool
    ) -> [Value.Entry] {
        let wanted = alone.flatMap { made($0(entries)) }
        func makes(_ some: [Value.Entry]) -> Bool {
            if let alone, let wanted {
                if made(alone(some)) != wanted { return false }
                if trusts { return true }
            }
            return made(whole(some)) == bytes
        }
        var out = entries
        func info(_ name: String) -> FieldInfo? { known.first { $0.name == name } }
        // Derived fields are removed first, so that the fields that they depend on remain.
        let order =
            entries.map(\.key).filter { info($0)?.isDerived ?? true }
            + entries.map(\.key).filter { !(info($0)?.isDerived ?? true) }
        for name in order {
            guard let i = out.firstIndex(where: { $0.key == name }) else { continue }
            let old = out[i]
            out.remove(at: i)
            // A word that names the meaning of other bits is kept for readability.
            let isWord = info(name)?.layout == .implied && old.value.integer ?? 0 > 0
            if !isWord, makes(out) { continue }
            out.insert(old, at: i)
            guard let shape = info(name) else { continue }
            func with(_ v: Value) -> [Value.Entry] {
                var all = out
                all[i].value = v
                return all
            }
            switch old.value {
            case .map(let inner) where !shape.isList:
                let narrow = alone.map { alone -> Whole in { alone(with(.map($0))) } }
                out[i].value = .map(
                    pruned(inner, shape.fields, { whole(with(.map($0))) }, alone: narrow, trusts: trusts))
            case .list(var items):
                while let last = items.popLast() {
                    if makes(with(.list(items))) { continue }
                    items.append(last)
                    break
                }
                func pruned(_ k: Int, trusts: Bool) -> Value {
                    guard case .map(let inner) = items[k] else { return items[k] }
                    let narrow: Whole = { (alone ?? whole)(with(.list([.map($0)]))) }
                    let wide: Whole = {
                        var all = items
                        all[k] = .map($0)
                        return whole(with(.list(all)))
                    }
                    return .map(
                        self.pruned(
                            inner, shape.fields, wide, alone: items.count > 1 || alone != nil ? narrow : nil,
                            trusts: trusts))
                }
                if items.count <= Self.groups {
                    let all = items.indices.map { pruned($0, trusts: true) }
                    if makes(with(.list(all))) {
                        items = all
                    } else {
                        for k in items.indices { items[k] = pruned(k, trusts: false) }
                    }
                }
                out[i].value = .list(items)
            default: break
            }
        }
        return out
    }
}
