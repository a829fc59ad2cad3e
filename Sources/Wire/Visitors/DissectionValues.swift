extension Dissection {
    /// Returns the value of a node. Numbers are `uint` (`int` below zero), code points are their names, fixed and other
    /// byte strings are `bytes`, text is `text`. A group has its fields, a list its elements. `packet` holds the
    /// dissected bytes.
    public func value(of i: Int, in packet: RawSpan) -> Value {
        guard nodes.indices.contains(i) else { return .null }
        guard nodes[i].shape != .leaf else { return nodes[i].leafValue(in: packet) }
        var at = i + 1
        return inner(of: i, &at, packet)
    }
    /// Returns all fields as a tree, as `Message.value` shows them. For refused bytes, these are the fields before the
    /// fault. Missing fields and computed values are left out. If a field occurs more than once, the last one counts; repeated groups are
    /// merged.
    public func fields(in packet: RawSpan) -> Value {
        var at = 0
        return .map(members(at: 0, &at, packet))
    }

    /// Returns the value of a group or list whose first child is the node at `at`.
    private func inner(of i: Int, _ at: inout Int, _ packet: RawSpan) -> Value {
        let depth = nodes[i].depth + 1
        guard nodes[i].shape == .list else { return .map(members(at: depth, &at, packet)) }
        var items: [Value] = []
        while at < nodes.count, nodes[at].depth == depth { items.append(next(&at, packet)) }
        return .list(items)
    }
    private func next(_ at: inout Int, _ packet: RawSpan) -> Value {
        let i = at
        at += 1
        return nodes[i].shape == .leaf ? nodes[i].leafValue(in: packet) : inner(of: i, &at, packet)
    }
    private func members(at depth: Int32, _ at: inout Int, _ packet: RawSpan) -> [Value.Entry] {
        var entries: [Value.Entry] = []
        while at < nodes.count, nodes[at].depth == depth {
            let node = nodes[at]
            guard !node.isComputed else {
                at += 1
                continue
            }
            let value = next(&at, packet)
            guard let k = entries.firstIndex(where: { node.name.equals($0.key) }) else {
                entries.append(.init(node.name.description, node.index >= 0 ? .list([value]) : value))
                continue
            }
            // The value is taken out of the entry before it grows. Otherwise every element would copy the ones before
            // it.
            let old = entries[k].value
            entries[k].value = .null
            entries[k].value = node.index >= 0 ? Self.appended(old, value) : Self.merged(old, value)
        }
        return entries
    }
    private static func appended(_ list: consuming Value, _ value: Value) -> Value {
        guard case .list(var items) = consume list else { return .list([value]) }
        items.append(value)
        return .list(items)
    }
    private static func merged(_ old: Value, _ new: Value) -> Value {
        guard case .map(var entries) = old, case .map(let more) = new else { return new }
        for e in more {
            if let k = entries.firstIndex(where: { $0.key == e.key }) {
                entries[k].value = merged(entries[k].value, e.value)
            } else {
                entries.append(e)
            }
        }
        return .map(entries)
    }
}

extension Dissection.Node {
    /// Returns the value of a leaf; `packet` holds the dissected bytes.
    public func leafValue(in packet: RawSpan) -> Value {
        guard range.upperBound <= packet.byteCount else { return .null }
        guard !type.refersBack else {
            return type.value(
                of: UInt64(content.lowerBound), packet.extracting(..<content.upperBound), isJSON: isJSON)
        }
        return type.value(of: number, packet.extracting(content), isJSON: isJSON)
    }
}
