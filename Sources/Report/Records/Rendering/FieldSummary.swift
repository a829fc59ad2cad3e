internal import Wire

/// The fields of a message in one line: ` name=value name{inner=value} name[3]`, each with a blank before it. Long values
/// are cut, and of fields that do not fit there are two dots.
struct FieldSummary {
    /// Characters that the fields may take together.
    static let width = 100
    private var remaining = 0
    /// A name may come again in the same group.
    private var mayRepeat = true
    /// Nodes of the groups that are being written, the innermost last; -1 for one that was written with another.
    private var members: [Int] = []

    /// Appends the fields of an outlined message without those of the names in `shared`. `form`: of the message.
    mutating func write(
        _ all: [Dissection.Node], _ form: Form, _ packet: RawSpan, _ meaning: MeaningTree?,
        leavingOut shared: inout WordSet, to out: inout OutputBuffer
    ) {
        remaining = Self.width
        mayRepeat = form != .binary
        let nodes = all.span
        for i in nodes.indices where nodes[i].depth == 0 {
            if !shared.contains(nodes[i].name) { members.append(i) }
        }
        writeMembers(from: 0, nodes, meaning, packet, isInner: false, to: &out)
    }

    /// The nodes of a depth from one on, up to the first that is further out.
    private mutating func push(_ nodes: Span<Dissection.Node>, at depth: Int32, from first: Int) {
        var i = first
        while i < nodes.count, nodes[i].depth >= depth {
            if nodes[i].depth == depth { members.append(i) }
            i += 1
        }
    }
    /// The members from `start` on, which are taken away.
    private mutating func writeMembers(
        from start: Int, _ nodes: Span<Dissection.Node>, _ meaning: MeaningTree?, _ packet: RawSpan, isInner: Bool,
        to out: inout OutputBuffer
    ) {
        defer { members.removeSubrange(start...) }
        let end = members.count
        var isFirst = isInner
        for k in start..<end where members[k] >= 0 {
            let name = nodes[members[k]].name
            guard begins(name.utf8CodeUnitCount, isFirst, &out) else { return }
            out.put(name)
            isFirst = false
            write(sameAs: k, end, nodes, meaning?[name], packet, to: &out)
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
        sameAs k: Int, _ end: Int, _ nodes: Span<Dissection.Node>, _ meaning: MeaningTree?, _ packet: RawSpan,
        to out: inout OutputBuffer
    ) {
        let first = members[k]
        let name = nodes[first].name
        let start = members.count
        var (last, elements) = (first, nodes[first].number)
        if nodes[first].shape == .group, nodes[first].index < 0 {
            push(nodes, at: nodes[first].depth + 1, from: first + 1)
        }
        for j in k + 1..<max(k + 1, mayRepeat ? end : 0) where members[j] >= 0 {
            let i = members[j]
            guard nodes[i].name.isSame(as: name) else { continue }
            last = i
            members[j] = -1
            elements &+= nodes[i].number
            if nodes[i].shape == .group, nodes[i].index < 0 { push(nodes, at: nodes[i].depth + 1, from: i + 1) }
        }
        if nodes[last].index >= 0 {
            write(elements, between: "[", "]", to: &out)
        } else if nodes[last].shape == .group {
            out.put(UInt8(ascii: "{"))
            writeMembers(from: start, nodes, meaning, packet, isInner: true, to: &out)
            out.put(UInt8(ascii: "}"))
        } else {
            if members.count > start { members.removeSubrange(start...) }
            guard nodes[last].shape == .leaf else {
                return write(nodes[last].number, between: "[", "]", to: &out)
            }
            write(leaf: last, nodes, meaning, packet, to: &out)
        }
    }
    /// Numbers, bytes and truth values, which most are, by a shorter way than others: the same text.
    private mutating func write(
        leaf i: Int, _ nodes: Span<Dissection.Node>, _ meaning: MeaningTree?, _ packet: RawSpan,
        to out: inout OutputBuffer
    ) {
        let (form, number, content) = (nodes[i].type.jsonForm, nodes[i].number, nodes[i].content)
        if content.upperBound <= packet.byteCount {
            let isBytes = form == .hex && number == 0
            if let short = meaning?.short {
                if isBytes, let text = short(packet.extracting(content)) { return write(text, to: &out) }
            } else if meaning?.meaning == nil {
                if form == .unsigned { return write(number, to: &out) }
                if form == .bool { return write(number != 0, to: &out) }
                if isBytes { return write(packet.extracting(content), to: &out) }
            }
        }
        write(nodes[i].leafValue(in: packet), meaning?.meaning, to: &out)
    }
    /// Of what is JSON in a message.
    private mutating func write(_ entries: [Value.Entry], to out: inout OutputBuffer) {
        out.put(UInt8(ascii: "{"))
        for (i, entry) in entries.enumerated() {
            guard begins(entry.key.count, i == 0, &out) else { break }
            out.put(text: entry.key)
            write(entry.value, nil, to: &out)
        }
        out.put(UInt8(ascii: "}"))
    }
    private mutating func write(_ value: Value, _ meaning: FieldMeaning?, to out: inout OutputBuffer) {
        if let text = meaning?.short(value) { return write(text, to: &out) }
        switch value {
        case .uint(let n): write(n, to: &out)
        case .bytes(let b): write(b.span.bytes, to: &out)
        case .text(let s): write(Escape.line(Self.isLong(s) ? String(s.prefix(24)) + ".." : s), to: &out)
        case .null: write("null", to: &out)
        case .bool(let b): write(b, to: &out)
        case .int(let n): write("\(n)", to: &out)
        case .decimal(let s): write(s, to: &out)
        case .list(let items): write(UInt64(items.count), between: "[", "]", to: &out)
        case .map(let entries): write(entries, to: &out)
        }
    }
    /// More than 24 characters, which short texts are not, whatever they consist of.
    private static func isLong(_ s: String) -> Bool { s.utf8.count > 24 && s.count > 24 }
    private mutating func write(_ b: Bool, to out: inout OutputBuffer) {
        let start = out.count
        out.put(b ? "=true" : "=false")
        remaining -= out.count - start
    }
    private mutating func write(_ n: UInt64, to out: inout OutputBuffer) {
        let start = out.count
        out.put(UInt8(ascii: "="))
        out.put(n)
        remaining -= out.count - start
    }
    private mutating func write(_ bytes: RawSpan, to out: inout OutputBuffer) {
        let start = out.count
        let isCut = bytes.byteCount > 8
        out.put(UInt8(ascii: "="))
        out.put(hex: bytes.extracting(..<(isCut ? 4 : bytes.byteCount)))
        if isCut { out.put("..") }
        remaining -= out.count - start
    }
    private mutating func write(_ text: String, to out: inout OutputBuffer) {
        let start = out.count
        out.put(UInt8(ascii: "="))
        out.put(text: text)
        // A character of ASCII is one for people too, but for those that move the cursor.
        remaining -= out.isPlain(from: start) ? out.count - start : ("=" + text).count
    }
    private mutating func write(
        _ count: UInt64, between open: StaticString, _ close: StaticString, to out: inout OutputBuffer
    ) {
        let start = out.count
        out.put(open)
        out.put(count)
        out.put(close)
        remaining -= out.count - start
    }
}
