internal import Node
internal import Scenario
internal import Wire

/// Finds the fields that a message of ours has to be given; the rest comes by itself.
struct Pruning {
    let type: any Message.Type
    let defaults: Value
    /// What the fields have to make.
    let bytes: [UInt8]
    /// All the fields of the message, out of the members of one of its groups.
    private typealias Whole = ([Value.Entry]) -> Value
    /// Groups of one list in which members are looked for.
    private static let groups = 64

    /// The fields that make the bytes again, no more than it takes; nil when fields cannot make them.
    func least(_ fields: Value, _ known: [FieldInfo]) -> Value? {
        guard case .map(let entries) = fields, made(fields) == bytes else { return nil }
        return .map(pruned(entries, known, { .map($0) }, alone: nil, trusts: false))
    }
    /// Nil: with errors.
    private func made(_ fields: Value) -> [UInt8]? {
        let made = SentMessage.encode(type, fields, defaults: defaults)
        return made.errors.isEmpty ? made.bytes : nil
    }
    /// Members without those that come by themselves. `alone` makes fields in which the group stands alone in its list:
    /// what makes a difference there makes one in the whole message, which takes longer to make. `trusts`: what makes none
    /// there is taken to make none in the whole.
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
        // First what follows from the rest, so that the rest stays.
        let order =
            entries.map(\.key).filter { info($0)?.isDerived ?? true }
            + entries.map(\.key).filter { !(info($0)?.isDerived ?? true) }
        for name in order {
            guard let i = out.firstIndex(where: { $0.key == name }) else { continue }
            let old = out[i]
            out.remove(at: i)
            // What says in words what other bits say is worth reading.
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
