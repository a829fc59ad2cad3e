internal import Wire

/// A compiler that resolves the names of a filter and checks that the operands of each test fit together.
///
/// A name may refer to fields of several message types that hold different kinds of values. Each of them is a separate
/// alternative. The compiler keeps the alternatives that fit the other operand.
struct FilterCompiler {
    let names: FilterNames

    /// One meaning of an operand.
    struct Alternative {
        var operand: FilterOperand
        var type: FilterType
    }

    func node(_ syntax: FilterSyntax) throws(FilterError) -> FilterNode {
        switch syntax {
        case .all(let parts): .all(try parts.map { p throws(FilterError) in try node(p) })
        case .any(let parts): .any(try parts.map { p throws(FilterError) in try node(p) })
        case .odd(let parts): .odd(try parts.map { p throws(FilterError) in try node(p) })
        case .not(let inner): .not(try node(inner))
        case .test(let left, let asked, let sign, let quantifier): try test(left, asked, at: sign, for: quantifier)
        case .word(let t): try alone(t)
        case .slice, .call, .negative, .arithmetic: Self.any(try operands(syntax).map { .present($0.operand) })
        }
    }
    private static func any(_ nodes: [FilterNode]) -> FilterNode { nodes.count == 1 ? nodes[0] : .any(nodes) }

    /// Compiles a word that is a test by itself.
    private func alone(_ t: FilterToken) throws(FilterError) -> FilterNode {
        guard t.kind == .word else {
            throw FilterError(
                message: "wants a field, the name of a message, `not` or `(`, not \(t.shown)", range: t.range)
        }
        switch names.meaning(t.text) {
        case .type(let type): return .type(ObjectIdentifier(type))
        case .name(let name): return .name(name)
        case .protocolName(let name): return .protocolName(name)
        case .record(let field): return .present(.record(field))
        case .message(let paths): return .present(.message(FilterOperand.places(paths), nil))
        case nil: return Self.any(try operands(.word(t)).map { .present($0.operand) })
        }
    }
    private func test(
        _ left: FilterSyntax, _ asked: FilterSyntax.Asked, at sign: FilterToken, for quantifier: FilterQuantifier?
    ) throws(FilterError) -> FilterNode {
        if case .compare(let comparison, let right, let isNegated) = asked, isConstant(left), !isConstant(right) {
            return try exchanged(left, comparison.mirrored, right, isNegated: isNegated, at: sign, for: quantifier)
        }
        let lefts = try operands(left, sign: sign)
        guard !isConstant(left) else {
            throw FilterError(
                message: "\(left.token.shown) is no field, and neither is what it is held against",
                range: left.token.range)
        }
        var byType: [ObjectIdentifier: [FilterNode]] = [:]
        let nodes = try each(lefts) { left throws(FilterError) -> [FilterNode] in
            let found = try self.test(left, asked, at: sign, for: quantifier)
            for type in left.operand.types { byType[type, default: []] += found }
            return found
        }
        // However many alternatives there are, each message is tested once.
        return lefts.count > 1 && lefts.allSatisfy { !$0.operand.types.isEmpty }
            ? .byType(byType.mapValues(Self.any)) : Self.any(nodes)
    }
    /// Compiles a test of one meaning of the left operand.
    private func test(
        _ left: Alternative, _ asked: FilterSyntax.Asked, at sign: FilterToken, for quantifier: FilterQuantifier?
    ) throws(FilterError) -> [FilterNode] {
        let reader = FilterLiteralReader(type: left.type, names: names)
        func test(_ operand: FilterOperand, _ test: FilterTest, _ isNegated: Bool) -> FilterNode {
            if case .record(.message) = operand, !isNegated { names.nameLayers(by: test) }
            return .test(operand, test, isNegated: isNegated, quantifier ?? (isNegated ? .all : .any))
        }
        switch asked {
        case .compare(let comparison, let right, let isNegated):
            if comparison != .equal, !left.type.hasOrder {
                throw FilterError(
                    message: "`\(sign.text)` does not go with \(reader.what): `==`, `!=` or `in`",
                    range: sign.range)
            }
            let use = comparison == .equal ? FilterLiteralReader.Use.whole : .bound
            return try operands(right, as: left.type, use, beside: left.operand)
                .map { test(left.operand, .compare(comparison, $0.operand), isNegated) }
        case .among(let tokens, let isNegated):
            let ranges = try tokens.map { t throws(FilterError) in try reader.range(t) }
                .map { (low: $0.low.operand, high: $0.low == $0.high ? nil : $0.high.operand) }
            return [test(left.operand, .among(ranges), isNegated)]
        case .contains(let part, let isNegated):
            guard left.type.hasParts else {
                // Users know from Wireshark that a frame has bytes.
                var hint = ""
                if case .record(.frame) = left.operand { hint = ": the bytes of a message are `bytes`" }
                throw FilterError(
                    message: "`contains` goes with text and bytes, not with \(reader.what)\(hint)", range: sign.range)
            }
            // A word that is not hexadecimal is a part of the field's text form.
            if case .message(_, .form(let form)?) = left.type, case .word(let t) = part, t.kind == .word,
                t.text.contains(".") || (try? reader.literal(t, .part)) == nil, names.meaning(t.text) == nil
            {
                let text = FilterOperand.literal(.text(t.text))
                return [test(.form(left.operand, form), .contains(text), isNegated)]
            }
            return try operands(part, as: left.type, .part, beside: left.operand)
                .map { test(left.operand, .contains($0.operand), isNegated) }
        case .matches(let expression, let isNegated):
            let plain = test(left.operand, .matches(expression), isNegated)
            guard case .message(_, .form(let form)?) = left.type else { return [plain] }
            let both = [plain, test(.form(left.operand, form), .matches(expression), isNegated)]
            return [isNegated ? .all(both) : .any(both)]
        }
    }
    /// Compiles a comparison of a literal with a field.
    private func exchanged(
        _ left: FilterSyntax, _ comparison: FilterComparison, _ right: FilterSyntax, isNegated: Bool,
        at sign: FilterToken, for quantifier: FilterQuantifier?
    ) throws(FilterError) -> FilterNode {
        do throws(FilterError) {
            return try test(right, .compare(comparison, left, isNegated: isNegated), at: sign, for: quantifier)
        } catch {
            // The word is not a literal of this field. If it is not the name of a field either, `operands` throws the
            // better error.
            guard case .word(let t) = left, t.kind == .word, error.range == t.range else { throw error }
            _ = try operands(left)
            throw error
        }
    }
    /// Returns the results of `body` for the alternatives that it accepts. If it rejects all of them, throws the first
    /// error.
    func each<T>(
        _ all: [Alternative], _ body: (Alternative) throws(FilterError) -> [T]
    ) throws(FilterError) -> [T] {
        var out: [T] = []
        var problem: FilterError?
        for one in all {
            do throws(FilterError) { out += try body(one) } catch { problem = problem ?? error }
        }
        if out.isEmpty, let problem { throw problem }
        return out
    }
}

extension FilterOperand {
    /// Returns the location of a field in each type of message that has it.
    static func places(_ paths: [FilterPath]) -> [ObjectIdentifier: Place] {
        Dictionary(
            paths.map { path in
                let isAmount = if case .amount = path.meaning { true } else { false }
                return (ObjectIdentifier(path.type), Place(steps: path.steps, isAmount: isAmount))
            }
        ) { a, _ in a }
    }
}
