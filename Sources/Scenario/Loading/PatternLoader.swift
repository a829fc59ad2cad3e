internal import Node
internal import Wire

extension Loader {
    /// Reads a pattern for the fields of a message.
    mutating func pattern(_ node: YAMLNode, _ known: [FieldInfo], _ message: String) -> PatternTemplate {
        guard case .mapping(let members) = node.content else {
            report(.wrongShape, "a pattern for \(message) is a map, this is \(node.shape)", node.span)
            return .constant(.any)
        }
        if members.contains(where: { $0.key.hasPrefix("$") }) {
            return operators(members, .group(known), isList: false, message)
        }
        return .fields(group(members, known, message), isClosed: false)
    }
    mutating func group(
        _ members: [YAMLNode.Member], _ known: [FieldInfo], _ message: String
    ) -> [PatternTemplate.Member] {
        members.compactMap { m in
            guard let info = field(m.key, m.keySpan, known, message) else { return nil }
            let p = fieldPattern(m.value, info.shape, isList: info.isList, message + "." + m.key)
            return PatternTemplate.Member(name: m.key, pattern: p, span: m.keySpan)
        }
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
    /// Reads a pattern for a list or group as a whole: an expression for its value, or `null` for absent.
    mutating func whole(_ node: YAMLNode, _ wanted: String, _ path: String) -> PatternTemplate {
        if isNull(node) { return .constant(.absent) }
        if case .scalar(let s, _) = node.content, s.hasExpression { return .equal(template(node)) }
        report(.wrongShape, "\(path) is \(wanted), this is \(node.shape)", node.span)
        return .constant(.any)
    }
    /// Reads a map of operators. They must hold together.
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
                        "`\(m.key)` is a field among operators: put fields into $eq, $only or a separate map",
                        m.keySpan)
                }
                continue
            }
            if let p = one(m, shape, isList, path) { all.append(p) }
        }
        return all.count == 1 ? all[0] : .same(all) { .all($0) }
    }
    mutating func one(
        _ m: YAMLNode.Member, _ shape: FieldInfo.Shape, _ isList: Bool, _ path: String
    ) -> PatternTemplate? {
        /// Reads a pattern for the same place.
        func inner(_ l: inout Loader, _ node: YAMLNode) -> PatternTemplate {
            l.fieldPattern(node, shape, isList: isList, path)
        }
        /// Reads a value for the same place.
        func value(_ l: inout Loader, _ node: YAMLNode) -> Template {
            l.isNull(node) ? .constant(.null) : l.fieldValue(node, shape, isList: isList, path)
        }
        if let order = Comparison(rawValue: m.key) {
            return .values([value(&self, m.value)]) { .compare(order, $0[0]) }
        }
        switch m.key {
        case "$any": return flag(m.value, m.key).map { .constant($0 ? .any : .absent) }
        case "$absent": return flag(m.value, m.key).map { .constant($0 ? .absent : .any) }
        case "$opt": return .same([inner(&self, m.value)]) { .optional($0[0]) }
        case "$eq": return .equal(value(&self, m.value))
        case "$ne": return .not(.equal(value(&self, m.value)))
        case "$in": return .values(list(m.value, m.key).map { value(&self, $0) }) { .among($0) }
        case "$not": return .not(inner(&self, m.value))
        case "$len", "$size":
            let length =
                if case .mapping(let members) = m.value.content {
                    operators(members, .leaf(.uint(bits: 64)), isList: false, "the length of \(path)")
                } else {
                    PatternTemplate.equal(leaf(m.value, .uint(bits: 64), "the length of \(path)"))
                }
            return .inner([length]) { .length($0[0]) }
        case "$save":
            return newName(m.value, m.key).map { .constant(.save($0)) }
        case "$only":
            guard !isList, case .group(let known) = shape else {
                report(
                    .wrongShape, "$only is for groups, \(path) is \(isList ? "a list" : "a single value")", m.keySpan)
                return nil
            }
            if case .sequence = m.value.content {
                let names = texts(m.value, m.key).filter { field($0.text, $0.span, known, path) != nil }
                let all = names.map {
                    PatternTemplate.Member(name: $0.text, pattern: .constant(.optional(.any)), span: $0.span)
                }
                return .fields(all, isClosed: true)
            }
            guard case .mapping(let members) = m.value.content else {
                report(.wrongShape, "$only needs a map of fields or a list of their names", m.value.span)
                return nil
            }
            return .fields(group(members, known, path), isClosed: true)
        case "$verifies": return verification(m.value)
        case _ where Schema.singles.contains { $0.name == m.key }: return leafOperator(m, shape, isList, path)
        default: return listOperator(m, shape, isList, path)
        }
    }
    /// Reads an operator for single values.
    mutating func leafOperator(
        _ m: YAMLNode.Member, _ shape: FieldInfo.Shape, _ isList: Bool, _ path: String
    ) -> PatternTemplate? {
        guard !isList, case .leaf(let kind) = shape else {
            report(.wrongShape, "\(m.key) is for single values, \(path) is \(isList ? "a list" : "a group")", m.keySpan)
            return nil
        }
        /// Reads a part of the value: bytes of any length, or text.
        func part(_ l: inout Loader) -> Template {
            if case .bytes = kind { return l.leaf(m.value, .bytes(count: nil), path) }
            return l.leaf(m.value, kind, path)
        }
        switch m.key {
        case "$prefix": return .values([part(&self)]) { .prefix($0[0]) }
        case "$suffix": return .values([part(&self)]) { .suffix($0[0]) }
        case "$re":
            guard let s = text(m.value, m.key) else { return nil }
            do throws(RegularExpressionError) { return .constant(.expression(try RegularExpression(s))) } catch {
                report(.badValue, "invalid regular expression: \(error)", m.value.span)
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
            return .values([leaf(value, kind, path), leaf(by, .uint(bits: 64), path)]) { .near($0[0], by: $0[1]) }
        }
    }
    /// Reads an operator for lists. `$contains` is also an operator for text and bytes.
    mutating func listOperator(
        _ m: YAMLNode.Member, _ shape: FieldInfo.Shape, _ isList: Bool, _ path: String
    ) -> PatternTemplate? {
        if !isList, m.key == "$contains", case .leaf(let kind) = shape {
            let isBytes = if case .bytes = kind { true } else { false }
            return .values([leaf(m.value, isBytes ? .bytes(count: nil) : kind, path)]) { .contains(.equal($0[0])) }
        }
        guard isList else {
            report(.wrongShape, "\(m.key) is for lists, \(path) is not a list", m.keySpan)
            return nil
        }
        if m.key == "$unordered", case .scalar(let s, _) = m.value.content, s.hasExpression {
            return .values([template(m.value)]) { value in
                guard case .list(let items) = value[0] else { return .equal(value[0]) }
                return .unordered(items.map { .equal($0) })
            }
        }
        if m.key == "$unordered" {
            let items = list(m.value, m.key)
            if items.count > Pattern.maximumUnordered {
                report(.badValue, "$unordered has at most \(Pattern.maximumUnordered) elements", m.value.span)
            }
            return .inner(items.map { fieldPattern($0, shape, isList: false, path) }) { .unordered($0) }
        }
        let element = fieldPattern(m.value, shape, isList: false, path + "[]")
        switch m.key {
        case "$contains": return .inner([element]) { .contains($0[0]) }
        case "$each": return .inner([element]) { .each($0[0]) }
        default: return .inner([element]) { .first($0[0]) }
        }
    }
    mutating func verification(_ node: YAMLNode) -> PatternTemplate? {
        guard let m = members(node, .verifies) else { return nil }
        let name = word(m["alg"], "alg", "algorithm", among: definition?.playing.algorithms.map(\.name) ?? [])
        guard let name, let key = m["key"], let over = m["over"] else { return nil }
        return .verifies(.init(algorithm: name, key: template(key), over: template(over)))
    }
}
