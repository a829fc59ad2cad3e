internal import Node
internal import Wire

extension Loader {
    /// Splits a scalar at each `$(...)`. It reports an unclosed parenthesis, and text that is not an expression.
    mutating func parts(_ s: String, _ node: YAMLNode) -> [Template.Part] {
        let all = Array(scalarsOf: s)
        let at = places.places(of: all, in: node)
        var out: [Template.Part] = []
        /// The beginning of the text that is not in `out` yet.
        var start = 0
        var i = 0
        while i < all.count {
            guard all[i] == "$", i + 1 < all.count, all[i + 1] == "(" else {
                i += 1
                continue
            }
            guard let end = Self.closing(all, i + 2) else {
                report(
                    .unclosedExpression, "`$(` is not closed: did a comma or brace of YAML cut it?",
                    Span(at[i], node.span.end), "put quotes around the whole value")
                return []
            }
            if i > start { out.append(.text(String(all[start..<i]))) }
            let inner = String(all[i + 2..<end])
            // The list has one position more, for errors at the end.
            if let e = expression(inner, Array(at[i + 2...end])) { out.append(.expression(e)) }
            i = end + 1
            start = i
        }
        if i > start { out.append(.text(String(all[start...]))) }
        return out
    }
    /// Returns the index of the closing parenthesis for the one before `from`. Parentheses in quotes do not count.
    static func closing(_ s: [Unicode.Scalar], _ from: Int) -> Int? {
        var depth = 1
        var quote: Unicode.Scalar?
        for i in from..<max(from, s.count) {
            if let q = quote {
                if s[i] == q { quote = nil }
            } else if s[i] == "'" || s[i] == "\"" {
                quote = s[i]
            } else if s[i] == "(" {
                depth += 1
            } else if s[i] == ")" {
                depth -= 1
                if depth == 0 { return i }
            }
        }
        return nil
    }
    /// Parses an expression, records the names that it uses, and checks its calls.
    mutating func expression(_ text: String, _ places: [Position], hyphens: Bool = false) -> Expression? {
        do throws(ExpressionError) {
            var e = try ExpressionParser.parse(text, places, hyphens: hyphens)
            if let readers = definition?.playing.functions.filter({ $0.reads != nil }), !readers.isEmpty {
                e = e.readingLinks {
                    links.contains($0) || links.contains(own($0))
                } _: { name in
                    readers.first { $0.name == name }?.reads
                }
            }
            let (used, calls) = e.uses()
            for (name, at) in used { uses.append((name, e.span(at, name.count))) }
            for call in calls { check(call, e) }
            return aliases.isEmpty && renamed.isEmpty ? e : e.renamed(aliases.merging(renamed) { $1 })
        } catch {
            let p = places.isEmpty ? Position(line: 1, column: 1) : places[min(error.at, places.count - 1)]
            report(.expressionSyntax, error.message, Span(p, Position(line: p.line, column: p.column + 1)))
            return nil
        }
    }
    /// Reports a call of an unknown function, or with a wrong number of arguments.
    mutating func check(_ call: Expression.Use, _ e: Expression) {
        let span = e.span(call.at, call.name.count)
        let count = call.arguments.count
        func wrong(_ usage: String, _ count: Int) {
            report(
                .unknownFunction, "`\(call.name)` does not take \(count) argument\(count == 1 ? "" : "s")", span, usage)
        }
        let own = definition?.playing.functions ?? []
        if let dotted = call.dotted ?? (call.receiver == nil ? call.name : nil),
            let f = own.first(where: { $0.name == dotted })
        {
            if !f.arguments.contains(count) { wrong(f.usage, count) }
            return
        }
        for (name, at) in call.receiver ?? [] { uses.append((name, e.span(at, name.count))) }
        guard let f = Function.all[call.name] else {
            unknown(.unknownFunction, "function", call.name, Function.all.keys.sorted() + own.map(\.name), span)
            return
        }
        let all = count + (call.receiver == nil ? 0 : 1)
        if !f.arguments.contains(all) {
            wrong(f.usage, all)
        } else if call.name == "has", case .literal(.text(let name))? = call.arguments.first {
            capability(name, span)
        }
    }
    /// Reports a capability that the protocol does not have. Capabilities for controls are not checked, because targets
    /// define them.
    mutating func capability(_ name: String, _ span: Span) {
        if name.hasPrefix("control.") { return }
        let own =
            name.hasPrefix(RunOptions.declaredPrefix) ? name.dropFirst(RunOptions.declaredPrefix.count) : name[...]
        guard let known = definition?.configuration.capabilities.map(\.name), !known.contains(String(own)) else {
            return
        }
        unknown(.unknownCapability, "capability", name, known, span)
    }
    /// Reads a scalar that must be one expression, `$(...)`. For capabilities, whose names can contain hyphens, the
    /// bare expression is also allowed.
    mutating func condition(_ node: YAMLNode?, _ what: String, ofCapabilities: Bool = false) -> Expression? {
        guard let node, let s = text(node, what) else { return nil }
        if ofCapabilities, !s.hasExpression {
            return expression(s, places.places(of: Array(scalarsOf: s), in: node), hyphens: true)
        }
        let before = diagnostics.count
        let parts = parts(s, node).filter { part in
            // A block scalar ends with a line feed.
            if case .text(let t) = part { !t.allSatisfy(\.isWhitespace) } else { true }
        }
        if parts.count == 1, case .expression(let e) = parts[0] { return e }
        if diagnostics.count == before { report(.badValue, "\(what) must be one expression, `$(...)`", node.span) }
        return nil
    }
    /// Reads a value whose type is unknown (`let`, `with`, `vectors`). Without quotes, decimal numbers, `true`,
    /// `false`, `null` and durations have their own types. Any other scalar is text.
    mutating func untyped(_ node: YAMLNode) -> Template {
        template(node) { s in
            if s == "true" || s == "false" { return .constant(.bool(s == "true")) }
            if s == "null" { return .constant(.null) }
            if let n = Int64(s), s.first != "+" { return .constant(n < 0 ? .int(n) : .uint(UInt64(n))) }
            return Duration(text: s).map { .time($0) } ?? .constant(.text(s))
        }
    }
    /// Reads any value, with expressions anywhere in it. Scalars without an expression are text. `plain` converts those
    /// without quotes.
    mutating func template(_ node: YAMLNode, plain: (String) -> Template = { .constant(.text($0)) }) -> Template {
        switch node.content {
        case .scalar(let s, let isQuoted):
            guard s.hasExpression else { return isQuoted ? .constant(.text(s)) : plain(s) }
            let parts = parts(s, node)
            if parts.count == 1, case .expression(let e) = parts[0] { return .expression(e) }
            return .text(parts)
        case .sequence(let items): return .list(items.map { template($0, plain: plain) })
        case .mapping(let members):
            return .map(
                members.map { Template.Member(key: $0.key, value: template($0.value, plain: plain), span: $0.keySpan) })
        }
    }
    /// Reads a duration, or an expression for one.
    mutating func time(_ node: YAMLNode?, _ what: String) -> Template? {
        guard let node, let s = text(node, what) else { return nil }
        if s.hasExpression { return condition(node, what).map { .expression($0) } }
        if let d = Duration(text: s) { return .time(d) }
        report(.badValue, "\(what) is a duration such as 250us, 20ms, 5s or 2m, this is `\(s)`", node.span)
        return nil
    }
    /// Reads an interval `a .. b`.
    mutating func window(_ node: YAMLNode?) -> (from: Template, to: Template)? {
        guard let node, let s = text(node, "window") else { return nil }
        let all = Array(scalarsOf: s)
        guard let gap = all.indices.dropLast().first(where: { all[$0] == "." && all[$0 + 1] == "." }) else {
            report(.badValue, "window is `earliest .. latest`, this is `\(s)`", node.span)
            return nil
        }
        let at = places.places(of: all, in: node)
        /// Returns one side as a scalar node of its own.
        func side(_ range: Range<Int>) -> YAMLNode {
            var range = range
            while let i = range.first, all[i] == " " || all[i] == "\n" { range = (i + 1)..<range.upperBound }
            while let i = range.last, all[i] == " " || all[i] == "\n" { range = range.lowerBound..<i }
            let start = range.first.map { at[$0] } ?? at[gap]
            let last = range.last.map { at[$0] } ?? start
            return YAMLNode(
                content: .scalar(String(all[range]), isQuoted: false),
                span: Span(start, Position(line: last.line, column: last.column + 1)))
        }
        let from = time(side(0..<gap), "window")
        let to = time(side(gap + 2..<all.count), "window")
        guard let from, let to else { return nil }
        if case .time(let a) = from, case .time(let b) = to, a > b {
            report(.timing, "the window ends before it begins", node.span)
        }
        return (from, to)
    }

