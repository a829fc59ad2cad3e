internal import Wire

/// One step of a path: a name, and the index of a list element if the path selects one.
struct FilterStep: Hashable, Sendable {
    var name: String
    var index: Int?

    /// Reads a step such as `response` or `peers[0]`. Returns nil if the text is not a step.
    init?(_ text: Substring) {
        guard let open = text.firstIndex(of: "[") else {
            guard !text.isEmpty else { return nil }
            name = String(text)
            return
        }
        let digits = text[text.index(after: open)...].dropLast()
        guard text.last == "]", open > text.startIndex, !digits.isEmpty,
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let n = Int(digits)
        else { return nil }
        name = String(text[..<open])
        index = n
    }
}

/// A field at its path in one type of message.
struct FilterPath: Sendable {
    var type: any Message.Type
    var steps: [FilterStep]
    /// The kind of its values; nil for a field that consists of other fields.
    var kind: Wire.Kind?
    /// The meaning of its values, if the message description declares one.
    var meaning: FieldMeaning?

    /// Finds the field with this path. Returns nil if the type does not have it. Below a JSON value any name may
    /// follow.
    init?(_ path: some StringProtocol, in type: any Message.Type) {
        self.type = type
        steps = []
        var fields = type.describe(computed: true)
        var isOpen = false
        for part in String(path).split(separator: ".", omittingEmptySubsequences: false) {
            guard let step = FilterStep(part), steps.count < 32 else { return nil }
            steps.append(step)
            if isOpen { continue }
            guard let field = fields.first(where: { $0.name == step.name }) else { return nil }
            guard step.index == nil || field.isList || field.kind == .json else { return nil }
            fields = field.fields
            kind = field.kind
            meaning = field.meaning
            isOpen = field.kind == .json
        }
    }
    /// Returns all paths of a type, without indices.
    static func all(of type: any Message.Type) -> [String] { all(type.describe(computed: true), "", depth: 16) }
    private static func all(_ fields: [FieldInfo], _ prefix: String, depth: Int) -> [String] {
        guard depth > 0 else { return [] }
        return fields.flatMap { [prefix + $0.name] + all($0.fields, prefix + $0.name + ".", depth: depth - 1) }
    }
}

extension Dissection {
    /// Calls `body` with every node at a path until it returns true. Returns true if it did. If steps remain that lead
    /// into a JSON value, `body` receives them with the value.
    func any(
        _ steps: ArraySlice<FilterStep>, from start: Int = 0, depth: Int32 = 0,
        _ body: (Int, ArraySlice<FilterStep>) -> Bool
    )
        -> Bool
    {
        guard let step = steps.first else { return false }
        let rest = steps.dropFirst()
        var i = start
        while i < nodes.count, nodes[i].depth >= depth {
            defer { i += 1 }
            let node = nodes[i]
            guard node.depth == depth, node.name.isSpelled(step.name) else { continue }
            if node.shape == .list, node.index < 0 {
                if step.index == nil, rest.isEmpty, body(i, rest) { return true }
                var child = i + 1
                while child < nodes.count, nodes[child].depth > depth {
                    defer { child += 1 }
                    guard nodes[child].depth == depth + 1, step.index.map({ $0 == Int(nodes[child].index) }) ?? true
                    else {
                        continue
                    }
                    if visit(child, depth: depth + 2, along: rest, body) { return true }
                }
            } else {
                if node.index >= 0, let wanted = step.index, wanted != Int(node.index) { continue }
                // A JSON value handles an index itself.
                let isIndex = node.index < 0 && step.index != nil
                if isIndex, !node.isJSONValue { continue }
                var inner = rest
                if isIndex {
                    inner = steps
                    inner[inner.startIndex].name = ""
                }
                if visit(i, depth: depth + 1, along: inner, body) { return true }
            }
        }
        return false
    }
    private func visit(
        _ i: Int, depth: Int32, along rest: ArraySlice<FilterStep>, _ body: (Int, ArraySlice<FilterStep>) -> Bool
    )
        -> Bool
    {
        if rest.isEmpty || nodes[i].shape == .leaf { return body(i, rest) }
        return any(rest, from: i + 1, depth: depth, body)
    }
}
extension Dissection.Node {
    var isJSONValue: Bool { shape == .leaf && type.kind == .json }
}
extension Value {
    /// Calls `body` with every value at a path below this value until it returns true. A step to an element has an
    /// index and no name. A list step without an index visits all elements.
    func any(_ steps: ArraySlice<FilterStep>, _ body: (Value) -> Bool) -> Bool {
        guard var step = steps.first else {
            guard case .list(let items) = self else { return body(self) }
            return body(self) || items.contains(where: body)
        }
        if step.name.isEmpty {
            guard case .list(let items) = self, let i = step.index, items.indices.contains(i) else { return false }
            return items[i].any(steps.dropFirst(), body)
        }
        if case .list(let items) = self { return items.contains { $0.any(steps, body) } }
        guard let member = self[step.name] else { return false }
        guard step.index != nil else { return member.any(steps.dropFirst(), body) }
        step.name = ""
        return member.any([step] + steps.dropFirst(), body)
    }
}
extension StaticString {
    func isSpelled(_ s: String) -> Bool {
        guard hasPointerRepresentation else { return description == s }
        return utf8CodeUnitCount == s.utf8.count && withUTF8Buffer { $0.elementsEqual(s.utf8) }
    }
}
