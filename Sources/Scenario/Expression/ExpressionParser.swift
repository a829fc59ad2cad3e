/// A parser of expressions that uses precedence climbing.
struct ExpressionParser {
    static let maximumDepth = 64
    /// The maximum number of parts of one expression. A chain such as `a + b + ...` is as deep as it is long.
    static let maximumParts = 500
    /// The operators with their one or two characters.
    private static let operators = Expression.Operator.allCases.compactMap { op in
        let all = Array(op.rawValue.unicodeScalars)
        return all.first.map { (operator: op, first: $0, second: all.dropFirst().first) }
    }
    let text: [Unicode.Scalar]
    var at = 0
    var depth = 0
    var parts = 0
    /// True if names can contain hyphens. There is no subtraction then.
    let hyphens: Bool

    init(_ text: String, hyphens: Bool = false) {
        self.text = Array(scalarsOf: text)
        self.hyphens = hyphens
    }

    /// Parses the whole `text` as one expression. `places` holds the position of each of its scalars.
    static func parse(
        _ text: String, _ places: [Position], hyphens: Bool = false
    ) throws(ExpressionError) -> Expression {
        var p = ExpressionParser(text, hyphens: hyphens)
        let root = try p.expression(0)
        p.skipSpace()
        guard p.at == p.text.count else { throw p.error("an operator or the end") }
        return Expression(text: text, places: places, root: root)
    }
    func error(_ wanted: String) -> ExpressionError {
        let had = at < text.count ? "`\(text[at])`" : "the end"
        return ExpressionError(at: at, message: "expected \(wanted), found \(had)")
    }
    mutating func skipSpace() { while at < text.count, text[at].isSpace { at += 1 } }
    mutating func take(_ c: Unicode.Scalar, _ second: Unicode.Scalar? = nil) -> Bool {
        skipSpace()
        guard at < text.count, text[at] == c else { return false }
        if let second, at + 1 >= text.count || text[at + 1] != second { return false }
        at += second == nil ? 1 : 2
        return true
    }
    mutating func expression(_ rank: Int) throws(ExpressionError) -> Expression.Node {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else {
            throw ExpressionError(at: at, message: "nested deeper than \(Self.maximumDepth) levels")
        }
        var left = try unary()
        while true {
            skipSpace()
            let before = at
            guard at < text.count else { return left }
            let next = text[at]
            guard let op = Self.operators.first(where: { $0.first == next && take($0.first, $0.second) })?.operator
            else { return left }
            guard op.rank > rank else {
                at = before
                return left
            }
            try count()
            left = .binary(op, left, try expression(op.rank), at: before)
        }
    }
    mutating func count() throws(ExpressionError) {
        parts += 1
        if parts > Self.maximumParts {
            throw ExpressionError(at: at, message: "an expression has at most \(Self.maximumParts) parts")
        }
    }
    mutating func unary() throws(ExpressionError) -> Expression.Node {
        skipSpace()
        let here = at
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else {
            throw ExpressionError(at: at, message: "nested deeper than \(Self.maximumDepth) levels")
        }
        if take("!") { return .not(try unary(), at: here) }
        if take("-") { return .minus(try unary(), at: here) }
        var node = try primary()
        while take(".") {
            let here = at
            try count()
            guard let name = word() else { throw error("a member's name") }
            node = take("(") ? .method(node, name, try arguments(")"), at: here) : .member(node, name, at: here)
        }
        return node
    }
    mutating func word() -> String? {
        skipSpace()
        let start = at
        while at < text.count, text[at].isWordStart || at > start && (text[at].isDigit || hyphens && text[at] == "-") {
            at += 1
        }
        return at > start ? String(text[start..<at]) : nil
    }
    mutating func primary() throws(ExpressionError) -> Expression.Node {
        skipSpace()
        guard at < text.count else { throw error("a value") }
        try count()
        let here = at
        let c = text[at]
        if c == "'" || c == "\"" { return .literal(.text(try quoted(c))) }
        if c.isDigit { return .literal(try number()) }
        if take("(") {
            let inner = try expression(0)
            guard take(")") else { throw error("`)`") }
            return inner
        }
        if take("[") { return .list(try arguments("]")) }
        guard let name = word() else { throw error("a value") }
        switch name {
        case "true": return .literal(.bool(true))
        case "false": return .literal(.bool(false))
        case "null": return .literal(.null)
        default: return take("(") ? .call(name, try arguments(")"), at: here) : .name(name, at: here)
        }
    }
    mutating func arguments(_ close: Unicode.Scalar) throws(ExpressionError) -> [Expression.Node] {
        var out: [Expression.Node] = []
        if take(close) { return out }
        while true {
            out.append(try argument())
            if take(close) { return out }
            guard take(",") else { throw error("`,` or `\(close)`") }
        }
    }
    /// Parses an expression or `x => expression`.
    mutating func argument() throws(ExpressionError) -> Expression.Node {
        let before = at
        if let name = word(), take("=", ">") { return .lambda(name, try expression(0)) }
        at = before
        return try expression(0)
    }
    mutating func quoted(_ quote: Unicode.Scalar) throws(ExpressionError) -> String {
        at += 1
        let start = at
        while at < text.count, text[at] != quote { at += 1 }
        guard at < text.count else { throw error("the closing quote") }
        defer { at += 1 }
        return String(text[start..<at])
    }
    mutating func number() throws(ExpressionError) -> Term {
        let start = at
        while at < text.count, text[at].isWordStart || text[at].isDigit || text[at] == "." { at += 1 }
        let word = String(text[start..<at])
        if word.hasPrefix("0x") {
            let digits = word.dropFirst(2)
            if digits.count > 16 {
                throw ExpressionError(at: start, message: "the number exceeds 64 bits: write hex('...') for bytes")
            }
            if let n = UInt64(digits, radix: 16), digits.first != "+" { return .number(Int128(n)) }
        } else if let n = Int128(word), word.count <= 20 {
            return .number(n)
        } else if let d = Duration(text: word) {
            return .duration(d)
        }
        throw ExpressionError(at: start, message: "`\(word)` is not a number or duration (250us, 20ms, 5s, 2m)")
    }
}