    // Values for fields of a message

    /// Reads values for the fields of a message. It checks every name and every constant against the description.
    mutating func fields(_ node: YAMLNode, _ known: [FieldInfo], _ message: String) -> Template {
        guard case .mapping(let members) = node.content else {
            // An expression can give the whole group.
            if case .scalar(let s, _) = node.content, s.hasExpression { return template(node) }
            if isNull(node) { return .constant(.null) }
            report(.wrongShape, "fields of \(message) are a map, this is \(node.shape)", node.span)
            return .map([])
        }
        return .map(
            members.compactMap { m in
                guard let info = field(m.key, m.keySpan, known, message) else { return nil }
                let value = fieldValue(m.value, info.shape, isList: info.isList, message + "." + m.key)
                return Template.Member(key: m.key, value: value, span: m.keySpan)
            })
    }
    /// Returns a field of a message or group by its name; reports an unknown field.
    mutating func field(_ name: String, _ span: Span, _ known: [FieldInfo], _ message: String) -> FieldInfo? {
        if let info = known.first(where: { $0.name == name }) { return info }
        unknown(.unknownField, "field of \(message)", name, known.map(\.name), span)
        return nil
    }
    mutating func fieldValue(
        _ node: YAMLNode, _ shape: FieldInfo.Shape, isList: Bool, _ path: String
    ) -> Template {
        if isList {
            if case .scalar(let s, _) = node.content, s.hasExpression { return template(node) }
            return .list(list(node, path).map { fieldValue($0, shape, isList: false, path) })
        }
        switch shape {
        case .group(let inner): return fields(node, inner, path)
        case .leaf(let kind): return leaf(node, kind, path)
        }
    }
    /// Returns whether the node is `null` without quotes, which is an absent field.
    func isNull(_ node: YAMLNode) -> Bool {
        if case .scalar("null", isQuoted: false) = node.content { true } else { false }
    }
    /// Reads a single value of a known kind.
    mutating func leaf(_ node: YAMLNode, _ kind: Kind, _ path: String) -> Template {
        if kind == .json { return template(node) { .constant(Self.json($0)) } }
        guard let s = text(node, path) else { return .constant(.null) }
        if s.hasExpression { return template(node) }
        if isNull(node) { return .constant(.null) }
        if kind == .bool, s == "true" || s == "false" { return .constant(.bool(s == "true")) }
        let (value, problem) = Self.typed(s, kind)
        if let problem { report(.badValue, "`\(s)` cannot be \(path): \(problem)", node.span) }
        return .constant(value)
    }
    /// Returns the JSON value of a scalar without quotes: a number, `true`, `false` or `null` in JSON syntax, or else
    /// text.
    static func json(_ s: String) -> Value {
        switch s {
        case "true", "false": .bool(s == "true")
        case "null": .null
        default: JSON.isNumber(s) ? number(s) : .text(s)
        }
    }
    /// Returns the number in a text, in the form that messages use.
    private static func number(_ s: String) -> Value {
        let text = Value.text(s)
        return text.integer.map { .uint($0) } ?? text.signedInteger.map { .int($0) } ?? .decimal(s)
    }
    /// Converts text to a value of the kind. Numbers become numbers, so that a difference shows them as such; names of
    /// code points remain text. `problem` is the reason why the text does not fit the kind; nil if it fits.
    static func typed(_ s: String, _ kind: Kind) -> (value: Value, problem: String?) {
        /// Returns the number in the text, and a problem if it is not a number of at most `bits` bits.
        func wide(_ bits: Int, _ wanted: String, beyond: String) -> (Value, String?) {
            guard let n = Value.text(s).integer else { return (.text(s), wanted) }
            return (.uint(n), bits < 64 && n >> UInt64(bits) != 0 ? beyond : nil)
        }
        switch kind {
        case .uint(let bits):
            return wide(bits, "wants a number, decimal or 0x", beyond: "wants at most \(bits) bits")
        case .code(let bits, let names):
            let wanted = "wants one of \(names.map(\.name).joined(separator: ", ")), or a number"
            let (value, problem) = wide(bits, wanted, beyond: wanted)
            return (value, names.contains { $0.name == s } ? nil : problem)
        case .int:
            guard let n = Value.text(s).signedInteger else { return (.text(s), "wants a whole number") }
            return (.int(n), nil)
        case .float:
            guard Double(Value.text(s)) != nil else { return (.text(s), "wants a number") }
            return (Self.number(s), nil)
        case .bool: return (.text(s), "wants true or false")
        case .bytes(let count):
            guard s.hasPrefix("0x"), let b = [UInt8](hex: s.dropFirst(2)) else {
                return (.text(s), "wants bytes, such as 0x5243")
            }
            return (.bytes(b), count.flatMap { $0 == b.count ? nil : "wants \($0) bytes, this is \(b.count)" })
        case .text, .json: return (.text(s), nil)
        }
    }
}
