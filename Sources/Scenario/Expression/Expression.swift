public import Wire

/// A parsed `$(...)`. It has no side effects, and its size limits its work.
public struct Expression: Hashable, Sendable {
    /// The text between the parentheses.
    public var text: String
    /// The position in the file of each of its Unicode scalars.
    var places: [Position]
    var root: Node

    indirect enum Node: Hashable, Sendable {
        case literal(Term)
        case name(String, at: Int)
        case member(Node, String, at: Int)
        case call(String, [Node], at: Int)
        /// `x.f(a)`: the function f of x and a, or the protocol's function `x.f`.
        case method(Node, String, [Node], at: Int)
        /// `x => body`, allowed only as an argument.
        case lambda(String, Node)
        case not(Node, at: Int)
        case minus(Node, at: Int)
        case binary(Operator, Node, Node, at: Int)
        case list([Node])
    }
    /// The operators in the order in which the parser tries them: `<=` before `<`.
    enum Operator: String, CaseIterable, Sendable {
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
        /// The precedence. A higher rank binds tighter.
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
    /// The position in the file where the expression begins.
    public var start: Position { span(0).start }
    /// Returns the span in the file for an offset into the text.
    func span(_ at: Int, _ length: Int = 1) -> Span {
        let at = max(0, at)
        guard let p = places.isEmpty ? nil : places[min(at, places.count - 1)] else { return .top }
        let last = places[min(at + max(1, length) - 1, places.count - 1)]
        return Span(p, Position(line: last.line, column: last.column + 1))
    }
    var whole: Span { span(0, text.unicodeScalars.count) }
    /// Returns every name in the expression with its offset, and every call.
    func uses() -> (names: [(String, Int)], calls: [Use]) {
        var names: [(String, Int)] = []
        var calls: [Use] = []
        func walk(_ n: Node, _ bound: [String]) {
            switch n {
            case .name(let s, let at): if !bound.contains(s) { names.append((s, at)) }
            case .call(let s, let args, let at):
                calls.append(Use(name: s, dotted: nil, arguments: args, at: at, receiver: nil))
                args.forEach { walk($0, bound) }
            case .method(let of, let s, let args, let at):
                let dotted = of.dotted.map { $0 + "." + s }
                let before = names.count
                walk(of, bound)
                let receiver = Array(names[before...])
                names.removeSubrange(before...)
                calls.append(Use(name: s, dotted: dotted, arguments: args, at: at, receiver: receiver))
                args.forEach { walk($0, bound) }
            case .lambda(let name, let body): walk(body, bound + [name])
            default: n.parts.forEach { walk($0, bound) }
            }
        }
        walk(root, [])
        return (names, calls)
    }
    /// Returns the same expression with other names. Arguments of its functions keep their names.
    func renamed(_ names: [String: String]) -> Expression {
        func walk(_ n: Node, _ names: [String: String]) -> Node {
            switch n {
            case .name(let s, let at): .name(names[s] ?? s, at: at)
            case .lambda(let s, let body): .lambda(s, walk(body, names.filter { $0.key != s }))
            default: n.mapped { walk($0, names) }
            }
        }
        var out = self
        out.root = walk(root, names)
        return out
    }
    /// Returns the same expression in which `wire` reads the messages of a link that is given to a function of the
    /// protocol. `message`: the name of the messages that a function reads, if it does.
    func readingLinks(_ isLink: (String) -> Bool, _ message: (String) -> String?) -> Expression {
        func walk(_ n: Node, _ bound: Set<String>) -> Node {
            if case .lambda(let s, let body) = n { return .lambda(s, walk(body, bound.union([s]))) }
            guard case .method(let of, let name, let arguments, let at) = n, let first = arguments.first,
                let reads = of.dotted.flatMap({ message($0 + "." + name) })
            else { return n.mapped { walk($0, bound) } }
            /// Returns the messages of a link, or of several links joined by `+`.
            func read(_ n: Node) -> Node {
                switch n {
                // An argument of `x => ...` is one of the links of a crowd.
                case .name(let s, _) where isLink(s) || bound.contains(s):
                    .call("wire", [n, .literal(.text(reads))], at: Node.implied)
                case .binary(.plus, let a, let b, let at): .binary(.plus, read(a), read(b), at: at)
                default: walk(n, bound)
                }
            }
            return .method(of, name, [read(first)] + arguments.dropFirst().map { walk($0, bound) }, at: at)
        }
        var out = self
        out.root = walk(root, [])
        return out
    }
    /// A call in an expression.
    struct Use {
        var name: String
        /// The name with the chain of names before it, possibly a function of the protocol; nil without such a chain.
        var dotted: String?
        var arguments: [Node]
        var at: Int
        /// The names in the receiver of a method call; nil for a plain call.
        var receiver: [(String, Int)]?
    }
    /// The names of capabilities: chains of names joined by dots. `isPure`: the expression consists of capabilities,
    /// truth values and && || ! only.
    var capabilities: (names: [(String, Int)], isPure: Bool) {
        var names: [(String, Int)] = []
        func walk(_ n: Node) -> Bool {
            if let s = n.dotted {
                names.append((s, n.place))
                return true
            }
            switch n {
            case .literal(.bool): return true
            case .not(let a, _): return walk(a)
            case .minus(let a, _):
                _ = walk(a)
                return false
            case .binary(let op, let a, let b, _):
                let arePure = [walk(a), walk(b)] == [true, true]
                return arePure && (op == .and || op == .or)
            default: return false
            }
        }
        let isPure = walk(root)
        return (names, isPure)
    }
}

extension Expression.Node {
    /// The text `a.b.c` if the node is a chain of names; nil if not.
    var dotted: String? {
        switch self {
        case .name(let s, _): s
        case .member(let of, let s, _): of.dotted.map { $0 + "." + s }
        default: nil
        }
    }
    /// The offset of a call that the text does not have.
    static let implied = -1
    /// Returns the node with other nodes directly inside it.
    func mapped(_ change: (Self) -> Self) -> Self {
        switch self {
        case .literal, .name: self
        case .member(let of, let s, let at): .member(change(of), s, at: at)
        case .call(let s, let arguments, let at): .call(s, arguments.map(change), at: at)
        case .method(let of, let s, let arguments, let at): .method(change(of), s, arguments.map(change), at: at)
        case .lambda(let s, let body): .lambda(s, change(body))
        case .not(let a, let at): .not(change(a), at: at)
        case .minus(let a, let at): .minus(change(a), at: at)
        case .binary(let op, let a, let b, let at): .binary(op, change(a), change(b), at: at)
        case .list(let items): .list(items.map(change))
        }
    }
    /// The nodes directly inside it.
    var parts: [Self] {
        switch self {
        case .literal, .name: []
        case .member(let of, _, _): [of]
        case .call(_, let arguments, _): arguments
        case .method(let of, _, let arguments, _): [of] + arguments
        case .lambda(_, let inner), .not(let inner, _), .minus(let inner, _): [inner]
        case .binary(_, let a, let b, _): [a, b]
        case .list(let items): items
        }
    }
    /// The offset where the node begins; 0 if that is unknown.
    var place: Int {
        switch self {
        case .name(_, let at): at
        case .member(let of, _, _): of.place
        default: 0
        }
    }
}

/// The reason why a text is not an expression, and the offset of the character.
struct ExpressionError: Error, Equatable {
    var at: Int
    var message: String
}

/// The result of an expression.
public indirect enum Term: Hashable, Sendable {
    case null
    case bool(Bool)
    case number(Int128)
    case text(String)
    case bytes([UInt8])
    case duration(Duration)
    case list([Term])
    case map([Member])
    /// `x => ...`, an argument of functions such as `all`. It is never a value of a message.
    case function(Function)

    /// A function of one argument, with the expression that it is part of.
    public struct Function: Hashable, Sendable {
        var parameter: String
        var body: Expression.Node
        var expression: Expression
    }
    /// A member of a map. Maps keep the order of their members.
    public struct Member: Hashable, Sendable {
        /// The name of the member, as in `pair.public`.
        public var name: String
        public var value: Term
        public init(_ name: String, _ value: Term) {
            self.name = name
            self.value = value
        }
        /// Returns true if the bytes of the names are equal, and the values.
        public static func == (a: Member, b: Member) -> Bool { a.name.hasSameBytes(as: b.name) && a.value == b.value }
    }
    /// Returns true if both are the same value. Texts are equal if their bytes are.
    public static func == (a: Term, b: Term) -> Bool {
        switch (a, b) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.number(let a), .number(let b)): a == b
        case (.text(let a), .text(let b)): a.hasSameBytes(as: b)
        case (.bytes(let a), .bytes(let b)): a == b
        case (.duration(let a), .duration(let b)): a == b
        case (.list(let a), .list(let b)): a == b
        case (.map(let a), .map(let b)): a == b
        case (.function(let a), .function(let b)): a == b
        default: false
        }
    }
    /// The maximum number of values in one list, including those in nested lists.
    static let maximumSize = 65_536
    /// True if the term has at most `maximumSize` parts.
    var isOfValidSize: Bool {
        var left = Self.maximumSize
        return fits(&left)
    }
    /// Returns whether the term has at most `left` parts, and subtracts their number from `left`.
    private func fits(_ left: inout Int) -> Bool {
        left -= 1
        guard left >= 0 else { return false }
        switch self {
        case .list(let items): return items.allSatisfy { $0.fits(&left) }
        case .map(let members): return members.allSatisfy { $0.value.fits(&left) }
        default: return true
        }
    }
    /// The member called `name`; nil if this is not a map or lacks the member.
    public subscript(name: String) -> Term? {
        guard case .map(let members) = self else { return nil }
        return members.first { $0.name.hasSameBytes(as: name) }?.value
    }
    /// The bytes in the member `bytes` if the term is a record with that member; otherwise the term itself.
    var carried: Term { if case .bytes? = self["bytes"] { self["bytes"] ?? self } else { self } }
    /// A description of the type of the value.
    public var kind: String {
        switch self {
        case .null: "nothing"
        case .bool: "a truth value"
        case .number: "a number"
        case .text: "text"
        case .bytes(let b): "\(b.count) bytes"
        case .duration: "a duration"
        case .list: "a list"
        case .map: "a map"
        case .function: "a function"
        }
    }
    /// Converts a value of a message.
    public init(_ v: Value) {
        switch v {
        case .null: self = .null
        case .bool(let b): self = .bool(b)
        case .uint(let n): self = .number(Int128(n))
        case .int(let n): self = .number(Int128(n))
        // Expressions support whole numbers only.
        case .decimal(let s), .text(let s): self = .text(s)
        case .bytes(let b): self = .bytes(b)
        case .list(let items): self = .list(items.map(Term.init))
        case .map(let entries): self = .map(entries.map { Member($0.key, Term($0.value)) })
        }
    }
    /// The value in the form that fields and patterns use; nil for durations, functions and numbers beyond 64 bits.
    public var value: Value? {
        switch self {
        case .null: return .null
        case .bool(let b): return .bool(b)
        case .number(let n): return UInt64(exactly: n).map { .uint($0) } ?? Int64(exactly: n).map { .int($0) }
        case .text(let s): return .text(s)
        case .bytes(let b): return .bytes(b)
        case .duration, .function: return nil
        case .list(let items):
            let all = items.compactMap(\.value)
            return all.count == items.count ? .list(all) : nil
        case .map(let members):
            let all = members.compactMap { m in m.value.value.map { Value.Entry(m.name, $0) } }
            return all.count == members.count ? .map(all) : nil
        }
    }
    /// The term as text: numbers in decimal, bytes in hexadecimal, durations with their unit.
    public var text: String {
        switch self {
        case .null: "null"
        case .bool(let b): b ? "true" : "false"
        case .number(let n): String(n)
        case .text(let s): s
        case .bytes(let b): "0x" + b.hex
        case .duration(let d): d.text
        case .list(let items): "[" + items.map(\.text).joined(separator: ", ") + "]"
        case .map(let members): "{" + members.map { $0.name + ": " + $0.value.text }.joined(separator: ", ") + "}"
        case .function(let f): f.parameter + " => ..."
        }
    }
}
