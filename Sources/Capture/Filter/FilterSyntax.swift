internal import Wire

/// A filter as it was written, before it is known what its words mean.
indirect enum FilterSyntax {
    /// A name or a literal; at the end of the text, or of what could be one, the token that stands there.
    case word(FilterToken)
    case slice(FilterSyntax, [FilterSlice], FilterToken)
    case call(FilterFunction, FilterSyntax, FilterToken)
    case negative(FilterSyntax, FilterToken)
    case arithmetic(FilterArithmetic, FilterSyntax, FilterSyntax, FilterToken)
    case test(FilterSyntax, Asked, FilterToken, FilterQuantifier?)
    case all([FilterSyntax])
    case any([FilterSyntax])
    case odd([FilterSyntax])
    case not(FilterSyntax)

    /// What is asked of a value.
    enum Asked {
        case compare(FilterComparison, FilterSyntax, isNegated: Bool)
        case among([FilterToken], isNegated: Bool)
        case contains(FilterSyntax, isNegated: Bool)
        case matches(RegularExpression, isNegated: Bool)
    }
    /// It is a test, or several, and no value.
    var isTest: Bool {
        switch self {
        case .word, .slice, .call, .negative, .arithmetic: false
        case .test, .all, .any, .odd, .not: true
        }
    }
    /// Where it stands, for errors.
    var token: FilterToken {
        switch self {
        case .word(let t), .slice(_, _, let t), .call(_, _, let t), .negative(_, let t), .arithmetic(_, _, _, let t),
            .test(_, _, let t, _):
            t
        case .all(let nodes), .any(let nodes), .odd(let nodes):
            nodes.first?.token ?? FilterToken(kind: .end, text: "", range: 0..<0)
        case .not(let inner): inner.token
        }
    }
}

/// How many of the values of a field have to pass.
enum FilterQuantifier: String, Sendable {
    case any
    case all
}

/// What is made of a value.
enum FilterFunction: String, CaseIterable, Sendable {
    /// Bytes of a byte string, or of text.
    case len
    /// How many values a field has.
    case count
    case lower
    case upper
}
