internal import Wire

extension FilterCompiler {
    /// The maximum number of brackets after one field.
    private static let maximumSlices = 16

    /// Returns the meanings of one side of a comparison. `wanted` is the type of the other side, in which literals are
    /// read; `other` is the other operand. An error about a field without a value marks `sign`.
    func operands(
        _ syntax: FilterSyntax, as wanted: FilterType? = nil, _ use: FilterLiteralReader.Use = .whole,
        beside other: FilterOperand? = nil, sign: FilterToken? = nil
    ) throws(FilterError) -> [Alternative] {
        let found: [Alternative]
        switch syntax {
        case .word(let t):
            guard let wanted else { return try field(t, sign) }
            return try literal(t, as: wanted, use, beside: other)
        case .slice(let inner, let slices, let t):
            found = try each(try operands(inner)) { one throws(FilterError) in [try slice(one, slices, t)] }
        case .call(let function, let inner, let t): found = try call(function, inner, t)
        case .negative(let inner, let t):
            found = try each(try operands(inner, as: isConstant(inner) ? wanted ?? .number : nil)) {
                one throws(FilterError) in
                try checkNumber(one.type, t)
                return [Alternative(operand: .negative(one.operand), type: one.type)]
            }
        case .arithmetic(let sign, let left, let right, let t):
            found = try arithmetic(sign, left, right, at: t, as: wanted)
        case .test, .all, .any, .odd, .not:
            throw FilterError(message: "a test is no value", range: syntax.token.range)
        }
        guard found.count <= 64 else {
            throw FilterError(
                message: "means too many fields: put the name of a message before them", range: syntax.token.range)
        }
        guard let wanted else { return found }
        return try each(found) { one throws(FilterError) in
            guard one.type.family.goes(with: wanted.family) else {
                throw mismatch(one.type, wanted, syntax.token)
            }
            return [one]
        }
    }
    /// Returns true if the syntax contains no field: a literal, or a computation with literals only.
    func isConstant(_ syntax: FilterSyntax) -> Bool {
        switch syntax {
        case .word(let t): t.kind != .word || !isField(t.text)
        case .slice(let inner, _, _), .call(_, let inner, _), .negative(let inner, _): isConstant(inner)
        case .arithmetic(_, let a, let b, _): isConstant(a) && isConstant(b)
        case .test, .all, .any, .odd, .not: false
        }
    }
    private func isField(_ word: String) -> Bool {
        switch names.meaning(word) {
        case .record, .message: true
        case .type, .name, .protocolName: false
        case nil: Self.sliced(word).map { isField($0.name) } ?? false
        }
    }
    private func mismatch(_ type: FilterType, _ wanted: FilterType, _ t: FilterToken) -> FilterError {
        let (has, wants) = (
            FilterLiteralReader(type: type, names: names).what, FilterLiteralReader(type: wanted, names: names).what
        )
        return FilterError(message: "\(t.shown) is \(has), which is not held against \(wants)", range: t.range)
    }

    // MARK: - Words

