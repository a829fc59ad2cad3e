internal import Wire

/// The syntax tree of a filter, before names are resolved.
indirect enum FilterSyntax {
    /// A name or a literal. If a value is missing, it is the token in its place.
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

    /// The condition on a value.
    enum Asked {
        case compare(FilterComparison, FilterSyntax, isNegated: Bool)
        case among([FilterToken], isNegated: Bool)
        case contains(FilterSyntax, isNegated: Bool)
        case matches(RegularExpression, isNegated: Bool)
    }
    /// True for one or several tests; false for a value.
    var isTest: Bool {
        switch self {
        case .word, .slice, .call, .negative, .arithmetic: false
        case .test, .all, .any, .odd, .not: true
        }
    }
    /// The token that an error marks.
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

/// The number of a field's values that must pass.
enum FilterQuantifier: String, Sendable {
    case any
    case all
}

/// A function of a value.
enum FilterFunction: String, CaseIterable, Sendable {
    /// The number of bytes of a byte string or of text.
    case len
    /// The number of values of a field.
    case count
    case lower
    case upper
}
