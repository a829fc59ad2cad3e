internal import Wire

/// A token of a filter's text.
struct FilterToken: Hashable {
    enum Kind: Hashable {
        /// A name, number, address or time.
        case word
        /// Text in quotes.
        case string
        /// Text between slashes.
        case expression
        /// An operator, bracket or comma.
        case symbol
        case end
    }
    var kind: Kind
    /// The text without quotes and slashes.
    var text: String
    var range: Range<Int>

    func isSymbol(_ s: String) -> Bool { kind == .symbol && text == s }
    func isWord(_ s: String) -> Bool { kind == .word && text == s }
    /// The token as errors show it.
    var shown: String { kind == .end ? "the end" : kind == .string ? "\"\(text)\"" : "`\(text)`" }
}

/// A scanner that splits a filter's text into tokens.
struct FilterScanner {
    private let text: [Unicode.Scalar]
    private var at = 0
    private static let symbols = [
        "===", "!==", "==", "!=", "<=", ">=", "&&", "||", "^^", "<", ">", "!", "&", "(", ")", "{", "}", ",",
    ]
    /// The characters that are operators only between blanks or after a parenthesis, because names and literals may
    /// contain them.
    private static let arithmetic: Set<Unicode.Scalar> = ["+", "-", "*", "/", "%"]

    init(_ text: String) { self.text = Array(text.unicodeScalars) }

    static func tokens(_ text: String) throws(FilterError) -> [FilterToken] {
        var scanner = FilterScanner(text)
        var out: [FilterToken] = []
        repeat { out.append(try scanner.next(after: out.last)) } while out.last?.kind != .end
        return out
    }
    private mutating func next(after last: FilterToken?) throws(FilterError) -> FilterToken {
        while at < text.count, text[at].properties.isWhitespace { at += 1 }
        let start = at
        guard at < text.count else { return FilterToken(kind: .end, text: "", range: at..<at) }
        switch text[at] {
        case "\"", "'": return try quoted()
        case "/" where last?.isWord("matches") ?? false: return try expression()
        case let c where Self.arithmetic.contains(c):
            let next = at + 1 < text.count ? text[at + 1] : " "
            let isAlone = Self.endsWord(next) || c == "-" && next.properties.isAlphabetic
            guard isAlone || last?.isSymbol(")") ?? false && last?.range.upperBound == at else {
                if c == "/" { return try expression() }
                break
            }
            at += 1
            return FilterToken(kind: .symbol, text: string(start..<at), range: start..<at)
        default: break
        }
        for s in Self.symbols where text[at...].starts(with: s.unicodeScalars) {
            at += s.unicodeScalars.count
            return FilterToken(kind: .symbol, text: s, range: start..<at)
        }
        guard !Self.endsWord(text[at]) else {
            let c = text[at]
            let meant = c == "=" || c == "|" ? NearestName.suggestion("\(c)\(c)") : ""
            throw FilterError(message: "`\(c)` means nothing here\(meant)", range: at..<at + 1)
        }
        while at < text.count, !Self.endsWord(text[at]) { at = (text[at] == "[" ? sliceEnd : nil) ?? at + 1 }
        return FilterToken(kind: .word, text: string(start..<at), range: start..<at)
    }
    /// The position after the bracket of a slice that begins here, which may contain commas and blanks; nil if no slice
    /// begins here.
    private var sliceEnd: Int? {
        let end = text[(at + 1)...].firstIndex { c in
            switch c {
            case "0"..."9", ":", "-", ",", " ": false
            default: true
            }
        }
        guard let end, text[end] == "]" else { return nil }
        return end + 1
    }
    private static func endsWord(_ c: Unicode.Scalar) -> Bool {
        switch c {
        case "(", ")", "{", "}", ",", "=", "!", "<", ">", "&", "|", "\"", "'": true
        default: c.properties.isWhitespace
        }
    }
    private func string(_ range: Range<Int>) -> String {
        var s = String.UnicodeScalarView()
        s.append(contentsOf: text[range])
        return String(s)
    }
    private mutating func quoted() throws(FilterError) -> FilterToken {
        let (start, quote) = (at, text[at])
        var out = String.UnicodeScalarView()
        at += 1
        while at < text.count, text[at] != quote {
            guard text[at] == "\\" else {
                out.append(text[at])
                at += 1
                continue
            }
            out.append(try escaped())
        }
        guard at < text.count else {
            throw FilterError(message: "this text has no closing \(quote)", range: start..<at)
        }
        at += 1
        return FilterToken(kind: .string, text: String(out), range: start..<at)
    }
    /// Reads an escaped character: the character itself, `\n`, `\r`, `\t`, `\xNN` or `\u{N}`.
    private mutating func escaped() throws(FilterError) -> Unicode.Scalar {
        let start = at
        at += 2
        guard at <= text.count else {
            throw FilterError(message: "nothing stands behind `\\`", range: start..<text.count)
        }
        var digits = 0..<0
        switch text[at - 1] {
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "x": digits = at..<min(text.count, at + 2)
        case "u" where at < text.count && text[at] == "{":
            let close = text[at...].firstIndex(of: "}") ?? text.count
            digits = at + 1..<close
        case let c where c.properties.isAlphabetic || c.properties.numericType != nil:
            throw FilterError(
                message: "`\\\(c)` is none of \\n \\r \\t \\xNN \\u{N}, \\\\ and quotes", range: start..<at)
        case let c: return c
        }
        let number = UInt32(string(digits), radix: 16)
        at = min(text.count, digits.upperBound + (text[start + 1] == "u" ? 1 : 0))
        guard let number, digits.count <= 6, text[digits.lowerBound] != "+", let c = Unicode.Scalar(number) else {
            throw FilterError(
                message: "this is no character: \\xNN or \\u{N} with hexadecimal digits", range: start..<at)
        }
        return c
    }
    private mutating func expression() throws(FilterError) -> FilterToken {
        let start = at
        var out = String.UnicodeScalarView()
        at += 1
        while at < text.count, text[at] != "/" {
            if text[at] == "\\", at + 1 < text.count {
                if text[at + 1] != "/" { out.append(text[at]) }
                at += 1
            }
            out.append(text[at])
            at += 1
        }
        guard at < text.count else {
            throw FilterError(message: "this expression has no closing /", range: start..<at)
        }
        at += 1
        return FilterToken(kind: .expression, text: String(out), range: start..<at)
    }
}
