internal import Wire

/// Reads the text of a filter.
struct FilterParser {
    /// Parentheses and negations within each other at most.
    static let maximumDepth = 100
    private let tokens: [FilterToken]
    private let names: FilterNames
    private var at = 0
    private var depth = 0

    init(_ text: String, _ names: FilterNames) throws(FilterError) {
        tokens = try FilterScanner.tokens(text)
        self.names = names
    }
    private var token: FilterToken { tokens[min(at, tokens.count - 1)] }
    private mutating func take() -> FilterToken {
        defer { at = min(at + 1, tokens.count - 1) }
        return token
    }
    private mutating func skip(symbol: String, word: String) -> Bool {
        guard token.isSymbol(symbol) || token.isWord(word) else { return false }
        _ = take()
        return true
    }

    mutating func whole() throws(FilterError) -> FilterNode {
        guard token.kind != .end else {
            throw FilterError(
                message: "a filter wants a test, such as `message == \(names.messages.first ?? "x")`", range: 0..<0)
        }
        let node = try alternatives()
        guard token.kind == .end else {
            let hint =
                token.isSymbol(")") ? "this closes nothing" : "wants `and`, `or` or the end before \(token.shown)"
            throw FilterError(message: hint, range: token.range)
        }
        return node
    }
    private mutating func alternatives() throws(FilterError) -> FilterNode {
        var nodes = [try conjunction()]
        while skip(symbol: "||", word: "or") { nodes.append(try conjunction()) }
        return nodes.count == 1 ? nodes[0] : .any(nodes)
    }
    private mutating func conjunction() throws(FilterError) -> FilterNode {
        var nodes = [try negation()]
        while skip(symbol: "&&", word: "and") { nodes.append(try negation()) }
        return nodes.count == 1 ? nodes[0] : .all(nodes)
    }
    private mutating func negation() throws(FilterError) -> FilterNode {
        let start = token
        guard skip(symbol: "!", word: "not") else { return try primary() }
        try enter(start)
        defer { depth -= 1 }
        return .not(try negation())
    }
    private mutating func enter(_ token: FilterToken) throws(FilterError) {
        guard depth < Self.maximumDepth else {
            throw FilterError(message: "more than \(Self.maximumDepth) levels within each other", range: token.range)
        }
        depth += 1
    }
    private mutating func primary() throws(FilterError) -> FilterNode {
        let start = token
        if start.isSymbol("(") {
            _ = take()
            try enter(start)
            defer { depth -= 1 }
            let inner = try alternatives()
            guard token.isSymbol(")") else {
                if token.kind == .end {
                    throw FilterError(message: "this parenthesis is not closed", range: start.range)
                }
                throw FilterError(message: "wants `and`, `or` or `)` before \(token.shown)", range: token.range)
            }
            _ = take()
            return inner
        }
        guard start.kind == .word, !["and", "or", "in", "contains", "matches"].contains(start.text) else {
            throw FilterError(
                message: "wants a field, the name of a message, `not` or `(`, not \(start.shown)", range: start.range)
        }
        _ = take()
        guard let meaning = names.meaning(start.text) else { throw names.unknown(start) }
        return try test(start, meaning)
    }
    private enum Operator {
        case comparison(FilterTest.Comparison)
        case among
        case contains
        case matches
    }
    private mutating func `operator`() -> Operator? {
        let found: Operator? =
            switch (token.kind, token.text) {
            case (.symbol, let s): FilterTest.Comparison(rawValue: s).map { .comparison($0) }
            case (.word, "in"): .among
            case (.word, "contains"): .contains
            case (.word, "matches"): .matches
            default: nil
            }
        if found != nil { _ = take() }
        return found
    }
    private mutating func test(_ field: FilterToken, _ meaning: FilterNames.Meaning) throws(FilterError) -> FilterNode {
        let sign = token
        let found = `operator`()
        switch meaning {
        case .type, .name, .protocolName:
            guard found == nil else {
                let right = if case .protocolName = meaning { "protocol" } else { "message" }
                throw FilterError(
                    message:
                        "`\(field.text)` is a \(right), not a field: `\(right) == \(field.text)`, or `\(field.text)` alone",
                    range: field.range)
            }
            switch meaning {
            case .type(let type): return .type(ObjectIdentifier(type))
            case .name(let name): return .name(name)
            default: return .protocolName(field.text)
            }
        case .record(let record):
            guard let found else { return .record(record, .present) }
            guard let kind = record.kind else {
                throw FilterError(message: "`\(field.text)` is there or not: it has no value", range: sign.range)
            }
            let reader = FilterLiteralReader(kind: .record(record, kind), names: names)
            return .record(record, try self.test(found, sign, reader))
        case .message(let paths):
            var asked: [ObjectIdentifier: (steps: [FilterStep], test: FilterTest)] = [:]
            guard let found else {
                for p in paths { asked[ObjectIdentifier(p.type)] = (p.steps, .present) }
                return .message(asked)
            }
            // Types may differ in what a field holds: those that the literal fits are meant.
            let start = at
            var end = at
            var problem: FilterError?
            for p in paths {
                at = start
                guard let kind = p.kind else {
                    problem =
                        problem
                        ?? FilterError(
                            message: "`\(field.text)` has fields of its own, and no value: \(Self.inner(p))",
                            range: field.range)
                    continue
                }
                do throws(FilterError) {
                    let reader = FilterLiteralReader(kind: .message(kind), names: names)
                    asked[ObjectIdentifier(p.type)] = (p.steps, try self.test(found, sign, reader))
                    end = at
                } catch {
                    problem = problem ?? error
                }
            }
            if asked.isEmpty, let problem { throw problem }
            at = end
            return .message(asked)
        }
    }
    private static func inner(_ path: FilterPath) -> String {
        let steps = path.steps.map(\.name).joined(separator: ".")
        let names = path.type.field(steps)?.fields.map { steps + "." + $0.name } ?? []
        return names.isEmpty ? "ask whether it is there by its name alone" : FilterNames.list(names)
    }
    private mutating func test(_ found: Operator, _ sign: FilterToken, _ reader: FilterLiteralReader)
        throws(FilterError)
        -> FilterTest
    {
        switch found {
        case .comparison(let c):
            let isOrder = c != .equal && c != .unequal
            if isOrder, !reader.hasOrder {
                throw FilterError(
                    message: "`\(c.rawValue)` does not go with \(reader.what): `==`, `!=` or `in`", range: sign.range)
            }
            return .compare(c, try reader.literal(take(), isWhole: !isOrder))
        case .contains: return .contains(try reader.part(take(), sign))
        case .matches:
            let t = take()
            guard t.kind == .expression || t.kind == .string else {
                throw FilterError(
                    message: "`matches` wants an expression, such as /tcp.*/, not \(t.shown)", range: t.range)
            }
            do throws(RegularExpressionError) { return .matches(try RegularExpression(t.text)) } catch {
                throw FilterError(message: "this is no expression: \(error)", range: t.range)
            }
        case .among:
            let open = take()
            guard open.isSymbol("{") else {
                throw FilterError(
                    message: "`in` wants { and values, such as {1, 2, 5..9}, not \(open.shown)", range: open.range)
            }
            var ranges: [(low: FilterLiteral, high: FilterLiteral)] = []
            repeat {
                let t = take()
                ranges.append(try reader.range(t))
            } while skip(symbol: ",", word: ",")
            guard token.isSymbol("}") else {
                throw FilterError(message: "wants `,` or `}` before \(token.shown)", range: token.range)
            }
            _ = take()
            return .among(ranges)
        }
    }
}
