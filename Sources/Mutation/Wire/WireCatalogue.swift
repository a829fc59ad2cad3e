public import Node
internal import Wire

extension WireMutant {
    /// Words for what a timer does to connections instead of sending a message.
    static let deeds = ["close", "open"]

    /// Every mutant of a protocol that its descriptions of messages give: each field and each message as it is said and
    /// as it is heard, and each timer. Fields that can have one value only, or have no bytes of their own, have none.
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
    /// Every field with its path, those of groups behind them.
    static func fields(_ all: [FieldInfo], _ path: String, _ body: (String, FieldInfo, [FieldInfo]) -> Void) {
        for f in all {
            let here = path.isEmpty ? f.name : path + "." + f.name
            body(here, f, all)
            fields(f.fields, here, body)
        }
    }
}

extension FieldInfo {
    /// Whether it is a number; how many bits it has.
    var numberBits: Int? {
        guard let kind else { return nil }
        if case .bits(let n) = layout { return n }
        return switch kind {
        case .uint(let bits), .code(let bits, _): bits
        default: nil
        }
    }
    /// Whether a value of the one can stand for the other.
    func isLike(_ other: FieldInfo) -> Bool {
        guard name != other.name, !isList, !other.isList, !isFixed, !other.isFixed else { return false }
        if let bits = numberBits { return bits == other.numberBits }
        if case .bytes(let n)? = kind { return other.kind == .bytes(count: n) }
        if kind == .json { return other.kind == .json }
        return false
    }
    /// It can only have one value, or has no bytes of its own.
    var isFixed: Bool {
        switch layout {
        case .constant, .implied: true
        default: false
        }
    }
    /// The next field beside it, round about, that is like it.
    func neighbour(in all: [FieldInfo]) -> FieldInfo? {
        guard let i = all.firstIndex(where: { $0.name == name }) else { return nil }
        return (all[(i + 1)...] + all[..<i]).first { isLike($0) }
    }
}

extension WireAction {
    /// What can be done to a field; `siblings` are all that stand beside it.
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
        // What is computed is no value that anybody keeps.
        if !f.isDerived {
            if f.neighbour(in: siblings) != nil { out.append(.neighbour) }
            out.append(.stale)
        }
        return out
    }
}
