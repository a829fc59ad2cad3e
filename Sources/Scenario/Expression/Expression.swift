/// A parsed `$(...)`: no side effects, and work bounded by its size.
public struct Expression: Hashable, Sendable {
    /// The text between the parentheses.
    public var text: String
    /// Where each of its scalars stands in the file.
    var places: [Position]
    var root: Node

    indirect enum Node: Hashable, Sendable {
        case literal(Term)
        case name(String, at: Int)
        case member(Node, String, at: Int)
        case call(String, [Node], at: Int)
        case not(Node, at: Int)
        case minus(Node, at: Int)
        case binary(Operator, Node, Node, at: Int)
        case list([Node])
    }
    enum Operator: String, Hashable, Sendable {
        case or = "||"
        case and = "&&"
        case equal = "=="
        case unequal = "!="
        case lessOrEqual = "<="
        case greaterOrEqual = ">="
        case less = "<"
        case greater = ">"
        case plus = "+"
        case minus = "-"
        case times = "*"
        case over = "/"
        /// Higher binds tighter.
        var rank: Int {
            switch self {
            case .or: 1
            case .and: 2
            case .equal, .unequal: 3
            case .lessOrEqual, .greaterOrEqual, .less, .greater: 4
            case .plus, .minus: 5
            case .times, .over: 6
            }
        }
    }
    /// Where it begins in the file.
    public var start: Position { span(0).start }
    /// A span of the file for an offset into the text.
    func span(_ at: Int, _ length: Int = 1) -> Span {
        guard let p = places.isEmpty ? nil : places[min(at, places.count - 1)] else { return .top }
        let last = places[min(at + max(1, length) - 1, places.count - 1)]
        return Span(p, Position(line: last.line, column: last.column + 1))
    }
    /// A call of a function in an expression.
    struct Call {
        var name: String
        var arguments: [Node]
        var at: Int
    }
    /// All of it.
    var whole: Span { span(0, text.unicodeScalars.count) }
    /// Every name that it uses, with where, and every call with its number of arguments.
    func uses() -> (names: [(String, Int)], calls: [Call]) {
        var names: [(String, Int)] = []
        var calls: [Call] = []
        func walk(_ n: Node) {
            switch n {
            case .literal: break
            case .name(let s, let at): names.append((s, at))
            case .member(let of, _, _): walk(of)
            case .call(let s, let args, let at):
                calls.append(Call(name: s, arguments: args, at: at))
                args.forEach(walk)
            case .not(let a, _), .minus(let a, _): walk(a)
            case .binary(_, let a, let b, _):
                walk(a)
                walk(b)
            case .list(let items): items.forEach(walk)
            }
        }
        walk(root)
        return (names, calls)
    }
}

/// Why a text is not an expression: what was wanted, at which character.
struct ExpressionError: Error, Equatable {
    var at: Int
    var message: String
}
