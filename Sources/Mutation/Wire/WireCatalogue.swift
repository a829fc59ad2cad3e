public import Node
internal import Wire

extension WireMutant {
    /// The names of the actions of timers on connections, next to the names of messages that they send.
    static let deeds = ["close", "open"]

    /// Returns all mutants of a protocol that its message descriptions give: for each field and message as sent and
    /// received, and for each timer. A field with only one possible value or without bytes of its own has no mutants.
    public static func all(of definition: Definition) -> [WireMutant] {
        var out: [WireMutant] = []
        for side in [Side.says, .hears] {
            for m in definition.messages {
                let name = m.name.description
                out += WireAction.whole(side).map { WireMutant(side, name, $0) }
                fields(m.describe(), "") { path, f, siblings in
                    out += WireAction.possible(f, siblings).map { WireMutant(side, name, at: path, $0) }
                }
            }
        }
        for name in definition.messages.map({ $0.name.description }) + deeds {
            out += WireAction.whole(.timer).map { WireMutant(.timer, name, $0) }
        }
        return out
    }
    /// Calls `body` with each field and its path. The fields of a group follow the group.
    static func fields(_ all: [FieldInfo], _ path: String, _ body: (String, FieldInfo, [FieldInfo]) -> Void) {
        for f in all {
            let here = path.isEmpty ? f.name : path + "." + f.name
            body(here, f, all)
            fields(f.fields, here, body)
        }
    }
}

extension FieldInfo {
    /// The number of bits of a number; nil if the field is not a number.
    var numberBits: Int? {
        guard let kind else { return nil }
        if case .bits(let n) = layout { return n }
        return switch kind {
        case .uint(let bits), .code(let bits, _): bits
        default: nil
        }
    }
    /// Returns true if a value of one field is also valid for the other.
    func isLike(_ other: FieldInfo) -> Bool {
        guard name != other.name, !isList, !other.isList, !isFixed, !other.isFixed else { return false }
        if let bits = numberBits { return bits == other.numberBits }
        if case .bytes(let n)? = kind { return other.kind == .bytes(count: n) }
        if kind == .json { return other.kind == .json }
        return false
    }
    /// True if the field can have only one value or has no bytes of its own.
    var isFixed: Bool {
        switch layout {
        case .constant, .implied: true
        default: false
        }
    }
    /// Returns the next similar field of the group, continuing at its beginning.
    func neighbour(in all: [FieldInfo]) -> FieldInfo? {
        guard let i = all.firstIndex(where: { $0.name == name }) else { return nil }
        return (all[(i + 1)...] + all[..<i]).first { isLike($0) }
    }
}

extension WireAction {
    /// Returns the possible actions on a field; `siblings` are all fields of its group.
    static func possible(_ f: FieldInfo, _ siblings: [FieldInfo]) -> [WireAction] {
        if f.isFixed { return [] }
        if f.isList { return [.emptied, .fewer, .repeated, .reversed] }
        var out: [WireAction] = f.isOptional ? [.removed] : []
        guard let kind = f.kind else { return out }
        if let bits = f.numberBits {
            out += bits > 1 ? [.more, .less, .lowest, .highest] : [.more]
            if bits > 8, bits % 8 == 0 { out.append(.swapped) }
        } else {
            switch kind {
            case .bytes(_?): out += [.first, .last, .lowest, .swapped]
            case .bytes(nil): out += [.first, .last, .emptied, .fewer]
            case .int: out += [.more, .less, .lowest]
            case .bool: out += [.other]
            case .text: out += [.other, .lowest]
            case .json: out.append(.other)
            case .uint, .code, .float: break
            }
        }
        // A node does not keep a computed value.
        if !f.isDerived {
            if f.neighbour(in: siblings) != nil { out.append(.neighbour) }
            out.append(.stale)
        }
        return out
    }
}