    /// Reads a literal or a field. If the type accepts any word, a word is a field only if the same message has this
    /// field.
    private func literal(
        _ t: FilterToken, as wanted: FilterType, _ use: FilterLiteralReader.Use, beside other: FilterOperand?
    ) throws(FilterError) -> [Alternative] {
        let reader = FilterLiteralReader(type: wanted, names: names)
        var problem: FilterError?
        let isOpen = wanted.takesAnyWord || use == .part && wanted.family != .bytes
        if t.kind != .word || !isOpen {
            do throws(FilterError) {
                return [Alternative(operand: try reader.literal(t, use).operand, type: wanted)]
            } catch { problem = error }
        }
        if t.kind == .word, isField(t.text) {
            let fields = try field(t, nil)
            let types = other?.types ?? []
            let near = isOpen ? fields.filter { !types.isDisjoint(with: $0.operand.types) } : fields
            if !near.isEmpty {
                return try each(near) { one throws(FilterError) in
                    guard one.type.family.goes(with: wanted.family) else { throw mismatch(one.type, wanted, t) }
                    return [one]
                }
            }
        }
        if let problem { throw problem }
        return [Alternative(operand: try reader.literal(t, use).operand, type: wanted)]
    }
    /// Returns the fields that a word refers to, or a slice of them.
    private func field(_ t: FilterToken, _ sign: FilterToken?) throws(FilterError) -> [Alternative] {
        guard t.kind == .word else {
            guard t.kind == .string else {
                throw FilterError(message: "wants a field, not \(t.shown)", range: t.range)
            }
            return [Alternative(operand: .literal(.text(t.text)), type: .text)]
        }
        switch names.meaning(t.text) {
        case .type, .name: throw noField(t, "message")
        case .protocolName: throw noField(t, "protocol")
        case .record(let field):
            guard let kind = field.kind else {
                throw FilterError(
                    message: "`\(t.text)` is there or not: it has no value", range: (sign ?? t).range)
            }
            return [Alternative(operand: .record(field), type: .record(field, kind))]
        case .message(let paths):
            let groups = Dictionary(grouping: paths.filter { $0.kind != nil }) { $0.type(of: $0.kind ?? .json) }
            guard !groups.isEmpty else {
                throw FilterError(
                    message: "`\(t.text)` has fields of its own, and no value: \(paths.first?.inner ?? "")",
                    range: t.range)
            }
            // The order of the descriptions makes the first error always the same.
            var types: [FilterType] = []
            for path in paths {
                guard let kind = path.kind, !types.contains(path.type(of: kind)) else { continue }
                types.append(path.type(of: kind))
            }
            return types.map { type in
                let meaning: FieldMeaning? = if case .message(_, let meaning) = type { meaning } else { nil }
                return Alternative(
                    operand: .message(FilterOperand.places(groups[type] ?? []), meaning), type: type)
            }
        case nil:
            if let (name, slices) = Self.sliced(t.text), isField(name) {
                let inner = FilterToken(kind: .word, text: name, range: t.range)
                return try each(try field(inner, sign)) { one throws(FilterError) in [try slice(one, slices, t)] }
            }
            if let n = FilterNumber(t.text) {
                return [Alternative(operand: .literal(.number(n)), type: .number)]
            }
            throw names.unknown(t)
        }
    }
    private func noField(_ t: FilterToken, _ what: String) -> FilterError {
        FilterError(
            message:
                "`\(t.text)` is a \(what), not a field: `\(what) == \(t.text)`, or `\(t.text)` alone", range: t.range)
    }
    /// Splits `query[0:4]` into name and slices. Returns nil if no slice is at the end, or too many are.
    private static func sliced(_ word: String) -> (name: String, [FilterSlice])? {
        guard word.hasSuffix("]"), let open = word.lastIndex(of: "["),
            word.utf8.count(where: { $0 == UInt8(ascii: "[") }) <= maximumSlices,
            let slices = FilterSlice.all(word[word.index(after: open)...].dropLast())
        else { return nil }
        return (String(word[..<open]), slices)
    }

    // MARK: - Computed values

