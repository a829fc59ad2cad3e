/// Writes the fields of dissected messages as JSON text, straight from their bytes. What that cannot do it leaves to
/// the value tree: fields that stand there twice and have to be put together, and dissections that were cut.
struct DissectionWriter {
    /// How values of a type are written.
    private enum Form {
        case unsigned, signed, bool
        /// Lower-case hexadecimal.
        case bytes
        /// The number tells the text.
        case named
        case other
    }
    /// Groups and lists around what comes next.
    private struct Level {
        var isList: Bool
        /// Number of its first child.
        var first: Int
        /// A bit for each name that stood in it, as a hash: most names need no comparison.
        var seen: UInt64 = 0
    }
    private var levels: [Level] = []
    /// By the addresses of types.
    private var forms = [(type: ObjectIdentifier, form: Form)?](repeating: nil, count: 64)
    /// Texts of named numbers.
    private var names = [(type: ObjectIdentifier, number: UInt64, text: [UInt8])?](repeating: nil, count: 64)
    private var scratch: [UInt8] = []

    /// Appends the object; false when it is not for this, with `out` as it was.
    mutating func write(_ dissection: borrowing Dissection, _ packet: RawSpan, to out: inout [UInt8]) -> Bool {
        guard !dissection.isCut else { return false }
        // Nearly always enough; when it is not, the other way writes it.
        let room = 2 &* packet.byteCount &+ 64 &* dissection.nodes.count &+ 64
        let before = out.count
        var isGood = false
        out.append(addingCapacity: room) { span in
            span.withUnsafeMutableBufferPointer { buffer, count in
                guard let base = buffer.baseAddress else { return }
                var text = TextPointer(base + count, room: buffer.count &- count)
                isGood = dissection.nodes.withUnsafeBufferPointer { objects($0, packet, &text) }
                count &+= text.count
            }
        }
        if !isGood { out.removeLast(out.count &- before) }
        return isGood
    }

    private mutating func objects(
        _ nodes: UnsafeBufferPointer<Dissection.Node>, _ packet: RawSpan, _ text: inout TextPointer
    ) -> Bool {
        levels.removeAll(keepingCapacity: true)
        levels.append(Level(isList: false, first: 0))
        text.put(UInt8(ascii: "{"))
        // Nothing stands before the first member or element.
        var isFirst = true
        for i in nodes.indices {
            let node = nodes[i]
            let depth = Int(node.depth)
            guard depth < levels.count else { return false }
            guard text.has(levels.count) else { return false }
            while levels.count &- 1 > depth {
                close(&text)
                isFirst = false
            }
            // A name, quotes, a comma, a bracket and any number.
            guard text.has(node.name.utf8CodeUnitCount &+ 48) else { return false }
            if !isFirst { text.put(UInt8(ascii: ",")) }
            isFirst = false
            if !levels[depth].isList {
                guard node.index < 0, isNew(i, nodes, depth), text.put(name: node.name) else { return false }
            }
            switch node.shape {
            case .leaf: guard leaf(node, packet, &text) else { return false }
            case .group, .list:
                let isList = node.shape == .list
                text.put(isList ? UInt8(ascii: "[") : UInt8(ascii: "{"))
                levels.append(Level(isList: isList, first: i &+ 1))
                isFirst = true
            }
        }
        guard text.has(levels.count) else { return false }
        while !levels.isEmpty { close(&text) }
        return true
    }
    private mutating func close(_ text: inout TextPointer) {
        guard let last = levels.popLast() else { return }
        text.put(last.isList ? UInt8(ascii: "]") : UInt8(ascii: "}"))
    }
    /// True when no field before it in the same group has its name.
    private mutating func isNew(_ i: Int, _ nodes: UnsafeBufferPointer<Dissection.Node>, _ depth: Int) -> Bool {
        let name = nodes[i].name
        let size = name.utf8CodeUnitCount
        let start = name.utf8Start
        let hash = size > 0 ? size &* 7 &+ Int(start[0]) &* 13 &+ Int(start[size &- 1]) &* 31 : 0
        let bit: UInt64 = 1 << UInt64(hash & 63)
        defer { levels[depth].seen |= bit }
        guard levels[depth].seen & bit != 0 else { return true }
        for k in levels[depth].first..<i where Int(nodes[k].depth) == depth {
            let other = nodes[k].name
            guard other.utf8CodeUnitCount == size else { continue }
            if (0..<size).allSatisfy({ other.utf8Start[$0] == start[$0] }) { return false }
        }
        return true
    }
    private mutating func leaf(_ node: Dissection.Node, _ packet: RawSpan, _ text: inout TextPointer) -> Bool {
        guard node.range.upperBound <= packet.byteCount else { return false }
        switch form(node.type) {
        case .unsigned: text.put(node.number)
        case .signed: text.put(Int64(bitPattern: node.number))
        case .bool: text.put(node.number != 0 ? "true" : "false")
        case .bytes:
            let content = node.content
            guard text.has(2 &* content.count &+ 48) else { return false }
            text.put(hex: packet, content)
        case .named:
            let id = ObjectIdentifier(node.type)
            let slot = (id.hashBits ^ Int(truncatingIfNeeded: node.number)) & 63
            if let known = names[slot], known.type == id, known.number == node.number {
                return text.put(known.text)
            }
            scratch.removeAll(keepingCapacity: true)
            ValueJSON.write(node.type.value(of: node.number, RawSpan(), isJSON: node.isJSON), to: &scratch)
            names[slot] = (id, node.number, scratch)
            return text.put(scratch)
        case .other:
            scratch.removeAll(keepingCapacity: true)
            ValueJSON.write(
                node.type.value(of: node.number, packet.extracting(node.content), isJSON: node.isJSON), to: &scratch)
            return text.put(scratch)
        }
        return true
    }
    private mutating func form(_ type: any Leaf.Type) -> Form {
        let id = ObjectIdentifier(type)
        let slot = id.hashBits & 63
        if let known = forms[slot], known.type == id { return known.form }
        let form = Self.form(of: type)
        forms[slot] = (id, form)
        return form
    }
    private static func form(of type: any Leaf.Type) -> Form {
        switch type.kind {
        case .uint where type is any (FixedWidthInteger & UnsignedInteger).Type: return .unsigned
        case .int where type is any (FixedWidthInteger & SignedInteger).Type: return .signed
        case .bool where type == Bool.self: return .bool
        case .code: return .named
        case .bytes:
            // A type may show its bytes as something else.
            let sample: [UInt8] = [1, 0xab]
            return type.value(of: 0, sample.span.bytes, isJSON: false) == .bytes(sample) ? .bytes : .other
        default: return .other
        }
    }
}

extension ObjectIdentifier {
    /// Types are aligned: the low bits say nothing.
    fileprivate var hashBits: Int { Int(bitPattern: self) >> 4 ^ Int(bitPattern: self) >> 10 }
}
