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
        /// `x.f(a)`: f of x and a, or the protocol's function `x.f`.
        case method(Node, String, [Node], at: Int)
        /// `x => body`: only as an argument.
        case lambda(String, Node)
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
    var whole: Span { span(0, text.unicodeScalars.count) }
    /// Every name that it uses, with where, and every call: its name, its protocol name where it has one, its number of
    /// arguments.
    func uses() -> (names: [(String, Int)], calls: [Use]) {
        var names: [(String, Int)] = []
        var calls: [Use] = []
        func walk(_ n: Node, _ bound: [String]) {
            switch n {
            case .literal: break
            case .name(let s, let at): if !bound.contains(s) { names.append((s, at)) }
            case .member(let of, _, _): walk(of, bound)
            case .call(let s, let args, let at):
                calls.append(Use(name: s, dotted: nil, arguments: args, at: at, receiver: nil))
                args.forEach { walk($0, bound) }
            case .method(let of, let s, let args, let at):
                let dotted = of.dotted.map { $0 + "." + s }
                var receiver: [(String, Int)] = []
                let before = names.count
                walk(of, bound)
                receiver = Array(names[before...])
                names.removeSubrange(before...)
                calls.append(Use(name: s, dotted: dotted, arguments: args, at: at, receiver: receiver))
                args.forEach { walk($0, bound) }
            case .lambda(let name, let body): walk(body, bound + [name])
            case .not(let a, _), .minus(let a, _): walk(a, bound)
            case .binary(_, let a, let b, _):
                walk(a, bound)
                walk(b, bound)
            case .list(let items): items.forEach { walk($0, bound) }
            }
        }
        walk(root, [])
        return (names, calls)
    }
    /// The same with other names, except for arguments of its functions.
    func renamed(_ names: [String: String]) -> Expression {
        func walk(_ n: Node, _ names: [String: String]) -> Node {
            switch n {
            case .literal: return n
            case .name(let s, let at): return .name(names[s] ?? s, at: at)
            case .member(let of, let s, let at): return .member(walk(of, names), s, at: at)
            case .call(let s, let args, let at): return .call(s, args.map { walk($0, names) }, at: at)
            case .method(let of, let s, let args, let at):
                return .method(walk(of, names), s, args.map { walk($0, names) }, at: at)
            case .lambda(let s, let body): return .lambda(s, walk(body, names.filter { $0.key != s }))
            case .not(let a, let at): return .not(walk(a, names), at: at)
            case .minus(let a, let at): return .minus(walk(a, names), at: at)
            case .binary(let op, let a, let b, let at): return .binary(op, walk(a, names), walk(b, names), at: at)
            case .list(let items): return .list(items.map { walk($0, names) })
            }
        }
        var out = self
        out.root = walk(root, names)
        return out
    }
    /// A call in an expression.
    struct Use {
        var name: String
        /// With what stands before it, when that is a chain of names: perhaps a function of the protocol.
        var dotted: String?
        var arguments: [Node]
        var at: Int
        /// Names in what stands before it; nil for a plain call.
        var receiver: [(String, Int)]?
    }
    /// Whether it is made of names, truth values and && || ! only.
    var isOfNames: Bool {
        func walk(_ n: Node) -> Bool {
            if n.dotted != nil { return true }
            switch n {
            case .literal(.bool): return true
            case .not(let a, _): return walk(a)
            case .binary(let op, let a, let b, _): return (op == .and || op == .or) && walk(a) && walk(b)
            default: return false
            }
        }
        return walk(root)
    }
    /// The names of capabilities: chains of names joined by dots.
    var chains: [(String, Int)] {
        var out: [(String, Int)] = []
        func walk(_ n: Node) {
            if let s = n.dotted { return out.append((s, n.place)) }
            switch n {
            case .not(let a, _), .minus(let a, _): walk(a)
            case .binary(_, let a, let b, _):
                walk(a)
                walk(b)
            default: break
            }
        }
        walk(root)
        return out
    }
}

extension Expression.Node {
    /// `a.b.c`, when that is what it is.
    var dotted: String? {
        switch self {
        case .name(let s, _): s
        case .member(let of, let s, _): of.dotted.map { $0 + "." + s }
        default: nil
        }
    }
    /// Where it begins; 0 where that is not known.
    var place: Int {
        switch self {
        case .name(_, let at): at
        case .member(let of, _, _): of.place
        default: 0
        }
    }
}

/// Why a text is not an expression: what was wanted, at which character.
struct ExpressionError: Error, Equatable {
    var at: Int
    var message: String
}