    private func slice(
        _ one: Alternative, _ slices: [FilterSlice], _ t: FilterToken
    ) throws(FilterError) -> Alternative {
        guard one.type.hasParts else {
            let what = FilterLiteralReader(type: one.type, names: names).what
            throw FilterError(message: "a slice is of bytes or text, not of \(what)", range: t.range)
        }
        let operand = FilterOperand.slice(one.operand, slices)
        guard one.type.family == .bytes else { return Alternative(operand: operand, type: .text) }
        var count: Int? = 0
        for slice in slices {
            guard let sum = count, let n = slice.count(in: one.type.byteCount) else {
                if let whole = one.type.byteCount {
                    throw FilterError(
                        message: "\(t.shown) is not within the \(whole) bytes of the field", range: t.range)
                }
                count = nil
                break
            }
            count = sum + n
        }
        return Alternative(operand: operand, type: .message(.bytes(count: count), nil))
    }
    private func call(
        _ function: FilterFunction, _ inner: FilterSyntax, _ t: FilterToken
    ) throws(FilterError) -> [Alternative] {
        // `count` also counts groups of fields.
        if function == .count, case .word(let field) = inner, case .message(let paths) = names.meaning(field.text) {
            let operand = FilterOperand.message(FilterOperand.places(paths), nil)
            return [Alternative(operand: .function(function, operand), type: .number)]
        }
        let inner = isConstant(inner) ? try operands(inner, as: .text) : try operands(inner)
        return try each(inner) { one throws(FilterError) in
            let operand = FilterOperand.function(function, one.operand)
            guard function != .count else { return [Alternative(operand: operand, type: .number)] }
            guard one.type.hasParts, function == .len || one.type.family != .bytes else {
                let (what, goes) = (
                    FilterLiteralReader(type: one.type, names: names).what, function == .len ? "text and bytes" : "text"
                )
                throw FilterError(
                    message: "`\(function.rawValue)` goes with \(goes), not with \(what)", range: t.range)
            }
            return [Alternative(operand: operand, type: function == .len ? .number : .text)]
        }
    }
    private func checkNumber(_ type: FilterType, _ t: FilterToken) throws(FilterError) {
        guard !type.isNumber else { return }
        let what = FilterLiteralReader(type: type, names: names).what
        throw FilterError(message: "`\(t.text)` goes with numbers, not with \(what)", range: t.range)
    }
    /// Returns the meanings of the operand next to a number of a type. For a sum or bits it has the same type, for a
    /// product it is a plain number. A divisor is a plain number, or has the same type.
    private func factor(
        _ sign: FilterArithmetic, _ type: FilterType, _ syntax: FilterSyntax
    ) throws(FilterError) -> [Alternative] {
        switch sign {
        case .plus, .minus, .bits: return try operands(syntax, as: type, .bound)
        case .times: return try operands(syntax, as: .number, .bound)
        case .divided, .remainder:
            do throws(FilterError) { return try operands(syntax, as: .number, .bound) } catch {
                guard !type.isPlainNumber else { throw error }
                return try operands(syntax, as: type, .bound)
            }
        }
    }
    private func arithmetic(
        _ sign: FilterArithmetic, _ left: FilterSyntax, _ right: FilterSyntax, at t: FilterToken,
        as wanted: FilterType?
    ) throws(FilterError) -> [Alternative] {
        let isReversed = isConstant(left) && !isConstant(right)
        let (first, second) = isReversed ? (right, left) : (left, right)
        let base = wanted.flatMap { $0.isNumber ? $0 : nil } ?? .number
        return try each(try operands(first, as: isConstant(first) ? base : nil)) { one throws(FilterError) in
            try checkNumber(one.type, t)
            return try each(try factor(sign, one.type, second)) { other throws(FilterError) in
                try checkNumber(other.type, t)
                let (a, b) = isReversed ? (other, one) : (one, other)
                // A ratio has no unit.
                let isRatio = sign == .divided && !a.type.isPlainNumber && !b.type.isPlainNumber
                let result = isRatio ? .number : a.type.isPlainNumber && !b.type.isPlainNumber ? b.type : a.type
                guard case .literal(let x) = a.operand, case .literal(let y) = b.operand else {
                    return [Alternative(operand: .arithmetic(sign, a.operand, b.operand), type: result)]
                }
                guard let x = x.number, let y = y.number, let n = sign.result(x, y) else {
                    throw FilterError(message: "this has no result in 128 bits", range: t.range)
                }
                return [Alternative(operand: .literal(.number(n)), type: result)]
            }
        }
    }
}

extension FilterOperand {
    /// The types of message that have the field; empty for fields of every record.
    var types: Set<ObjectIdentifier> {
        switch self {
        case .literal, .sinceStart, .record: []
        case .message(let places, _): Set(places.keys)
        case .slice(let inner, _), .function(_, let inner), .negative(let inner), .form(let inner, _): inner.types
        case .arithmetic(_, let a, let b): a.types.union(b.types)
        }
    }
}

extension FilterPath {
    func type(of kind: Wire.Kind) -> FilterType { .message(kind, meaning) }
    /// The fields inside this field, for errors.
    var inner: String {
        let path = steps.map(\.name).joined(separator: ".")
        let names = type.field(path)?.fields.map { path + "." + $0.name } ?? []
        return names.isEmpty ? "ask whether it is there by its name alone" : FilterNames.list(names)
    }
}
