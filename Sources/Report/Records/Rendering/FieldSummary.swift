internal import Wire

/// The fields of a message in one line: ` name=value name{inner=value} name[3]`, each with a blank before it. Long values
/// are cut, and of fields that do not fit there are two dots.
struct FieldSummary {
    /// Characters that the fields may take together.
    static let width = 100
    private var dissection = Dissection()
    private var remaining = 0
    /// Nodes of the groups that are being written, the innermost last; -1 for one that was written with another.
    private var members: [Int] = []

    /// Appends the fields of a dissected message without those of the names in `shared`.
    mutating func write(
        _ dissection: Dissection, _ packet: RawSpan, _ meaning: MeaningTree?, leavingOut shared: [String],
        to out: inout OutputBuffer
    ) {
        self.dissection = dissection
        // Nobody else has the nodes when the next message is dissected.
        defer { self.dissection = Dissection() }
        remaining = Self.width
        push(at: 0, from: 0) { name in !shared.contains { name.isWord($0) } }
        writeMembers(from: 0, meaning, packet, isInner: false, to: &out)
    }

    /// The nodes of a depth from one on, up to the first that is further out.
    private mutating func push(at depth: Int32, from first: Int, where isWanted: (StaticString) -> Bool = { _ in true })
    {
        var i = first
        while i < dissection.nodes.count, dissection.nodes[i].depth >= depth {
            if dissection.nodes[i].depth == depth, isWanted(dissection.nodes[i].name) { members.append(i) }
            i += 1
        }
    }
    /// The members from `start` on, which are taken away.
    private mutating func writeMembers(
        from start: Int, _ meaning: MeaningTree?, _ packet: RawSpan, isInner: Bool, to out: inout OutputBuffer
    ) {
        defer { members.removeSubrange(start...) }
        let end = members.count
        var isFirst = isInner
        for k in start..<end where members[k] >= 0 {
            let node = dissection.nodes[members[k]]
            guard begins(node.name.utf8CodeUnitCount, isFirst, &out) else { return }
            out.put(node.name)
            isFirst = false
            write(sameAs: k, end, meaning?[node.name], packet, to: &out)
        }
    }
    /// Whether the name of a field fits; if not, says so.
    private mutating func begins(_ length: Int, _ isFirst: Bool, _ out: inout OutputBuffer) -> Bool {
        let length = length + (isFirst ? 0 : 1)
        guard remaining > length else {
            out.put(" ..")
            remaining = 0
            return false
        }
        remaining -= length
        if !isFirst { out.put(UInt8(ascii: " ")) }
        return true
    }
    /// The value of a member: with those of the same name behind it, elements are a list, and groups are one; of others
    /// the last counts.
    private mutating func write(
        sameAs k: Int, _ end: Int, _ meaning: MeaningTree?, _ packet: RawSpan, to out: inout OutputBuffer
    ) {
        let first = dissection.nodes[members[k]]
        let start = members.count
        var (last, count) = (members[k], 1)
        if first.shape == .group, first.index < 0 { push(at: first.depth + 1, from: last + 1) }
        for j in k + 1..<max(k + 1, end) where members[j] >= 0 {
            let node = dissection.nodes[members[j]]
            guard node.name.isSame(as: first.name) else { continue }
            last = members[j]
            members[j] = -1
            count += 1
            if node.shape == .group, node.index < 0 { push(at: node.depth + 1, from: last + 1) }
        }
        let node = dissection.nodes[last]
        if node.index >= 0 {
            write(count, between: "[", "]", to: &out)
        } else if node.shape == .group {
            out.put(UInt8(ascii: "{"))
            writeMembers(from: start, meaning, packet, isInner: true, to: &out)
            out.put(UInt8(ascii: "}"))
        } else {
            members.removeSubrange(start...)
            guard node.shape == .leaf else { return write(elements(of: last), between: "[", "]", to: &out) }
            write(dissection.value(of: last, in: packet), meaning?.meaning, to: &out)
        }
    }
    private func elements(of list: Int) -> Int {
        var (i, count) = (list + 1, 0)
        let depth = dissection.nodes[list].depth
        while i < dissection.nodes.count, dissection.nodes[i].depth > depth {
            if dissection.nodes[i].depth == depth + 1 { count += 1 }
            i += 1
        }
        return count
    }
    /// Of what is JSON in a message.
    private mutating func write(_ entries: [Value.Entry], to out: inout OutputBuffer) {
        out.put(UInt8(ascii: "{"))
        for (i, entry) in entries.enumerated() {
            guard begins(entry.key.count, i == 0, &out) else { break }
            out.put(Array(entry.key.utf8))
            write(entry.value, nil, to: &out)
        }
        out.put(UInt8(ascii: "}"))
    }
    private mutating func write(_ value: Value, _ meaning: FieldMeaning?, to out: inout OutputBuffer) {
        if let text = meaning?.short(value) { return write("=\(text)", to: &out) }
        switch value {
        case .uint(let n):
            let start = out.count
            out.put(UInt8(ascii: "="))
            out.put(n)
            remaining -= out.count - start
        case .bytes(let b):
            out.put(UInt8(ascii: "="))
            out.put(hex: b.span.bytes.extracting(..<(b.count > 8 ? 4 : b.count)))
            if b.count > 8 { out.put("..") }
            remaining -= b.count > 8 ? 11 : 1 + 2 * b.count
        case .text(let s): write("=" + Escape.line(s.count > 24 ? String(s.prefix(24)) + ".." : s), to: &out)
        case .null: write("=null", to: &out)
        case .bool(let b): write("=\(b)", to: &out)
        case .int(let n): write("=\(n)", to: &out)
        case .decimal(let s): write("=\(s)", to: &out)
        case .list(let items): write(items.count, between: "[", "]", to: &out)
        case .map(let entries): write(entries, to: &out)
        }
    }
    private mutating func write(_ text: String, to out: inout OutputBuffer) {
        out.put(Array(text.utf8))
        remaining -= text.count
    }
    private mutating func write(
        _ count: Int, between open: StaticString, _ close: StaticString, to out: inout OutputBuffer
    ) {
        let start = out.count
        out.put(open)
        out.put(count)
        out.put(close)
        remaining -= out.count - start
    }
}
