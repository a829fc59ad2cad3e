import Wire

/// The fields of a message that the places of a summary name.
extension SummaryWriter {
    /// Returns the content of a place.
    static func find(_ place: SummaryPlan.Place, _ scope: Scope, _ all: borrowing Fields) -> Found {
        var scope = scope
        for (k, name) in place.names.enumerated() {
            guard let i = child(name, scope, all) else { return .nothing }
            scope = inner(of: i, in: scope, all)
            if k < place.names.count - 1, all.nodes[i].shape != .group { return .nothing }
        }
        guard scope.node >= 0 else { return .nothing }
        guard !place.members.isEmpty else { return .node(scope.node) }
        var value = all.nodes[scope.node].leafValue(in: all.packet)
        for member in place.members {
            guard let next = value[member] else { return .nothing }
            value = next
        }
        return .value(value)
    }
    /// Returns the first element of this name, or the last other field, which counts if a field is repeated.
    private static func child(_ name: [UInt8], _ scope: Scope, _ all: borrowing Fields) -> Int? {
        var found: Int?
        for i in scope.nodes where all.nodes[i].depth == scope.depth && all.nodes[i].name.isWord(name) {
            if all.nodes[i].index >= 0 { return i }
            found = i
        }
        return found
    }
    /// Returns the scope of the nodes inside a node.
    static func inner(of i: Int, in scope: Scope, _ all: borrowing Fields) -> Scope {
        let depth = all.nodes[i].depth + 1
        var end = i + 1
        while end < scope.nodes.upperBound, all.nodes[end].depth >= depth { end += 1 }
        return Scope(nodes: i + 1..<end, depth: depth, node: i)
    }
    /// Returns the first element of a list; nil if it is not kept.
    static func firstElement(of list: Found, _ all: borrowing Fields) -> Int? {
        guard case .node(let i) = list else { return nil }
        if all.nodes[i].index >= 0 { return i }
        guard all.nodes[i].shape == .list, i + 1 < all.nodes.count, all.nodes[i + 1].depth == all.nodes[i].depth + 1
        else { return nil }
        return i + 1
    }
    /// Returns the first kept element of a list in which a field has a value, regardless of case.
    static func element(
        of place: SummaryPlan.Place, where key: SummaryPlan.Place, is word: String, _ scope: Scope,
        _ all: borrowing Fields
    ) -> Scope? {
        let list = find(place, scope, all)
        guard let first = firstElement(of: list, all) else { return nil }
        let depth = all.nodes[first].depth
        var i = first
        while i < scope.nodes.upperBound, all.nodes[i].depth >= depth {
            let element = inner(of: i, in: scope, all)
            if case .text(let text)? = value(find(key, element, all), all), text.lowercased() == word {
                return element
            }
            i = element.nodes.upperBound
        }
        return nil
    }
}
