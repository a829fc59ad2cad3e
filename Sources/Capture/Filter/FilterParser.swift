internal import Wire

/// A parser of a filter's text. It builds the syntax tree but does not resolve names.
struct FilterParser {
    /// The maximum nesting of parentheses, negations, functions and arithmetic operators.
    static let maximumDepth = 100
    private static let words: Set<String> = [
        "and", "or", "xor", "not", "in", "contains", "matches", "eq", "ne", "lt", "le", "gt", "ge",
    ]
    private static let comparisons: [String: (FilterComparison, isNegated: Bool, FilterQuantifier?)] = [
        "==": (.equal, false, nil), "eq": (.equal, false, nil), "any_eq": (.equal, false, .any),
        "===": (.equal, false, .all), "all_eq": (.equal, false, .all),
        "!=": (.equal, true, nil), "ne": (.equal, true, nil), "all_ne": (.equal, true, .all),
        "!==": (.equal, true, .any), "any_ne": (.equal, true, .any),
        "<": (.less, false, nil), "lt": (.less, false, nil), "<=": (.lessOrEqual, false, nil),
        "le": (.lessOrEqual, false, nil), ">": (.greater, false, nil), "gt": (.greater, false, nil),
        ">=": (.greaterOrEqual, false, nil), "ge": (.greaterOrEqual, false, nil),
    ]
    private let tokens: [FilterToken]
    private var at = 0
    private var depth = 0
    /// True if a value is missing. The compiler reports the error, because the field determines the expected value.
    private var isBroken = false

    init(_ text: String) throws(FilterError) { tokens = try FilterScanner.tokens(text) }
    private var token: FilterToken { tokens[min(at, tokens.count - 1)] }
    private var following: FilterToken { tokens[min(at + 1, tokens.count - 1)] }
    private mutating func take() -> FilterToken {
        defer { at = min(at + 1, tokens.count - 1) }
        return token
    }
    private mutating func skip(symbol: String, word: String) -> Bool {
        guard token.isSymbol(symbol) || token.isWord(word) else { return false }
        _ = take()
        return true
    }

    /// Parses the whole text. The error for an empty filter shows `example`, which is a test.
    mutating func whole(example: String) throws(FilterError) -> FilterSyntax {
        guard token.kind != .end else {
            throw FilterError(message: "a filter wants a test, such as `\(example)`", range: 0..<0)
        }
        let all = try alternatives()
        guard isBroken || token.kind == .end else {
            let hint =
                token.isSymbol(")") ? "this closes nothing" : "wants `and`, `or` or the end before \(token.shown)"
            throw FilterError(message: hint, range: token.range)
        }
        return all
    }

    // MARK: - Tests

