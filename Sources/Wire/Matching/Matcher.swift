/// A matcher that walks a pattern and the content of a message side by side.
struct Matcher {
    var match = Match()
    /// The differences that exist for every possible value.
    var unfit: [Mismatch] { match.mismatches.filter { $0.unfit != nil } }

    mutating func differ(_ p: Pattern, _ had: TypedValue?, _ path: String, unfit: String? = nil) {
        match.mismatches.append(Mismatch(path: path, wanted: p.description, had: had?.value, unfit: unfit))
    }
    /// Compares a value with a pattern. `type` is the type of a leaf, or of the elements of a list; nil for groups and
    /// for unknown fields.
    mutating func judge(_ p: Pattern, on had: TypedValue?, of type: (any Leaf.Type)?, at path: String) {
        var isEmptyList = false
        if case .list(let items, _) = had, items.isEmpty { isEmptyList = true }
        let isAbsent = had == nil || isEmptyList
        switch p {
        case .any: if isAbsent { differ(p, nil, path) }
        case .absent: if !isAbsent { differ(p, had, path) }
        case .optional(let inner): if !isAbsent { judge(inner, on: had, of: type, at: path) }
        case .all(let patterns): for one in patterns { judge(one, on: had, of: type, at: path) }
        case .not(let inner): negate(inner, on: had, of: type, at: path)
        case .equal(let w): equal(p, to: w, had, of: type, at: path)
        case .among(let values): among(p, values, in: had, of: type, at: path)
        case .compare(let comparison, let w):
            leaf(p, on: had, of: type, at: path, lack: "only numbers, text and bytes have an order") {
                $0.compare($1, comparison, w)
            }
        case .near(let w, let by):
            leaf(p, on: had, of: type, at: path, lack: "only numbers have a distance") { $0.near($1, w, by) }
        case .bits(let set, let clear):
            leaf(p, on: had, of: type, at: path, lack: "only numbers have bits") { $0.bits($1, set: set, clear: clear) }
        case .prefix(let w):
            leaf(p, on: had, of: type, at: path, lack: "only text and bytes have a beginning") {
                $0.edge($1, w, isEnd: false)
            }
        case .suffix(let w):
            leaf(p, on: had, of: type, at: path, lack: "only text and bytes have an end") {
                $0.edge($1, w, isEnd: true)
            }
        case .expression(let e):
            leaf(p, on: had, of: type, at: path, lack: "only text can fit an expression") { $0.fits($1, e) }
        case .length(let inner): length(p, inner, of: had, at: path)
        case .save(let name):
            if let had { match.saved.append(.init(name, had.value)) } else { differ(p, nil, path) }
        case .hand(let n): match.handed.append(.init(number: n, path: path, value: had?.value))
        case .fields(let fields, let isClosed): members(p, fields, isClosed: isClosed, of: had, at: path)
        case .contains(let inner): contains(p, inner, in: had, of: type, at: path)
        case .each(let inner): each(p, inner, in: had, of: type, at: path)
        case .first(let inner): first(p, inner, in: had, of: type, at: path)
        case .unordered(let patterns): unordered(p, patterns, in: had, of: type, at: path)
        case .items(let patterns):
            guard case .list(let items, let element) = opened(had), items.count == patterns.count else {
                return differ(p, had, path)
            }
            for i in items.indices { judge(patterns[i], on: items[i], of: element, at: "\(path)[\(i)]") }
        }
    }
    /// Returns a JSON value as its groups and lists, and other values unchanged.
    func opened(_ s: TypedValue?) -> TypedValue? {
        if case .leaf(let v, let type)? = s, type.kind == .json { .json(v) } else { s }
    }
    /// Negates a pattern. A pattern that no value could match must not become one that every value matches. The caller
    /// judges the values that the pattern hands out, and knows that they are in a negation.
    mutating func negate(_ p: Pattern, on had: TypedValue?, of type: (any Leaf.Type)?, at path: String) {
        var inner = Matcher()
        inner.judge(p, on: had, of: type, at: path)
        if !inner.unfit.isEmpty {
            match.mismatches += inner.unfit
        } else if inner.match.isMatch {
            match.handed += inner.match.handed
            if inner.match.handed.isEmpty { differ(.not(p), had, path) }
        }
    }
    mutating func equal(_ p: Pattern, to w: Value, _ had: TypedValue?, of type: (any Leaf.Type)?, at path: String) {
        if w == .null, type?.kind != .json { return judge(.absent, on: had, of: type, at: path) }
        switch (w, had) {
        case (.map(let entries), .group):
            judge(.fields(entries.map { .init($0.key, .equal($0.value)) }, isClosed: true), on: had, of: nil, at: path)
        case (.list(let items), .list):
            judge(.items(items.map { .equal($0) }), on: had, of: type, at: path)
        default:
            if had.isTree { differ(p, had, path) } else { among(p, [w], in: had, of: type, at: path) }
        }
    }
    mutating func among(
        _ p: Pattern, _ values: [Value], in had: TypedValue?, of type: (any Leaf.Type)?, at path: String
    ) {
        guard let type, !had.isTree else {
            // These are whole groups and lists, or a field that is missing.
            let good = values.contains { v in
                guard v.isTree, had != nil else { return v == .null && had == nil }
                var one = Matcher()
                one.equal(p, to: v, had, of: type, at: path)
                return one.match.isMatch
            }
            if !good { differ(p, had, path) }
            return
        }
        var good = false
        for v in values {
            if v == .null, type.kind != .json {
                good = good || had == nil
                continue
            }
            guard let read = type.read(v) else {
                return differ(p, had, path, unfit: "\(v) cannot be \(type.kind)")
            }
            if case .leaf(let h, _)? = had, h.isSame(as: read, type.kind) { good = true }
        }
        if !good { differ(p, had, path) }
    }
    /// Applies an operator to a single value.
    mutating func leaf(
        _ p: Pattern, on had: TypedValue?, of type: (any Leaf.Type)?, at path: String, lack: String,
        _ find: (any Leaf.Type, Value?) -> LeafFinding
    ) {
        guard let type, !had.isTree else { return differ(p, had, path, unfit: had == nil ? nil : lack) }
        var value: Value?
        if case .leaf(let v, _)? = had { value = v }
        switch find(type, value) {
        case .holds: break
        case .differs: differ(p, had, path)
        case .unfit(let why): differ(p, had, path, unfit: why)
        }
    }
    /// Reports an empty list, which could match if it had elements, unless the pattern fits no element.
    mutating func lack(_ p: Pattern, _ inner: Pattern, of element: (any Leaf.Type)?, at path: String) {
        var sub = Matcher()
        sub.judge(inner, on: nil, of: element, at: path + "[0]")
        if sub.unfit.isEmpty { differ(p, nil, path) } else { match.mismatches += sub.unfit }
    }
    /// Reports a value that is not a list. Only a JSON value could have been one.
    mutating func noList(_ p: Pattern, in had: TypedValue?, of type: (any Leaf.Type)?, at path: String, lack: String) {
        differ(p, had, path, unfit: had == nil || type?.kind == .json ? nil : lack)
    }
    /// Adds the result of a part.
    mutating func adopt(_ sub: Matcher) {
        match.mismatches += sub.match.mismatches
        match.saved += sub.match.saved
        match.handed += sub.match.handed
    }
    mutating func contains(
        _ p: Pattern, _ inner: Pattern, in had: TypedValue?, of type: (any Leaf.Type)?, at path: String
    ) {
        switch opened(had) {
        case .list(let items, let element):
            if items.isEmpty { return lack(p, inner, of: element, at: path) }
            var unfit: [Mismatch]?
            for i in items.indices {
                var sub = Matcher()
                sub.judge(inner, on: items[i], of: element, at: "\(path)[\(i)]")
                if sub.match.isMatch { return adopt(sub) }
                // The list is unfit only if every element is.
                if sub.unfit.isEmpty || unfit == nil { unfit = sub.unfit }
            }
            if let unfit, !unfit.isEmpty { match.mismatches += unfit } else { differ(p, had, path) }
        case .leaf:
            leaf(p, on: had, of: type, at: path, lack: "") { type, value in
                var all = LeafFinding.differs
                let needles: [Value]
                switch inner {
                case .equal(let v): needles = [v]
                case .among(let values): needles = values
                default: return .unfit("only text and bytes can be looked for in \(type.kind)")
                }
                for v in needles {
                    switch type.contains(value, v) {
                    case .holds: if all == .differs { all = .holds }
                    case .differs: break
                    case .unfit(let why): all = .unfit(why)
                    }
                }
                return all
            }
        case .group, nil: noList(p, in: had, of: type, at: path, lack: "it is no list, text or bytes")
        }
    }
    mutating func each(_ p: Pattern, _ inner: Pattern, in had: TypedValue?, of type: (any Leaf.Type)?, at path: String)
    {
        var columns = inner.saves.map { (name: $0, values: [] as [Value]) }
        if let had {
            guard case .list(let items, let element)? = opened(had) else {
                return noList(p, in: had, of: type, at: path, lack: "it is no list")
            }
            for i in items.indices {
                var sub = Matcher()
                sub.judge(inner, on: items[i], of: element, at: "\(path)[\(i)]")
                for c in columns.indices {
                    columns[c].values += sub.match.saved.filter { $0.key == columns[c].name }.map(\.value)
                }
                sub.match.saved = []
                adopt(sub)
            }
        }
        match.saved += columns.map { .init($0.name, .list($0.values)) }
    }
    mutating func first(_ p: Pattern, _ inner: Pattern, in had: TypedValue?, of type: (any Leaf.Type)?, at path: String)
    {
        guard case .list(let items, let element)? = opened(had) else {
            return noList(p, in: had, of: type, at: path, lack: "it is no list")
        }
        guard let item = items.first else { return lack(p, inner, of: element, at: path) }
        judge(inner, on: item, of: element, at: path + "[0]")
    }
    /// The maximum number of elements of a list that `unordered` compares.
    private static let mostCompared = 1000
    mutating func unordered(
        _ p: Pattern, _ patterns: [Pattern], in had: TypedValue?, of type: (any Leaf.Type)?, at path: String
    ) {
        guard patterns.count <= Pattern.maximumUnordered else {
            return differ(p, had, path, unfit: "more than \(Pattern.maximumUnordered) in any order")
        }
        guard case .list(let items, let element)? = opened(had) else {
            return noList(p, in: had, of: type, at: path, lack: "it is no list")
        }
        guard items.count <= Self.mostCompared else { return differ(p, had, path) }
        let table = patterns.map { wish in
            items.indices.map { i in
                var sub = Matcher()
                sub.judge(wish, on: items[i], of: element, at: "\(path)[\(i)]")
                return sub
            }
        }
        let pairing = Pairing(table.map { $0.map(\.match.isMatch) })
        let alone = patterns.indices.filter { pairing.partners[$0] == nil }
        if !items.isEmpty, let hopeless = alone.first(where: { table[$0].allSatisfy { !$0.unfit.isEmpty } }) {
            match.mismatches += table[hopeless][0].unfit
        } else if items.count != patterns.count || !alone.isEmpty {
            let paired = Set(pairing.partners.compactMap { $0 })
            let more = items.indices.filter { !paired.contains($0) }.map { items[$0].value.description }
            let parts = [("missing", alone.map { patterns[$0].description }), ("not expected", more)]
            let difference = parts.filter { !$0.1.isEmpty }.map { "\($0.0): \($0.1.joined(separator: ", "))" }
            var mismatch = Mismatch(path: path, wanted: p.description, had: had?.value)
            mismatch.shown = "\(mismatch.hadText); " + difference.joined(separator: "; ")
            match.mismatches.append(mismatch)
        } else {
            // The results are added in the order of the elements.
            for i in items.indices {
                if let wish = pairing.partners.firstIndex(of: i) { adopt(table[wish][i]) }
            }
        }
    }
    mutating func length(_ p: Pattern, _ inner: Pattern, of had: TypedValue?, at path: String) {
        let count: Int? =
            switch opened(had) {
            case .leaf(.bytes(let b), _): b.count
            case .leaf(.text(let s), let type) where type.kind == .text || type.kind == .json: s.count
            case .list(let items, _): items.count
            default: nil
            }
        guard let count else { return differ(p, had, path, unfit: had == nil ? nil : "it has no length") }
        var sub = Matcher()
        sub.judge(inner, on: .leaf(.uint(UInt64(count)), UInt64.self), of: UInt64.self, at: path)
        sub.match.mismatches = sub.match.mismatches.map {
            Mismatch(path: path, wanted: "length " + $0.wanted, had: .uint(UInt64(count)), unfit: $0.unfit)
        }
        adopt(sub)
    }
    mutating func members(
        _ p: Pattern, _ fields: [Pattern.Field], isClosed: Bool, of had: TypedValue?, at path: String
    ) {
        guard case .group(let members)? = opened(had) else { return differ(p, had, path) }
        let prefix = path.isEmpty ? "" : path + "."
        // The fields of the message are first, in field order; then those that only the pattern names.
        for m in members {
            var isNamed = false
            for f in fields where f.name == m.name {
                isNamed = true
                let had = m.content ?? (f.pattern.asksForPresence ? nil : m.preset)
                judge(f.pattern, on: had, of: m.type, at: prefix + m.name)
            }
            if isClosed, !isNamed, m.isOptional, !m.isAbsent { differ(.absent, m.content, prefix + m.name) }
        }
        for f in fields where !members.contains(where: { $0.name == f.name }) {
            judge(f.pattern, on: nil, of: nil, at: prefix + f.name)
        }
    }
}

