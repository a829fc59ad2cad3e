internal import Node
internal import Wire

extension Loader {
    /// A pattern for the fields of a message.
    mutating func pattern(_ node: YAMLNode, _ known: [FieldInfo], _ message: String) -> PatternTemplate {
        guard case .mapping(let members) = node.content else {
            report(.wrongShape, "a pattern for \(message) is a map, this is \(node.shape)", node.span)
            return .any
        }
        if members.contains(where: { $0.key.hasPrefix("$") }) {
            return operators(members, .group(known), isList: false, message)
        }
        return .fields(group(members, known, message), isClosed: false)
    }
    mutating func group(
        _ members: [YAMLNode.Member], _ known: [FieldInfo], _ message: String
    ) -> [PatternTemplate.Member] {
        var out: [PatternTemplate.Member] = []
        for m in members {
            guard let info = known.first(where: { $0.name == m.key }) else {
                unknown(.unknownField, "field of \(message)", m.key, known.map(\.name), m.keySpan)
                continue
            }
            let p = fieldPattern(m.value, info.shape, isList: info.isList, message + "." + m.key)
            out.append(PatternTemplate.Member(name: m.key, pattern: p, span: m.keySpan))
        }
        return out
    }
    mutating func fieldPattern(
        _ node: YAMLNode, _ shape: FieldInfo.Shape, isList: Bool, _ path: String
    ) -> PatternTemplate {
        if case .mapping(let members) = node.content, members.contains(where: { $0.key.hasPrefix("$") }) {
            return operators(members, shape, isList: isList, path)
        }
        if isList {
            guard case .sequence(let items) = node.content else { return whole(node, "a list", path) }
            return .items(items.map { fieldPattern($0, shape, isList: false, path) }, spans: items.map(\.span))
        }
        switch shape {
        case .group(let inner):
            if case .scalar = node.content { return whole(node, "a map", path) }
            return pattern(node, inner, path)
        case .leaf(let kind): return .equal(leaf(node, kind, path))
        }
    }
    /// A list or a group whose value comes from an expression, or that is to be absent.
    mutating func whole(_ node: YAMLNode, _ wanted: String, _ path: String) -> PatternTemplate {
        if isNull(node) { return .absent }
        if case .scalar(let s, _) = node.content, s.contains("$(") { return .equal(template(node)) }
        report(.wrongShape, "\(path) is \(wanted), this is \(node.shape)", node.span)
        return .any
    }
    /// A map of operators: all of them must hold.
    mutating func operators(
        _ members: [YAMLNode.Member], _ shape: FieldInfo.Shape, isList: Bool, _ path: String
    ) -> PatternTemplate {
        var all: [PatternTemplate] = []
        for m in members {
            guard Schema.operators.contains(where: { $0.name == m.key }) else {
                if m.key.hasPrefix("$") {
                    unknown(.unknownOperator, "operator", m.key, Schema.operators.map(\.name), m.keySpan)
                } else {
                    report(
                        .unknownOperator,
                        "`\(m.key)` stands among operators: fields go into $eq, $only or a map of their own",
                        m.keySpan)
                }
                continue
            }
            if let p = one(m, shape, isList, path) { all.append(p) }
        }
        return all.count == 1 ? all[0] : .all(all)
    }
    mutating func one(
        _ m: YAMLNode.Member, _ shape: FieldInfo.Shape, _ isList: Bool, _ path: String
    ) -> PatternTemplate? {
        /// A pattern for the same place.
        func inner(_ l: inout Loader, _ node: YAMLNode) -> PatternTemplate {
            l.fieldPattern(node, shape, isList: isList, path)
        }
        /// A value for the same place.
        func value(_ l: inout Loader, _ node: YAMLNode) -> Template {
            l.isNull(node) ? .constant(.null) : l.fieldValue(node, shape, isList: isList, path)
        }
        switch m.key {
        case "$any": return flag(m.value, m.key).map { $0 ? .any : .absent }
        case "$absent": return flag(m.value, m.key).map { $0 ? .absent : .any }
        case "$opt": return .optional(inner(&self, m.value))
        case "$eq": return .equal(value(&self, m.value))
        case "$ne": return .not(.equal(value(&self, m.value)))
        case "$lt": return .compare(.less, value(&self, m.value))
        case "$le": return .compare(.lessOrEqual, value(&self, m.value))
        case "$gt": return .compare(.greater, value(&self, m.value))
        case "$ge": return .compare(.greaterOrEqual, value(&self, m.value))
        case "$in": return .among(list(m.value, m.key).map { value(&self, $0) })
        case "$not": return .not(inner(&self, m.value))
        case "$len", "$size":
            if case .mapping(let members) = m.value.content {
                return .length(operators(members, .leaf(.uint(bits: 64)), isList: false, "the length of \(path)"))
            }
            return .length(.equal(leaf(m.value, .uint(bits: 64), "the length of \(path)")))
        case "$save":
            guard let name = text(m.value, m.key) else { return nil }
            names.insert(name)
            captures.append((name, m.value.span))
            return .save(own(name))
        case "$only":
            guard !isList, case .group(let known) = shape else {
                report(
                    .wrongShape, "$only is for groups, \(path) is \(isList ? "a list" : "a single value")", m.keySpan)
                return nil
            }
            if case .sequence = m.value.content {
                let names = texts(m.value, m.key).filter { n in
                    if known.contains(where: { $0.name == n.text }) { return true }
                    unknown(.unknownField, "field of \(path)", n.text, known.map(\.name), n.span)
                    return false
                }
                let all = names.map { PatternTemplate.Member(name: $0.text, pattern: .optional(.any), span: $0.span) }
                return .fields(all, isClosed: true)
            }
            guard case .mapping(let members) = m.value.content else {
                report(.wrongShape, "$only wants a map of fields, or a list of their names", m.value.span)
                return nil
            }
            return .fields(group(members, known, path), isClosed: true)
        case "$verifies": return verification(m.value)
        case _ where Schema.singles.contains { $0.name == m.key }: return leafOperator(m, shape, isList, path)
        default: return listOperator(m, shape, isList, path)
        }
    }
    /// Operators of single values.
    mutating func leafOperator(
        _ m: YAMLNode.Member, _ shape: FieldInfo.Shape, _ isList: Bool, _ path: String
    ) -> PatternTemplate? {
        guard !isList, case .leaf(let kind) = shape else {
            report(.wrongShape, "\(m.key) is for single values, \(path) is \(isList ? "a list" : "a group")", m.keySpan)
            return nil
        }
        /// A part of the value: bytes of any number, text.
        func part(_ l: inout Loader) -> Template {
            if case .bytes = kind { return l.leaf(m.value, .bytes(count: nil), path) }
            return l.leaf(m.value, kind, path)
        }
        switch m.key {
        case "$prefix": return .prefix(part(&self))
        case "$suffix": return .suffix(part(&self))
        case "$re":
            guard let s = text(m.value, m.key) else { return nil }
            do throws(RegularExpressionError) { return .expression(try RegularExpression(s)) } catch {
                report(.badValue, "no regular expression: \(error)", m.value.span)
                return nil
            }
        case "$bits":
            guard let all = members(m.value, .bits) else { return nil }
            let bits = Kind.uint(bits: 64)
            return .bits(
                set: all["set"].map { leaf($0, bits, path) } ?? .constant(.uint(0)),
                clear: all["clear"].map { leaf($0, bits, path) } ?? .constant(.uint(0)))
        default:
            guard let all = members(m.value, .near), let value = all["value"], let by = all["by"] else { return nil }
            return .near(leaf(value, kind, path), by: leaf(by, .uint(bits: 64), path))
        }
    }
    /// Operators of lists; `$contains` is one of text and bytes too.
    mutating func listOperator(
        _ m: YAMLNode.Member, _ shape: FieldInfo.Shape, _ isList: Bool, _ path: String
    ) -> PatternTemplate? {
        if !isList, m.key == "$contains", case .leaf(let kind) = shape {
            if case .bytes = kind { return .contains(.equal(leaf(m.value, .bytes(count: nil), path))) }
            return .contains(.equal(leaf(m.value, kind, path)))
        }
        guard isList else {
            report(.wrongShape, "\(m.key) is for lists, \(path) is none", m.keySpan)
            return nil
        }
        if m.key == "$unordered" {
            let items = list(m.value, m.key)
            if items.count > Pattern.maximumUnordered {
                report(.badValue, "$unordered has at most \(Pattern.maximumUnordered) elements", m.value.span)
            }
            return .unordered(items.map { fieldPattern($0, shape, isList: false, path) }, spans: items.map(\.span))
        }
        let element = fieldPattern(m.value, shape, isList: false, path + "[]")
        return m.key == "$contains" ? .contains(element) : m.key == "$each" ? .each(element) : .first(element)
    }
    mutating func verification(_ node: YAMLNode) -> PatternTemplate? {
        guard let m = members(node, .verifies) else { return nil }
        let name = text(m["alg"], "alg")
        let known = definition?.algorithms.map(\.name) ?? []
        if let name, let span = m["alg"]?.span, !known.contains(name) {
            unknown(.badValue, "algorithm", name, known, span)
        }
        guard let name, let key = m["key"], let over = m["over"] else { return nil }
        return .verifies(.init(algorithm: name, key: template(key), over: template(over)))
    }
}
