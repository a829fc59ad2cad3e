internal import Wire

extension Loader {
    /// Splits text at its `$(...)`; reports what is not closed or not an expression.
    mutating func parts(_ s: String, _ node: YAMLNode, isQuoted: Bool) -> [Template.Part] {
        let all = Array(s)
        var out: [Template.Part] = []
        var plain = ""
        var at = 0
        let start = Position(line: node.span.start.line, column: node.span.start.column + (isQuoted ? 1 : 0))
        while at < all.count {
            guard all[at] == "$", at + 1 < all.count, all[at + 1] == "(" else {
                plain.append(all[at])
                at += 1
                continue
            }
            guard let end = Self.closing(all, at + 2) else {
                report(
                    .unclosedExpression, "`$(` is not closed: cut by a comma or brace of YAML?", node.span,
                    "put quotes around the whole value")
                return []
            }
            if !plain.isEmpty { out.append(.text(plain)) }
            plain = ""
            let inner = String(all[(at + 2)..<end])
            if let e = expression(inner, Position(line: start.line, column: start.column + at + 2)) {
                out.append(.expression(e))
            }
            at = end + 1
        }
        if !plain.isEmpty { out.append(.text(plain)) }
        return out
    }
    /// Where the parenthesis closes that was opened before `from`; quotes hide parentheses.
    static func closing(_ s: [Character], _ from: Int) -> Int? {
        var depth = 1
        var quote: Character?
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
    /// Parses an expression, notes the names it uses and checks its calls.
    mutating func expression(_ text: String, _ start: Position) -> Expression? {
        do throws(ExpressionError) {
            let e = try ExpressionParser.parse(text, start: start)
            let (used, calls) = e.uses()
            for (name, at) in used { uses.append((name, e.span(at, name.count))) }
            for (name, count, at) in calls {
                let span = e.span(at, name.count)
                guard let f = Function.all[name] else {
                    unknown(.unknownFunction, "function", name, Function.list.map(\.name), span)
                    continue
                }
                if !f.arguments.contains(count) {
                    report(.unknownFunction, "`\(name)` takes other arguments than these \(count)", span, f.usage)
                }
            }
            return e
        } catch {
            let p = Position(line: start.line, column: start.column + error.at)
            report(.expressionSyntax, error.message, Span(p, Position(line: p.line, column: p.column + 1)))
            return nil
        }
    }
    /// A scalar that must be one expression: `$(...)`, or (`bare`) the expression itself.
    mutating func condition(_ node: YAMLNode?, _ what: String, bare: Bool = false) -> Expression? {
        guard let node, let s = text(node, what), case .scalar(_, let isQuoted) = node.content else { return nil }
        if bare, !s.contains("$(") {
            return expression(
                s, Position(line: node.span.start.line, column: node.span.start.column + (isQuoted ? 1 : 0)))
        }
        let parts = parts(s, node, isQuoted: isQuoted)
        if parts.count == 1, case .expression(let e) = parts[0] { return e }
        if !parts.isEmpty { report(.badValue, "\(what) must be one expression, `$(...)`", node.span) }
        return nil
    }
    /// Any value, with expressions anywhere in it. Scalars without one stay text.
    mutating func template(_ node: YAMLNode) -> Template {
        switch node.content {
        case .scalar(let s, let isQuoted):
            guard s.contains("$(") else { return .constant(.text(s)) }
            let parts = parts(s, node, isQuoted: isQuoted)
            if parts.count == 1, case .expression(let e) = parts[0] { return .expression(e) }
            return .text(parts)
        case .sequence(let items): return .list(items.map { template($0) })
        case .mapping(let members):
            return .map(members.map { Template.Member(key: $0.key, value: template($0.value), span: $0.keySpan) })
        }
    }
    /// A duration or an expression for one.
    mutating func time(_ node: YAMLNode?, _ what: String) -> TimeTemplate? {
        guard let node, let s = text(node, what) else { return nil }
        if s.contains("$(") { return condition(node, what).map { .expression($0) } }
        if let d = Duration(text: s) { return .constant(d) }
        report(.badValue, "\(what) is a duration such as 250us, 20ms, 5s or 2m, this is `\(s)`", node.span)
        return nil
    }
    /// `a .. b`.
    mutating func window(_ node: YAMLNode?) -> (from: TimeTemplate, to: TimeTemplate)? {
        guard let node, let s = text(node, "window") else { return nil }
        guard let gap = s.firstRange(of: "..") else {
            report(.badValue, "window is `earliest .. latest`, this is `\(s)`", node.span)
            return nil
        }
        var isQuoted = false
        if case .scalar(_, let q) = node.content { isQuoted = q }
        func side(_ text: Substring) -> YAMLNode {
            let trimmed = text.drop { $0 == " " }
            let column =
                node.span.start.column + s.distance(from: s.startIndex, to: trimmed.startIndex) + (isQuoted ? 1 : 0)
            var word = String(trimmed)
            while word.last == " " { word.removeLast() }
            let start = Position(line: node.span.start.line, column: column)
            return YAMLNode(
                content: .scalar(word, isQuoted: false),
                span: Span(start, Position(line: start.line, column: column + word.count)))
        }
        guard let from = time(side(s[..<gap.lowerBound]), "window"), let to = time(side(s[gap.upperBound...]), "window")
        else { return nil }
        return (from, to)
    }

    // Values for fields of a message

    /// A value for fields of a message: every name and every constant is checked against the description.
    mutating func fields(_ node: YAMLNode, _ known: [FieldInfo], _ message: String) -> Template {
        guard case .mapping(let members) = node.content else {
            // An expression may give the whole group.
            if case .scalar(let s, _) = node.content, s.contains("$(") { return template(node) }
            report(.wrongShape, "fields of \(message) are a map, this is \(node.shape)", node.span)
            return .map([])
        }
        var out: [Template.Member] = []
        for m in members {
            guard let info = known.first(where: { $0.name == m.key }) else {
                unknown(.unknownField, "field of \(message)", m.key, known.map(\.name), m.keySpan)
                continue
            }
            let path = message + "." + m.key
            out.append(
                Template.Member(
                    key: m.key, value: fieldValue(m.value, info.shape, isList: info.isList, path), span: m.keySpan))
        }
        return .map(out)
    }
    mutating func fieldValue(
        _ node: YAMLNode, _ shape: FieldInfo.Shape, isList: Bool, _ path: String
    ) -> Template {
        if isList {
            if case .scalar(let s, _) = node.content, s.contains("$(") { return template(node) }
            return .list(list(node, path).map { fieldValue($0, shape, isList: false, path) })
        }
        switch shape {
        case .group(let inner): return fields(node, inner, path)
        case .leaf(let kind): return leaf(node, kind, path)
        }
    }
    /// A single value of a known kind.
    mutating func leaf(_ node: YAMLNode, _ kind: Kind, _ path: String) -> Template {
        if kind == .json { return template(node) }
        guard let s = text(node, path) else { return .constant(.null) }
        if s.contains("$(") { return template(node) }
        if s == "null", case .scalar(_, false) = node.content { return .constant(.null) }
        if kind == .bool, s == "true" || s == "false" { return .constant(.bool(s == "true")) }
        if let problem = Self.misfit(s, kind) {
            report(.badValue, "`\(s)` cannot be \(path): \(problem)", node.span)
        }
        return .constant(.text(s))
    }
    /// Why text cannot be of a kind; nil when it can.
    static func misfit(_ s: String, _ kind: Kind) -> String? {
        switch kind {
        case .uint(let bits):
            guard let n = Value.text(s).integer else { return "wants a number, decimal or 0x" }
            return bits < 64 && n >> UInt64(bits) != 0 ? "wants at most \(bits) bits" : nil
        case .code(let bits, let names):
            if names.contains(where: { $0.name == s }) { return nil }
            guard let n = Value.text(s).integer, bits >= 64 || n >> UInt64(bits) == 0 else {
                return "wants one of \(names.map(\.name).joined(separator: ", ")), or a number"
            }
            return nil
        case .int: return Int64(s) == nil ? "wants a whole number" : nil
        case .bool: return "wants true or false"
        case .bytes(let count):
            guard s.hasPrefix("0x"), let b = [UInt8](hex: s.dropFirst(2)) else { return "wants bytes, such as 0x5243" }
            return count.map { $0 != b.count ? "wants \($0) bytes, this is \(b.count)" : nil } ?? nil
        case .text, .json: return nil
        }
    }
}