extension Pattern {
    /// True if the pattern is about the presence of the field, rather than about its value.
    fileprivate var asksForPresence: Bool {
        switch self {
        case .any, .absent, .optional, .equal(.null): true
        case .among(let values): values.contains(.null)
        case .not(let p): p.asksForPresence
        case .all(let patterns): patterns.contains(where: \.asksForPresence)
        default: false
        }
    }
}

extension Value {
    /// True for a list or a map.
    fileprivate var isTree: Bool {
        switch self {
        case .list, .map: true
        default: false
        }
    }
    /// Returns true if both are equal as values of a type.
    fileprivate func isSame(as other: Value, _ kind: Kind) -> Bool {
        switch kind {
        case .json: isSameJSON(as: other)
        case .float: self == other || real.map { $0 == other.real } == true
        default: self == other
        }
    }
    /// Returns true if both are equal as JSON values: the order of members does not count.
    fileprivate func isSameJSON(as other: Value) -> Bool {
        switch (self, other) {
        case (.map(let a), .map(let b)):
            a.count == b.count
                && a.allSatisfy { e in b.contains { $0.key.hasSameBytes(as: e.key) && e.value.isSameJSON(as: $0.value) }
                }
        case (.list(let a), .list(let b)): a.count == b.count && zip(a, b).allSatisfy { $0.isSameJSON(as: $1) }
        case (.decimal, _), (_, .decimal): isSame(as: other, .float)
        default: self == other
        }
    }
}

extension TypedValue? {
    /// True for a list or a group, which equals no leaf.
    fileprivate var isTree: Bool {
        switch self {
        case .list, .group: true
        case .leaf, nil: false
        }
    }
}