extension [Unicode.Scalar] {
    /// Creates the list of the scalars of a text.
    init(scalarsOf text: String) {
        self = []
        var text = text
        text.withUTF8 { append(utf8: $0) }
    }
    /// Appends the scalars of UTF-8 bytes. The bytes are nearly always ASCII, which has a fast path.
    mutating func append(utf8 bytes: UnsafeBufferPointer<UInt8>) {
        if bytes.allSatisfy({ $0 < 0x80 }) {
            append(contentsOf: bytes.lazy.map { Unicode.Scalar($0) })
        } else {
            append(contentsOf: String(decoding: bytes, as: UTF8.self).unicodeScalars)
        }
    }
}

extension String {
    /// Creates a string from scalars.
    init(_ scalars: ArraySlice<Unicode.Scalar>) {
        self.init(unsafeUninitializedCapacity: scalars.reduce(0) { $0 + UTF8.width($1) }) { out in
            var end = 0
            for scalar in scalars {
                if scalar.isASCII {
                    out[end] = UInt8(truncatingIfNeeded: scalar.value)
                    end += 1
                    continue
                }
                for byte in scalar.utf8 {
                    out[end] = byte
                    end += 1
                }
            }
            return end
        }
    }
    /// True if the text contains `$(`.
    var hasExpression: Bool {
        var before: UInt8 = 0
        for byte in utf8 {
            if before == UInt8(ascii: "$"), byte == UInt8(ascii: "(") { return true }
            before = byte
        }
        return false
    }
}

extension Unicode.Scalar {
    var isSpace: Bool { isASCII ? self == " " || value >= 9 && value <= 13 : properties.isWhitespace }
    var isDigit: Bool { self >= "0" && self <= "9" }
    var isWordStart: Bool { self >= "a" && self <= "z" || self >= "A" && self <= "Z" || self == "_" }
}