    private mutating func alternatives() throws(FilterError) -> FilterSyntax {
        var parts = [try oddity()]
        while skip(symbol: "||", word: "or") { parts.append(try oddity()) }
        return parts.count == 1 ? parts[0] : .any(parts)
    }
    private mutating func oddity() throws(FilterError) -> FilterSyntax {
        var parts = [try conjunction()]
        while skip(symbol: "^^", word: "xor") { parts.append(try conjunction()) }
        return parts.count == 1 ? parts[0] : .odd(parts)
    }
    private mutating func conjunction() throws(FilterError) -> FilterSyntax {
        var parts = [try negation()]
        while skip(symbol: "&&", word: "and") { parts.append(try negation()) }
        return parts.count == 1 ? parts[0] : .all(parts)
    }
    private mutating func negation() throws(FilterError) -> FilterSyntax {
        let start = token
        guard skip(symbol: "!", word: "not") else { return try test() }
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
    private mutating func test() throws(FilterError) -> FilterSyntax {
        var quantifier: FilterQuantifier?
        if token.kind == .word, following.kind == .word, !Self.words.contains(following.text) {
            quantifier = FilterQuantifier(rawValue: token.text)
        }
        if quantifier != nil { _ = take() }
        let value = try bits(isOperand: false)
        if value.isTest { return value }
        let isNegated = token.isWord("not") && ["in", "contains", "matches"].contains { following.isWord($0) }
        if isNegated { _ = take() }
        let sign = token
        let asked: FilterSyntax.Asked
        switch (sign.kind, sign.text) {
        case (.word, "in"):
            _ = take()
            asked = .among(try elements(), isNegated: isNegated)
        case (.word, "contains"):
            _ = take()
            asked = .contains(try bits(), isNegated: isNegated)
        case (.word, "matches"):
            _ = take()
            asked = .matches(try expression(), isNegated: isNegated)
        case (.word, let s), (.symbol, let s):
            guard let (comparison, differs, count) = Self.comparisons[s] else { fallthrough }
            _ = take()
            quantifier = quantifier ?? count
            asked = .compare(comparison, try bits(), isNegated: differs)
        default:
            guard let quantifier else { return value }
            throw FilterError(
                message: "`\(quantifier.rawValue)` wants a comparison behind its field, not \(sign.shown)",
                range: sign.range)
        }
        return .test(value, asked, sign, quantifier)
    }
    private mutating func elements() throws(FilterError) -> [FilterToken] {
        let open = take()
        guard open.isSymbol("{") else {
            throw FilterError(
                message: "`in` wants { and values, such as {1, 2, 5..9}, not \(open.shown)", range: open.range)
        }
        var all: [FilterToken] = []
        repeat { all.append(take()) } while skip(symbol: ",", word: ",")
        guard token.isSymbol("}") else {
            throw FilterError(message: "wants `,` or `}` before \(token.shown)", range: token.range)
        }
        _ = take()
        return all
    }
    private mutating func expression() throws(FilterError) -> RegularExpression {
        let t = take()
        guard t.kind == .expression || t.kind == .string else {
            throw FilterError(
                message: "`matches` wants an expression, such as /^tcp/, not \(t.shown)", range: t.range)
        }
        // As in Wireshark, a match of a part of the text is enough. Case is ignored unless the expression begins with
        // `(?-i)`.
        let (ignores, counts) = (t.text.hasPrefix("(?i)"), t.text.hasPrefix("(?-i)"))
        let text = String(t.text.dropFirst(ignores ? 4 : counts ? 5 : 0))
        do throws(RegularExpressionError) {
            return try RegularExpression(text, ignoringCase: !counts, anywhere: true)
        } catch {
            throw FilterError(message: "this is no expression: \(error)", range: t.range)
        }
    }

    // MARK: - Values

    /// Parses operators, from the loosest binding to the tightest: `&`, then `+` and `-`, then the others. If
    /// `isOperand`, a test is not allowed.
    private mutating func bits(isOperand: Bool = true) throws(FilterError) -> FilterSyntax {
        try chain(0, isOperand)
    }
    private static let signs: [[FilterArithmetic]] = [[.bits], [.plus, .minus], [.times, .divided, .remainder]]
    private mutating func chain(_ level: Int, _ isOperand: Bool) throws(FilterError) -> FilterSyntax {
        guard level < Self.signs.count else { return try value(isOperand) }
        let outer = depth
        defer { depth = outer }
        var left = try chain(level + 1, isOperand)
        while !isBroken, token.kind == .symbol, let sign = FilterArithmetic(rawValue: token.text),
            Self.signs[level].contains(sign)
        {
            let t = take()
            guard !left.isTest else {
                throw FilterError(message: "`\(t.text)` goes with values, and this is a test", range: t.range)
            }
            // Each operator adds one level to the syntax tree.
            try enter(t)
            left = .arithmetic(sign, left, try chain(level + 1, true), t)
        }
        return left
    }
    private mutating func value(_ isOperand: Bool) throws(FilterError) -> FilterSyntax {
        let start = token
        if start.isSymbol("-") {
            guard following.kind == .word || following.isSymbol("(") else {
                throw FilterError(message: "`-` wants a number or a field behind it", range: start.range)
            }
            _ = take()
            try enter(start)
            defer { depth -= 1 }
            return .negative(try value(true), start)
        }
        if start.isSymbol("(") {
            _ = take()
            return try inParentheses(start, isOperand)
        }
        let isName = start.kind == .word && !Self.words.contains(start.text)
        guard isName || start.kind == .string || start.kind == .expression && isOperand else {
            guard isOperand else {
                throw FilterError(
                    message: "wants a field, the name of a message, `not` or `(`, not \(start.shown)",
                    range: start.range)
            }
            isBroken = true
            return .word(start)
        }
        _ = take()
        guard start.kind == .word, token.isSymbol("("), token.range.lowerBound == start.range.upperBound else {
            return .word(start)
        }
        guard let function = FilterFunction(rawValue: start.text) else {
            let known = FilterFunction.allCases.map(\.rawValue)
            let meant = NearestName.suggestion(for: start.text, in: known)
            throw FilterError(
                message: "no function is called `\(start.text)`\(meant); there are \(known.joined(separator: ", "))",
                range: start.range)
        }
        let open = take()
        return try sliced(.call(function, try inParentheses(open, true), start))
    }
    private mutating func inParentheses(_ open: FilterToken, _ isOperand: Bool) throws(FilterError) -> FilterSyntax {
        try enter(open)
        defer { depth -= 1 }
        let inner = isOperand ? try bits() : try alternatives()
        if isBroken { return inner }
        guard token.isSymbol(")") else {
            if token.kind == .end {
                throw FilterError(message: "this parenthesis is not closed", range: open.range)
            }
            throw FilterError(
                message: "wants \(isOperand ? "" : "`and`, `or` or ")`)` before \(token.shown)", range: token.range)
        }
        _ = take()
        return inner.isTest ? inner : try sliced(inner)
    }
    /// Parses the brackets directly after a parenthesis.
    private mutating func sliced(_ inner: FilterSyntax) throws(FilterError) -> FilterSyntax {
        guard at > 0, token.kind == .word, token.text.hasPrefix("["),
            token.range.lowerBound == tokens[at - 1].range.upperBound
        else { return inner }
        let t = take()
        guard t.text.hasSuffix("]"), let slices = FilterSlice.all(t.text.dropFirst().dropLast()) else {
            throw FilterError(message: "wants a slice, such as [0:4], not \(t.shown)", range: t.range)
        }
        return .slice(inner, slices, t)
    }
}
